import { setTimeout as sleep } from 'node:timers/promises';
import { UnavailableError } from '../errors.ts';
import type { QemuProcess } from './process.ts';
import type { Qmp } from './qmp.ts';

/**
 * Ends QEMU: asks it, then SIGTERM, then SIGKILL.
 * @param patience milliseconds between one and the next
 * @throws UnavailableError for a process that not even SIGKILL ends
 */
export async function endProcess(
  process: QemuProcess,
  connecting: Promise<Qmp>,
  patience: number,
): Promise<void> {
  const steps = [
    (): void => void connecting.then((qmp) => qmp.execute('quit')).catch(() => undefined),
    (): void => {
      process.kill('SIGTERM');
    },
    (): void => {
      process.kill('SIGKILL');
    },
  ];
  for (const step of steps) {
    step();
    if (await settledWithin(process.exited, patience)) return;
  }
  throw new UnavailableError(`QEMU (process ${process.pid}) does not end, not even killed`);
}

async function settledWithin(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  const cancel = new AbortController();
  const timeout = sleep(milliseconds, false, { signal: cancel.signal });
  try {
    return await Promise.race([promise.then(() => true), timeout]);
  } finally {
    cancel.abort();
    timeout.catch(() => undefined);
  }
}
