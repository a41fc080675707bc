import { readFile } from 'node:fs/promises';
import { delimiter } from 'node:path';

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
