import { setTimeout as sleep } from 'node:timers/promises';
import { UnavailableError } from '../errors.ts';
import type { Machine } from '../qemu/machine.ts';
import { executed } from './play.ts';

/**
 * To go back, QEMU loads the previous snapshot and replays from there. When the first is taken and how often the others, in
 * host milliseconds, and how many are kept. Each is as large as the memory the guest has used.
 */
const firstMs = 100;
const everyMs = 2000;
const kept = 20;

/** Takes snapshots of a machine while it is played, until `over`: without one, gdb cannot go back. */
export async function takeSnapshots(
  machine: Pick<Machine, 'whilePaused' | 'execute'>,
  over: AbortSignal,
): Promise<void> {
  for (let number = 1; ; number += 1) {
    await sleep(number === 1 ? firstMs : everyMs, undefined, { signal: over }).catch(
      () => undefined,
    );
    if (over.aborted) return;
    await machine.whilePaused(async () => {
      // While a disk's answer is due QEMU takes none; the next one will do.
      await saveSnapshot(machine, `at-${number}`);
      if (number > kept) await deleteSnapshot(machine, `at-${number - kept}`);
    });
  }
}

/** @returns whether it was taken: QEMU takes none while a disk's answer is due */
async function saveSnapshot(machine: Pick<Machine, 'execute'>, name: string): Promise<boolean> {
  return (await monitor(machine, `savevm ${name}`)) === '';
}

async function deleteSnapshot(machine: Pick<Machine, 'execute'>, name: string): Promise<void> {
  await monitor(machine, `delvm ${name}`);
}

/** Opens the machine for one gdb at a time, on a Unix socket. */
export async function openForGdb(machine: Pick<Machine, 'execute'>, socket: string): Promise<void> {
  await monitor(machine, `gdbserver unix:${socket},server=on,wait=off`);
}

/** QEMU's commands for humans: what they print is all that they answer. */
async function monitor(machine: Pick<Machine, 'execute'>, line: string): Promise<string> {
  const answer = await machine.execute('human-monitor-command', { 'command-line': line });
  return String(answer).trim();
}

type PlayedMachine = Pick<Machine, 'console' | 'execute' | 'pause'>;

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

/** The snapshot from which going back is quick. */
const near = 'near';

/**
 * Takes a machine that is played, and stands still some way behind a place on its console, back to the first instruction
 * boundary behind it. How far the console has come at an instruction is told by what is still to come from there to where
 * the machine stood; so it is sought by halves, in a few seconds.
 * @param patience a machine that is to play, and has executed nothing for so long, does not: host milliseconds
 * @returns whether it stands there; if not, it is where it was.
 * @throws UnavailableError when QEMU is gone, or plays from none of its snapshots
 */
export async function stopExactly(
  machine: PlayedMachine,
  { before, shown, wanted }: Overrun,
  patience = 5000,
): Promise<boolean> {
  const where = await executed(machine);
  const search = new Search(machine, where, patience);
  try {
    const isBehind = async (icount: number) => shown - (await search.stillToCome(icount)) >= wanted;
    if (await isBehind(before)) return false;
    let [low, high] = [before, where];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (await isBehind(middle)) high = middle;
      else low = middle;
    }
    await search.goBack(high);
    return true;
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    // The place is before the first snapshot.
    await seek(machine, where, patience);
    return false;
  }
}

/** Seeks to earlier instructions, and back to where the machine was stopped. */
class Search {
  readonly #machine: PlayedMachine;
  readonly #where: number;
  readonly #patience: number;
  /** The instruction at which the near snapshot was taken. */
  #saved: number | null = null;

  constructor(machine: PlayedMachine, where: number, patience: number) {
    this.#machine = machine;
    this.#where = where;
    this.#patience = patience;
  }

  /** How many bytes the console shows from an instruction to where the machine stood; it stands there again. */
  async stillToCome(icount: number): Promise<number> {
    await this.goBack(icount);
    // QEMU takes none while a disk's answer is due. The nearest one in front of all that is still sought is best.
    if (this.#saved === null && (await saveSnapshot(this.#machine, near))) this.#saved = icount;
    await seek(this.#machine, this.#where, this.#patience);
    return drain(this.#machine);
  }

  async goBack(icount: number): Promise<void> {
    if (this.#saved !== null && icount < this.#saved) await this.#forget();
    try {
      await seek(this.#machine, icount, this.#patience);
    } catch (error) {
      // QEMU takes some that it does not play from: seen where a guest was idle.
      if (!(error instanceof UnavailableError) || this.#saved === null) throw error;
      const inFront = this.#saved - 1;
      await this.#forget();
      // It loads another only to go back.
      await seek(this.#machine, inFront, this.#patience);
      await seek(this.#machine, icount, this.#patience);
    }
    drain(this.#machine);
  }

  async #forget(): Promise<void> {
    await deleteSnapshot(this.#machine, near);
    this.#saved = null;
  }
}

/** @throws UnavailableError if QEMU cannot seek there, or makes no progress */
async function seek(machine: PlayedMachine, icount: number, patience: number): Promise<void> {
  await machine.execute('replay-seek', { icount });
  let [at, since] = [await executed(machine), performance.now()];
  while (await isRunning(machine)) {
    await sleep(pollMs);
    const now = await executed(machine);
    if (now !== at) [at, since] = [now, performance.now()];
    if (performance.now() - since < patience) continue;
    await machine.pause();
    throw new UnavailableError(`QEMU does not continue from instruction ${at}`, {
      hint: 'Try again: QEMU takes its snapshots at different instructions each time.',
    });
  }
}

async function isRunning(machine: PlayedMachine): Promise<boolean> {
  const { running } = (await machine.execute('query-status')) as { running: boolean };
  return running;
}

/** Reads everything available on a console and returns its size in bytes. */
function drain({ console }: PlayedMachine): number {
  let bytes = 0;
  for (let chunk = console.read(); chunk.length > 0; chunk = console.read()) bytes += chunk.length;
  return bytes;
}
