import t from 'tap';
import { UnavailableError } from '../../src/errors.ts';
import { stopExactly } from '../../src/recording/debugger.ts';

type Played = {
  /** Instructions at which the console shows one byte each. */
  prints: number[];
  /** Where it stands. */
  at: number;
  /** Where the first snapshot is; it cannot go further back. */
  first: number;
  /** Where no snapshot can be taken, because a disk's answer is due. */
  busy?: (icount: number) => boolean;
  /** Where a snapshot is taken from which it does not play on. */
  dead?: (icount: number) => boolean;
};

/** A machine that is played: it goes forward from where it stands, and back by loading the snapshot before. */
function playedMachine({ prints, at, first, busy = () => false, dead = () => false }: Played) {
  let icount = at;
  let unread = 0;
  let played = 0;
  let running = false;
  let stuck = false;
  const snapshots = new Map([['at-1', first]]);
  const seek = (target: number): boolean => {
    const behind = [...snapshots.values()].filter((snapshot) => snapshot <= target);
    const back = target < icount;
    const from = back ? Math.max(...behind) : icount;
    if (!Number.isFinite(from)) return false;
    if (back) stuck = dead(from);
    running = stuck;
    icount = stuck ? from : target;
    if (stuck) return true;
    unread += prints.filter((print) => print > from && print <= target).length;
    played += target - from;
    return true;
  };
  const execute = (command: string, args: Record<string, unknown> = {}): Promise<unknown> => {
    if (command === 'query-replay') return Promise.resolve({ icount });
    if (command === 'query-status') return Promise.resolve({ running });
    if (command === 'human-monitor-command') {
      const [verb, name = ''] = String(args['command-line']).split(' ');
      if (verb === 'delvm')
        return Promise.resolve(snapshots.delete(name) ? '' : 'Error: not there');
      if (busy(icount)) return Promise.resolve('Error: try once more later');
      snapshots.set(name, icount);
      return Promise.resolve('');
    }
    return seek(Number(args['icount']))
      ? Promise.resolve({})
      : Promise.reject(new UnavailableError('no snapshot in front of it'));
  };
  const console = {
    ended: false,
    read() {
      const chunk = new Uint8Array(Math.min(unread, 3));
      unread -= chunk.length;
      return chunk;
    },
    async *[Symbol.asyncIterator]() {},
  };
  const pause = () => {
    running = false;
    return Promise.resolve();
  };
  return { console, execute, pause, at: () => icount, played: () => played, snapshots };
}

const prints = [10, 5000, 5001, 700_123, 700_130, 990_000];

t.test(
  'the machine goes back to the instruction that has shown the last wanted byte',
  async (t) => {
    for (const [wanted, icount] of prints.slice(1).map((print, index) => [index + 2, print])) {
      const machine = playedMachine({ prints, at: 1_000_000, first: 100 });
      const overrun = { before: 400, shown: prints.length, wanted: wanted ?? 0 };
      t.equal(await stopExactly(machine, overrun), true);
      t.equal(machine.at(), icount);
      t.equal(machine.console.read().length, 0, 'what was shown again on the way has been read');
    }
  },
);

t.test('also where it stands just there, and where the look was just before', async (t) => {
  const machine = playedMachine({ prints, at: 990_000, first: 100 });
  t.equal(await stopExactly(machine, { before: 989_999, shown: 6, wanted: 6 }), true);
  t.equal(machine.at(), 990_000);
});

t.test('it does not play from afar each time', async (t) => {
  const overrun = { before: 980_000, shown: prints.length, wanted: 6 };
  const near = playedMachine({ prints, at: 1_000_000, first: 0 });
  await stopExactly(near, overrun);
  t.ok(near.played() < 2_000_000, `${near.played()} instructions`);
  // While no snapshot can be taken in front of the place, it takes longer and ends there all the same.
  const busy = (icount: number): boolean => icount < 989_000;
  const late = playedMachine({ prints, at: 1_000_000, first: 0, busy });
  t.equal(await stopExactly(late, overrun), true);
  t.equal(late.at(), 990_000);
  const never = playedMachine({ prints, at: 1_000_000, first: 0, busy: () => true });
  t.equal(await stopExactly(never, overrun), true);
  t.equal(never.at(), 990_000);
  t.ok(late.played() < never.played());
});

t.test('where it cannot go back it stays where it is', async (t) => {
  const machine = playedMachine({ prints, at: 1_000_000, first: 700_000 });
  t.equal(await stopExactly(machine, { before: 400, shown: 6, wanted: 2 }), false);
  t.equal(machine.at(), 1_000_000);
});

t.test('a snapshot it does not play on from is left', async (t) => {
  const dead = (icount: number): boolean => icount > 400 && icount < 900_000;
  const machine = playedMachine({ prints, at: 1_000_000, first: 100, dead });
  const overrun = { before: 800_000, shown: 6, wanted: 6 };
  t.equal(await stopExactly(machine, overrun, 20), true);
  t.equal(machine.at(), 990_000);
  const everywhere = playedMachine({ prints, at: 1_000_000, first: 100, dead: () => true });
  await t.rejects(stopExactly(everywhere, overrun, 20), /\b100\b/);
});

t.test(
  'no snapshot is left behind the place, from where a debugger could go back to it',
  async (t) => {
    const busy = (icount: number): boolean => icount < 992_000;
    const machine = playedMachine({ prints, at: 1_000_000, first: 100, busy });
    t.equal(await stopExactly(machine, { before: 400, shown: 6, wanted: 6 }), true);
    t.strictSame([...machine.snapshots.keys()], ['at-1']);
  },
);
