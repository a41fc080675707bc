import { setTimeout as sleep } from 'node:timers/promises';
import { UnavailableError } from '../errors.ts';
import type { Machine } from '../qemu/machine.ts';
import { executed } from './play.ts';

/**
 * To go back, QEMU loads the previous snapshot and replays from there. These are the time of the first snapshot and the
 * interval of the others, in host milliseconds, and how many are kept. Each is as large as the memory that the guest has used.
 */
const firstMs = 100;
const everyMs = 2000;
const kept = 20;

/** Takes snapshots of a machine while it is replayed, until `over` is aborted. Without one, gdb cannot go back. */
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
      // QEMU takes none while it waits for a disk; the next one is soon enough.
      await saveSnapshot(machine, `at-${number}`);
      if (number > kept) await deleteSnapshot(machine, `at-${number - kept}`);
    });
  }
}

/** @returns whether it was taken: QEMU takes none while it waits for a disk */
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

/** Executes a command of QEMU's monitor and returns its output. */
async function monitor(machine: Pick<Machine, 'execute'>, line: string): Promise<string> {
  const answer = await machine.execute('human-monitor-command', { 'command-line': line });
  return String(answer).trim();
}

type PlayedMachine = Pick<Machine, 'console' | 'execute' | 'pause'>;

/** How far a machine has overrun a point on its console. */
export type Overrun = {
  /** The last known number of instructions at which the console had not reached the point. */
  before: number;
  /** Bytes on the console when the machine was stopped. */
  shown: number;
  /** Bytes on the console at the point. */
  wanted: number;
};

const pollMs = 1;

/** The snapshot from which going back is quick. */
const near = 'near';

/**
 * Takes a replayed machine, which was stopped some time after a point on its console, back to the first instruction boundary
 * after that point. The output between an instruction and the place where the machine was stopped shows whether the
 * instruction is before or after the point, so a binary search finds it in a few seconds.
 * @param patience a machine that executes nothing for this long does not continue; host milliseconds
 * @returns whether it is there; if not, it is where it was stopped.
 * @throws UnavailableError if QEMU has ended, or cannot replay from any of its snapshots
 */
export async function stopExactly(
  machine: PlayedMachine,
  { before, shown, wanted }: Overrun,
  patience = 5000,
): Promise<boolean> {
  const where = await executed(machine);
  const search = new Search(machine, where, patience);
  try {
    const isAfter = async (icount: number) =>
      shown - (await search.remainingOutput(icount)) >= wanted;
    if (await isAfter(before)) return false;
    let [low, high] = [before, where];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (await isAfter(middle)) high = middle;
      else low = middle;
    }
    await search.goBack(high);
    return true;
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    // The point is before the first snapshot.
    await seek(machine, where, patience);
    return false;
  }
}

/** Seeks to earlier instructions, and back to the one where the machine was stopped. */
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

  /** The output from an instruction to the one where the machine was stopped, in bytes. It is stopped there again. */
  async remainingOutput(icount: number): Promise<number> {
    await this.goBack(icount);
    // QEMU takes none while it waits for a disk. The best one is just before the instructions that are still searched.
    if (this.#saved === null && (await saveSnapshot(this.#machine, near))) this.#saved = icount;
    await seek(this.#machine, this.#where, this.#patience);
    return drain(this.#machine);
  }

  async goBack(icount: number): Promise<void> {
    if (this.#saved !== null && icount < this.#saved) await this.#forget();
    try {
      await seek(this.#machine, icount, this.#patience);
    } catch (error) {
      // QEMU cannot replay from some of its snapshots: seen with an idle guest.
      if (!(error instanceof UnavailableError) || this.#saved === null) throw error;
      const earlier = this.#saved - 1;
      await this.#forget();
      // QEMU loads another snapshot only to go back.
      await seek(this.#machine, earlier, this.#patience);
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

/** Reads the available output of a console and returns its size in bytes. */
function drain({ console }: PlayedMachine): number {
  let bytes = 0;
  for (let chunk = console.read(); chunk.length > 0; chunk = console.read()) bytes += chunk.length;
  return bytes;
}
