import { readFile } from 'node:fs/promises';

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
