import { readFile } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { execa, ExecaError } from 'execa';
import { UnavailableError } from '../errors.ts';

/** Where Debian keeps sfdisk, mke2fs and depmod; an ordinary user's PATH lacks them. */
const administratorDirectories = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** PATH with the administrator's directories after the user's own. */
export function toolPath(path = process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'): string {
  return [...new Set([...path.split(delimiter), ...administratorDirectories])].join(delimiter);
}

/** The environment of every system tool: all tools are found, and messages are in English. */
export function toolEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: toolPath(), LC_ALL: 'C.UTF-8' };
}

/**
 * The command that runs `command` so that it cannot outlive this process: the kernel kills it when we die, however we
 * die, and if we were dead before that was arranged it never starts.
 */
export function leash(command: readonly string[]): { program: string; args: string[] } {
  const guard = ['sh', '-c', '[ "$PPID" = "$0" ] && exec "$@"', String(process.pid)];
  return { program: 'setpriv', args: ['--pdeathsig', 'KILL', '--', ...guard, ...command] };
}

/** The state letter of a process (proc_pid_stat(5)): `Z` after it has ended, `T` while it is stopped. Null if it does not exist. */
export async function processState(pid: number): Promise<string | null> {
  return readFile(`/proc/${pid}/stat`, 'utf8').then(parseState, () => null);
}

/** What Linux accounts for one thread. */
export type ThreadAccount = {
  /** The state letter of proc_pid_stat(5). */
  state: string;
  /** Milliseconds on a host CPU. */
  cpuMs: number;
  /** Milliseconds of waiting for a host CPU. */
  waitedMs: number;
  /** How often the thread was given a CPU. */
  turns: number;
};

/**
 * Reads `/proc/<pid>/task/<tid>/stat` and `schedstat`.
 * @throws the file system's error if the thread has ended, or the kernel keeps no such account
 */
export async function threadAccount(pid: number, tid: number): Promise<ThreadAccount> {
  const directory = `/proc/${pid}/task/${tid}`;
  const [stat, schedstat] = await Promise.all([
    readFile(`${directory}/stat`, 'utf8'),
    readFile(`${directory}/schedstat`, 'utf8'),
  ]);
  return { state: parseState(stat), ...parseSchedstat(schedstat) };
}

/** The state letter follows the name in parentheses, and the name may contain anything. */
export function parseState(stat: string): string {
  return stat.charAt(stat.lastIndexOf(')') + 2);
}

/** Nanoseconds on a CPU, nanoseconds of waiting for one, and the number of turns (Linux, sched-stats). */
export function parseSchedstat(text: string): Omit<ThreadAccount, 'state'> {
  const [onCpu = 0, waited = 0, turns = 0] = text.split(' ').map(Number);
  return { cpuMs: onCpu / 1e6, waitedMs: waited / 1e6, turns };
}

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
