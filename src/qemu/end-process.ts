import { setTimeout as sleep } from 'node:timers/promises';
import { UnavailableError } from '../errors.ts';
import type { QemuProcess } from './process.ts';
import type { Qmp } from './qmp.ts';

/**
 * Ends QEMU: asks it, then SIGTERM, then SIGKILL.
 * @param patience milliseconds between one and the next; none are lost on a QEMU that cannot be asked
 * @throws UnavailableError for a process that not even SIGKILL ends
 */
export async function endProcess(
  process: QemuProcess,
  connecting: Promise<Qmp>,
  patience: number,
): Promise<void> {
  const unasked = connecting
    .then((qmp) => qmp.execute('quit'))
    .then(
      () => new Promise<never>(() => undefined),
      () => false as const,
    );
  if (await exitsWithin(patience, unasked)) return;
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    process.kill(signal);
    if (await exitsWithin(patience)) return;
  }
  throw new UnavailableError(`QEMU (process ${process.pid}) does not end, not even killed`);

  async function exitsWithin(milliseconds: number, ...sooner: Promise<false>[]): Promise<boolean> {
    const cancel = new AbortController();
    const timeout = sleep(milliseconds, false, { signal: cancel.signal });
    try {
      return await Promise.race([process.exited.then(() => true), timeout, ...sooner]);
    } finally {
      cancel.abort();
      timeout.catch(() => undefined);
    }
  }
}
