import { execa, ExecaError } from 'execa';
import { UnavailableError } from '../errors.ts';
import { toolEnvironment } from './processes.ts';
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

type StreamOptions = {
  /** What the tool reads; default: nothing. */
  input?: NodeJS.ReadableStream;
  signal?: AbortSignal | undefined;
};

/** How a tool ended that was read to the end. */
export class ToolFailure extends Error {
  /** Undefined where the tool is not there. */
  readonly exitCode: number | undefined;

  constructor(words: string, exitCode: number | undefined) {
    super(words);
    this.name = 'ToolFailure';
    this.exitCode = exitCode;
  }
}

/**
 * What a system tool writes to standard output, piece by piece, so that nobody has to hold the whole. A reader that has
 * seen enough leaves the loop: the tool is ended then, and dies with this process too.
 * @throws ToolFailure behind the last piece, with the first line of what the tool said, where it fails
 */
export async function* streamTool(
  tool: string,
  args: readonly string[],
  { input, signal }: StreamOptions = {},
): AsyncGenerator<Uint8Array> {
  const running = execa('setpriv', ['--pdeathsig', 'KILL', '--', tool, ...args], {
    ...(input === undefined ? { stdin: 'ignore' as const } : { input: input as never }),
    ...(signal === undefined ? {} : { cancelSignal: signal }),
    buffer: { stdout: false, stderr: true },
    maxBuffer: 2 ** 16,
    env: toolEnvironment(),
    forceKillAfterDelay: 2_000,
  });
  const ended = running.then(
    () => null,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
  let whole = false;
  try {
    for await (const chunk of running.stdout) yield chunk as Uint8Array;
    whole = true;
  } finally {
    if (!whole) {
      running.stdout.destroy();
      running.kill('SIGKILL');
    }
    await ended;
  }
  const error = await ended;
  if (error === null) return;
  signal?.throwIfAborted();
  if (!(error instanceof ExecaError)) throw error;
  const stderr = wordsOf(error).trim();
  const missing = stderr.startsWith('setpriv: ');
  throw new ToolFailure(
    stderr.split('\n')[0] || error.shortMessage,
    missing ? undefined : error.exitCode,
  );
}

function wordsOf({ stderr }: { stderr?: unknown }): string {
  return typeof stderr === 'string' ? stderr : '';
}
