import { setTimeout as sleep } from 'node:timers/promises';
import type { Machine, MachineExit } from '../qemu/machine.ts';

/**
 * How QEMU ended, if it does within `milliseconds`: what it leaves behind (a closed connection) is often seen before its
 * end is. Null where it stays.
 */
export async function exitSoon(
  { exited }: Pick<Machine, 'exited'>,
  milliseconds = 2000,
): Promise<MachineExit | null> {
  const cancel = new AbortController();
  const waited = sleep(milliseconds, null, { signal: cancel.signal }).catch(() => null);
  try {
    return await Promise.race([exited, waited]);
  } finally {
    cancel.abort();
  }
}
