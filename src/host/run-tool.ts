import { execa, ExecaError } from 'execa';
import { UnavailableError } from '../errors.ts';
import { toolEnvironment } from './processes.ts';
type ToolOptions = {
  cwd?: string;
  input?: string;
  /** Variables in addition to those that every tool is given. */
  env?: Record<string, string>;
  signal?: AbortSignal | undefined;
  /** What the user can do if it fails. */
  hint?: string;
  /** Called with each line of standard output. */
  onLine?: (line: string) => void;
};

/**
 * Runs a system tool and returns its output. The tool is killed when this process ends, however that happens.
 * Throws UnavailableError with the tool's own error message if it is missing or fails.
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

/** The `E:` lines on standard error, as apt prints them; if there are none, the last lines. */
function lastWords({ stderr }: { stderr?: unknown }): string {
  const lines = typeof stderr === 'string' ? stderr.trim().split('\n') : [];
  const errors = lines.filter((line) => line.startsWith('E: '));
  return (errors.length > 0 ? errors : lines).slice(-5).join('\n');
}

type StreamOptions = {
  /** Standard input. Default: empty. */
  input?: NodeJS.ReadableStream;
  signal?: AbortSignal | undefined;
};

/** A tool failed after its output was read to the end. */
export class ToolFailure extends Error {
  /** Undefined if the tool is missing. */
  readonly exitCode: number | undefined;

  constructor(words: string, exitCode: number | undefined) {
    super(words);
    this.name = 'ToolFailure';
    this.exitCode = exitCode;
  }
}

/**
 * Yields a system tool's standard output piece by piece. A reader may leave the loop early, which kills the tool; it is
 * also killed when this process ends.
 * @throws ToolFailure after the last piece, with the first line of the tool's standard error, if the tool fails
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
