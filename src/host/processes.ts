/**
 * Running programs of the host, and the kernel's accounts of processes. execa is loaded on first use, because a run that builds
 * no image does not need it.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess, StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { delimiter } from 'node:path';
import type { Readable } from 'node:stream';
import type { ExecaError } from 'execa';
import { UnavailableError } from '../errors.ts';
import { fileHint, fileReason, isFileError } from '../file-error.ts';
import { describeMissing, installLine, requirements } from './requirements.ts';

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

/** How long a tool may take to end after SIGTERM. Milliseconds. */
const forceKillAfterDelay = 2_000;

/**
 * Runs a system tool on a {@link leash} and returns its output.
 * @throws UnavailableError with the tool's own error message if it fails, with the line that installs it if it is missing;
 *   the reason of `signal`
 */
export async function runTool(
  tool: string,
  args: readonly string[],
  { signal, hint, onLine, env, ...options }: ToolOptions = {},
): Promise<{ stdout: string; stderr: string }> {
  const { execa, ExecaError } = await import('execa');
  const leashed = leash([tool, ...args]);
  try {
    const running = execa(leashed.program, leashed.args, {
      ...options,
      ...execaOptions(signal, env),
      stdin: options.input === undefined ? 'ignore' : 'pipe',
      forceKillAfterDelay,
    });
    if (onLine !== undefined) for await (const line of running) onLine(line);
    const { stdout, stderr } = await running;
    return { stdout, stderr };
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof ExecaError)) throw error;
    const notStarted = startError(tool, error);
    if (notStarted !== null) throw notStarted;
    const stderr = stderrOf(error);
    // apt marks its errors with `E:`. Its other lines are not helpful.
    const errors = stderr.split('\n').filter((line) => line.startsWith('E: '));
    const words = lastLines(errors.join('\n') || stderr, 5) || error.shortMessage;
    throw new UnavailableError(`${tool} failed: ${words}`, { cause: error, ...(hint && { hint }) });
  }
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

  constructor(message: string, exitCode: number | undefined, cause: unknown) {
    super(message, { cause });
    this.name = 'ToolFailure';
    this.exitCode = exitCode;
  }
}

/**
 * Yields the standard output of a system tool on a {@link leash}, piece by piece. A reader that leaves the loop early
 * kills the tool.
 * @throws ToolFailure after the last piece, with the first line of the tool's standard error, if the tool fails; the
 *   reason of `signal`
 */
export async function* streamTool(
  tool: string,
  args: readonly string[],
  { input, signal }: StreamOptions = {},
): AsyncGenerator<Uint8Array> {
  const { execa, ExecaError } = await import('execa');
  const leashed = leash([tool, ...args]);
  const running = execa(leashed.program, leashed.args, {
    ...(input === undefined ? { stdin: 'ignore' as const } : { input: input as never }),
    ...execaOptions(signal),
    buffer: { stdout: false, stderr: true },
    maxBuffer: 2 ** 16,
    forceKillAfterDelay,
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
  const notStarted = startError(tool, error);
  if (notStarted !== null) throw new ToolFailure(notStarted.message, undefined, error);
  const [first] = stderrOf(error).trim().split('\n');
  throw new ToolFailure(first || error.shortMessage, error.exitCode, error);
}

/** A program that runs until it is ended. */
type RunningProgram = {
  child: ChildProcess;
  pid: number;
  /** The first 16 KiB of its standard error, once that has ended: a guest or a client could make it print without end. */
  stderr: Promise<string>;
};

const keptStderr = 16 * 1024;

/**
 * Starts a program on a {@link leash}. It leads a session of its own, so a Ctrl-C at the terminal reaches only this process.
 * @param options.stdio as for `spawn`, with a pipe for standard error
 * @param options.directory where it puts its temporary files
 * @throws UnavailableError if it cannot be started at all
 */
export async function startProgram(
  command: readonly string[],
  { stdio, directory }: { stdio: StdioOptions; directory: string },
): Promise<RunningProgram> {
  const { program, args } = leash(command);
  const child = spawn(program, args, {
    stdio,
    detached: true,
    env: { ...toolEnvironment(), TMPDIR: directory },
  });
  const stderr = firstOutput(child.stderr as Readable);
  try {
    await once(child, 'spawn');
  } catch (error) {
    throw startError(program, error) ?? error;
  }
  return { child, pid: child.pid as number, stderr };
}

async function firstOutput(stream: Readable): Promise<string> {
  let text = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream as AsyncIterable<string>)
    text = (text + chunk).slice(0, keptStderr);
  return text.trim();
}

/**
 * The command that runs `command` so that it cannot outlive this process: the kernel kills it when this process dies, and it
 * does not start if this process had died before that was arranged.
 */
export function leash(command: readonly string[]): { program: string; args: string[] } {
  const guard = ['sh', '-c', '[ "$PPID" = "$0" ] && exec "$@"', String(process.pid)];
  return { program: 'setpriv', args: ['--pdeathsig', 'KILL', '--', ...guard, ...command] };
}

/** What every tool gets from execa: the environment, and an end when `signal` is aborted. */
export function execaOptions(signal?: AbortSignal, env?: Record<string, string>) {
  return {
    env: { ...toolEnvironment(), ...env },
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  };
}

/** The environment of every system tool: all tools are found, and messages are in English. */
export function toolEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: toolPath(), LC_ALL: 'C.UTF-8' };
}

/** Where Debian keeps sfdisk, mke2fs and depmod; an ordinary user's PATH lacks them. */
const administratorDirectories = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** PATH with the administrator's directories after the user's own. */
export function toolPath(path = process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'): string {
  return [...new Set([...path.split(delimiter), ...administratorDirectories])].join(delimiter);
}

/** The error for a program that could not be started on its {@link leash}; null if it ran. */
function startError(program: string, error: unknown): UnavailableError | null {
  const { cause = error, exitCode } = error as { cause?: unknown; exitCode?: number };
  if (isMissing(exitCode, stderrOf(error))) return missingProgram(program);
  // Other causes are those of its input and output.
  if (!isFileError(cause) || !cause.syscall?.startsWith('spawn')) return null;
  if (cause.code === 'ENOENT') return missingProgram('setpriv');
  const message = `cannot start ${program}: ${fileReason(cause, 'setpriv')}`;
  return new UnavailableError(message, { hint: fileHint(cause), cause });
}

/**
 * Whether the shell of a {@link leash} did not find the program. It prints its name, our process id, before the error:
 * `4711: 1: exec: cpio: not found`.
 */
export function isMissing(exitCode: number | null | undefined, stderr: string): boolean {
  return exitCode === 127 && stderr.startsWith(`${process.pid}: `);
}

/** The error for a program that the host lacks, with the line that installs it. */
export function missingProgram(name: string): UnavailableError {
  const known = requirements.find((requirement) => requirement.name === name);
  const what = known === undefined ? name : describeMissing([known]);
  const hint = known === undefined ? 'Install it.' : `Install it: ${installLine([known])}`;
  return new UnavailableError(`missing on this host: ${what}`, { hint });
}

function stderrOf(error: unknown): string {
  const { stderr } = error as Partial<ExecaError>;
  return typeof stderr === 'string' ? stderr : '';
}

/** The last lines of a program's output that are not blank, at most `count`. */
export function lastLines(output: string, count: number): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-count).join('\n');
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
