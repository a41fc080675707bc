import { UnavailableError } from '../errors.ts';
import type { IdleSkipping } from '../model/run.ts';
import type { Qmp } from './qmp.ts';

/** QEMU's `-icount shift`: an instruction takes 2^shift nanoseconds of guest time. */
export const icountShift = 3;
const nanosecondsPerInstruction = 2 ** icountShift;

/** One clause for people, such as `works (sleep=off)`. */
export function describeIdleSkipping({ time, certainty, detail }: IdleSkipping): string {
  if (certainty === 'assumed') return `not tried (${detail}); assumed to work (${time})`;
  if (time === 'sleep=off') return `works (${time})`;
  const instead =
    time === 'sleep=on'
      ? 'machines wait out their idle time (sleep=on)'
      : 'machines run on the host’s clock';
  return `does not work: ${detail}; ${instead}`;
}

/** Data register of the PL031 real-time clock of QEMU's `virt` boards (hw/arm/virt.c, both architectures). */
const rtcDataRegister = '0x09010000';

/**
 * The guest's clock in whole seconds, from an arbitrary start: differences are guest time. Reading it does not
 * disturb the guest.
 * @throws UnavailableError if QEMU is gone or gives an unexpected answer.
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

/** Guest seconds spent on executing instructions, or null if the machine does not count them. */
export async function readExecutedSeconds(qmp: Qmp): Promise<number | null> {
  // QEMU counts whenever -icount is given, recording or not; otherwise it answers 0.
  const { icount } = (await qmp.execute('query-replay')) as { icount: number };
  return icount === 0 ? null : (icount * nanosecondsPerInstruction) / 1e9;
}
