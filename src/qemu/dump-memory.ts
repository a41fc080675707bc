import { setTimeout as sleep } from 'node:timers/promises';
import { UnavailableError } from '../errors.ts';
import type { Qmp } from './qmp.ts';

/** How often to ask how far it has come, and how long it may come no further; in host milliseconds. */
const pollMs = 50;
const longestPauseMs = 60_000;

/** What `query-dump` answers (QEMU's qapi/dump.json); bytes. */
type DumpProgress = {
  status: 'none' | 'active' | 'completed' | 'failed';
  completed: number;
  total: number;
};

/**
 * Writes the guest's memory to a file, an ELF core of physical addresses. QEMU does it aside and is asked how far it has
 * come: it may take as long as it likes, as long as it gets on.
 * @param now milliseconds of a monotonic clock
 * @throws UnavailableError when QEMU cannot, or gets no further for a minute
 */
export async function dumpMemory(
  qmp: Qmp,
  file: string,
  now = (): number => performance.now(),
): Promise<void> {
  await qmp.execute('dump-guest-memory', { paging: false, protocol: `file:${file}`, detach: true });
  let written = -1;
  let movedAt = now();
  for (;;) {
    const { status, completed, total } = (await qmp.execute('query-dump')) as DumpProgress;
    if (status === 'completed') return;
    const soFar = `${completed} of ${total} bytes are written`;
    if (status !== 'active') throw failure(`QEMU could not write the guest's memory: ${soFar}`);
    if (completed !== written) movedAt = now();
    written = completed;
    if (now() - movedAt > longestPauseMs) {
      throw failure(`QEMU writes no more of the guest's memory: ${soFar}`);
    }
    await sleep(pollMs);
  }
}

function failure(message: string): UnavailableError {
  const hint = 'Make room on the disk that holds the run directory, or choose another with --out.';
  return new UnavailableError(message, { hint });
}
