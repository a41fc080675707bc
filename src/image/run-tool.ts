import { execa, ExecaError } from 'execa';
import { UnavailableError } from '../errors.ts';
import { toolEnvironment } from '../host/tool-environment.ts';

type ToolOptions = {
  cwd?: string;
  input?: string;
  /** Variables besides those every tool is given. */
  env?: Record<string, string>;
  signal?: AbortSignal | undefined;
  /** What the user can do when it fails. */
  hint?: string;
  /** Called with each line of standard output. */
  onLine?: (line: string) => void;
};

/**
 * Runs a system tool to its end and returns what it said. The tool dies with this process, however that dies.
 * Throws UnavailableError with the tool's own last words when it is missing or fails.
 */
export async function runTool(
  tool: string,
  args: readonly string[],
  { signal, hint, onLine, env, ...options }: ToolOptions = {},
): Promise<{ stdout: string; stderr: string }> {
  try {
    const running = execa('setpriv', ['--pdeathsig', 'KILL', '--', tool, ...args], {
      ...options,
      env: { ...toolEnvironment(), ...env },
      stdin: options.input === undefined ? 'ignore' : 'pipe',
      ...(signal === undefined ? {} : { cancelSignal: signal }),
      forceKillAfterDelay: 2_000,
    });
    if (onLine !== undefined) for await (const line of running) onLine(line);
    const { stdout, stderr } = await running;
    return { stdout, stderr };
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof ExecaError)) throw error;
    const words = lastWords(error) || error.shortMessage;
    throw new UnavailableError(`${tool} failed: ${words}`, { cause: error, ...(hint && { hint }) });
  }
}

/** What it said of errors on standard error, apt's `E:` lines if there are any; else the end of it. */
function lastWords({ stderr }: { stderr?: unknown }): string {
  const lines = typeof stderr === 'string' ? stderr.trim().split('\n') : [];
  const errors = lines.filter((line) => line.startsWith('E: '));
  return (errors.length > 0 ? errors : lines).slice(-5).join('\n');
}
