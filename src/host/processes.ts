import { readFile } from 'node:fs/promises';
import { delimiter } from 'node:path';

/** Where Debian keeps sfdisk, mke2fs and depmod; an ordinary user's PATH lacks them. */
const administratorDirectories = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** PATH with the administrator's directories behind the user's own. */
export function toolPath(path = process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'): string {
  return [...new Set([...path.split(delimiter), ...administratorDirectories])].join(delimiter);
}

/** The environment every system tool is run in: all tools found, messages in English. */
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

/** The state letter of `/proc/<pid>/stat` (proc_pid_stat(5)), `Z` for one that has ended, `T` for a stopped one. Null where there is none. */
export async function processState(pid: number): Promise<string | null> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    // It stands behind the name, which may be anything.
    return text.charAt(text.lastIndexOf(')') + 2);
  } catch {
    return null;
  }
}
