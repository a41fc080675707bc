import { setTimeout as sleep } from 'node:timers/promises';
import { UnavailableError } from '../errors.ts';
import type { Machine } from '../qemu/machine.ts';
import { saveSnapshot } from './debugger.ts';
import { executed } from './play.ts';

type PlayedMachine = Pick<Machine, 'console' | 'execute'>;

/** By how much a machine has overrun a place on its console. */
export type Overrun = {
  /** Instructions executed when the console was seen not to have come so far. */
  before: number;
  /** Bytes the console had shown when the machine was stopped. */
  shown: number;
  /** Bytes it is to have shown. */
  wanted: number;
};

const pollMs = 1;

/**
 * Takes a machine that is played, and stands still some way behind a place on its console, back to the first instruction
 * boundary behind it. How far the console has come at an instruction is told by what is still to come from there to where
 * the machine stood; so it is sought by halves, in a second or two.
 * @returns whether it stands there; if not, it is where it was.
 * @throws UnavailableError when QEMU is gone
 */
export async function stopExactly(
  machine: PlayedMachine,
  { before, shown, wanted }: Overrun,
): Promise<boolean> {
  const where = await executed(machine);
  // Going back is quick from a snapshot that is near. QEMU takes none while a disk's answer is due.
  let near = false;
  const isBehind = async (icount: number): Promise<boolean> => {
    await seek(machine, icount);
    const saved = !near && (await saveSnapshot(machine, 'near'));
    drain(machine);
    await seek(machine, where);
    const behind = shown - drain(machine) >= wanted;
    near ||= saved && !behind;
    return behind;
  };
  try {
    if (await isBehind(before)) return false;
    let [low, high] = [before, where];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (await isBehind(middle)) high = middle;
      else low = middle;
    }
    await seek(machine, high);
    drain(machine);
    return true;
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    // In front of the first snapshot.
    await seek(machine, where);
    return false;
  }
}

/** @throws UnavailableError when QEMU cannot go there */
async function seek(machine: PlayedMachine, icount: number): Promise<void> {
  await machine.execute('replay-seek', { icount });
  for (;;) {
    const { running } = (await machine.execute('query-status')) as { running: boolean };
    if (!running) return;
    await sleep(pollMs);
  }
}

/** Reads all that there is on a console; how much it was. */
function drain({ console }: PlayedMachine): number {
  let bytes = 0;
  for (let chunk = console.read(); chunk.length > 0; chunk = console.read()) bytes += chunk.length;
  return bytes;
}
