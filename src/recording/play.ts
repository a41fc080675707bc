import { setTimeout as sleep } from 'node:timers/promises';
import type { Machine } from '../qemu/machine.ts';
import type { ConsoleComparison } from './comparison.ts';

/** Beyond the last byte that was recorded there is only silence: so long it is watched, in host milliseconds. */
const watchedSilence = 1000;

/** How often to read its console, in host milliseconds: the sooner, the less it runs on behind where it is to stop. */
const readEvery = 1;

/**
 * How often to see whether the machine still gets on, in host milliseconds. Often, since a machine that is played and
 * idle gets on when QEMU's main loop is woken.
 */
const look = 20;

/**
 * How playing a recording ended: `played` as far as it goes, `stalled` where the machine did not get on any more, or
 * `stopped`: paused where it was asked for.
 */
export type Ending = 'played' | 'stalled' | 'stopped';

type PlayedMachine = Pick<Machine, 'console' | 'continue' | 'pause' | 'execute'>;

type Hooks = {
  onBytes(chunk: Uint8Array): void;
  /** Pause the machine once its console has shown so many bytes. */
  stopAfter: number;
  /** After how long without an instruction executed it is given up, in host milliseconds. */
  patience?: number;
};

/**
 * Plays a machine that was started from a recording, and compares its console to the recorded one as it comes. A machine
 * that was stopped may go on or back later: its console is read, and no longer compared, until it ends.
 */
export async function play(
  machine: PlayedMachine,
  comparison: ConsoleComparison,
  hooks: Hooks,
): Promise<Ending> {
  const over = new AbortController();
  const playing = new Promise<Ending>((resolve, reject) => {
    const take = (chunk: Uint8Array): void => {
      hooks.onBytes(chunk);
      if (over.signal.aborted) return;
      comparison.feed(chunk);
      if (comparison.bytes >= hooks.stopAfter) {
        over.abort();
        machine.pause().then(() => {
          resolve('stopped');
        }, reject);
      } else if (comparison.complete) {
        setTimeout(() => {
          resolve('played');
        }, watchedSilence);
      }
    };
    const read = async (): Promise<void> => {
      while (!machine.console.ended) {
        const chunk = machine.console.read();
        if (chunk.length > 0) take(chunk);
        else await sleep(readEvery);
      }
      if (over.signal.aborted) return;
      comparison.end();
      resolve('played');
    };
    read().catch(reject);
  });
  const stalled = standstill(machine, hooks.patience ?? 60_000, over.signal);
  await machine.continue();
  try {
    return await Promise.race([playing, stalled]);
  } finally {
    over.abort();
  }
}

/** Resolves when the machine has executed nothing for too long; never if `over` comes first. */
async function standstill(
  machine: PlayedMachine,
  patience: number,
  over: AbortSignal,
): Promise<Ending> {
  let before = -1;
  let since = performance.now();
  while (performance.now() - since < patience) {
    await sleep(look, undefined, { signal: over }).catch(() => undefined);
    if (over.aborted) return new Promise<never>(() => {});
    const now = await executed(machine).catch(() => before);
    if (now !== before) since = performance.now();
    before = now;
  }
  return 'stalled';
}

/** How many instructions the machine has executed since power-on. */
export async function executed(machine: Pick<Machine, 'execute'>): Promise<number> {
  const { icount } = (await machine.execute('query-replay')) as { icount: number };
  return icount;
}
