import { readdir, readFile } from 'node:fs/promises';
import { parseSchedstat, parseThreadState } from './probe.ts';
import type { ThreadPulse } from './standstill.ts';

/**
 * What the host's kernel tells of the threads of a process, its main thread first. Empty where that thread is gone, or
 * the kernel keeps no such account. A thread that ends meanwhile is left out.
 */
export async function readThreads(pid: number): Promise<ThreadPulse[]> {
  const names = await readdir(`/proc/${pid}/task`).catch(() => []);
  const others = names.map(Number).filter((tid) => tid !== pid);
  const threads = await Promise.all([pid, ...others].map((tid) => readThread(pid, tid)));
  return threads[0] === null ? [] : threads.filter((thread) => thread !== null);
}

async function readThread(pid: number, tid: number): Promise<ThreadPulse | null> {
  const directory = `/proc/${pid}/task/${tid}`;
  try {
    const [stat, schedstat] = await Promise.all([
      readFile(`${directory}/stat`, 'utf8'),
      readFile(`${directory}/schedstat`, 'utf8'),
    ]);
    const { cpuMs, turns } = parseSchedstat(schedstat);
    return { tid, state: parseThreadState(stat), cpuMs, turns };
  } catch {
    return null;
  }
}
