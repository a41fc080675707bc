import { UnavailableError } from '../errors.ts';
import type { Qmp } from './qmp.ts';

/** Data register of the PL031 real-time clock of QEMU's `virt` boards (hw/arm/virt.c, both architectures). */
const rtcDataRegister = '0x09010000';

/**
 * The guest's clock in whole seconds, from an arbitrary start: differences are guest time. Reading it does not
 * disturb the guest.
 * @throws UnavailableError when QEMU is gone or answers something else.
 */
export async function readGuestClock(qmp: Qmp): Promise<number> {
  const answer = String(
    await qmp.execute('human-monitor-command', { 'command-line': `xp /1wx ${rtcDataRegister}` }),
  );
  const word = /:\s*(0x[0-9a-f]+)/.exec(answer)?.[1];
  if (word === undefined)
    throw new UnavailableError(`QEMU's clock cannot be read: ${answer.trim()}`);
  return Number(word);
}
