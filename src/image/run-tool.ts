import { execa, ExecaError } from 'execa';
import { UnavailableError } from '../errors.ts';
import { toolEnvironment } from '../host/tool-environment.ts';

type ToolOptions = {
  cwd?: string;
  input?: string;
  signal?: AbortSignal | undefined;
  /** Called with each line of standard output. */
  onLine?: (line: string) => void;
};

/**
 * Runs a system tool to its end and returns its standard output. The tool dies with this process, however that dies.
 * Throws UnavailableError with the tool's own last words when it is missing or fails.
 */
export async function runTool(
  tool: string,
  args: readonly string[],
  { signal, onLine, ...options }: ToolOptions = {},
): Promise<string> {
  try {
    const running = execa('setpriv', ['--pdeathsig', 'KILL', '--', tool, ...args], {
      ...options,
      env: toolEnvironment(),
      stdin: options.input === undefined ? 'ignore' : 'pipe',
      ...(signal === undefined ? {} : { cancelSignal: signal }),
      forceKillAfterDelay: 2_000,
    });
    if (onLine !== undefined) for await (const line of running) onLine(line);
    return (await running).stdout;
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof ExecaError ? toolError(tool, error) : error;
  }
}

function toolError(tool: string, error: ExecaError): UnavailableError {
  const stderr = typeof error.stderr === 'string' ? error.stderr.trim() : '';
  const reason = stderr === '' ? error.shortMessage : stderr.split('\n').slice(-5).join('\n');
  return new UnavailableError(`${tool} failed: ${reason}`, { cause: error });
}
