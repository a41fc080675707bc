import fc from 'fast-check';
import type { Test } from 'tap';
import t from 'tap';
import { ConsoleComparison, play } from '../../src/recording/play.ts';

/** A machine that executes one instruction between two looks at it, until it has executed `longest`. */
function machine(t: Test, longest: number) {
  let ended = false;
  t.teardown(() => (ended = true));
  const unread: Uint8Array[] = [];
  let icount = 0;
  return {
    console: {
      get ended() {
        return ended;
      },
      read: () => unread.shift() ?? new Uint8Array(),
      async *[Symbol.asyncIterator]() {},
    },
    print: (text: string) => unread.push(Buffer.from(text)),
    continue: () => Promise.resolve(),
    pause: () => Promise.resolve(),
    execute: () => Promise.resolve({ icount: (icount = Math.min(longest, icount + 1)) }),
    executed: () => icount,
  };
}

const nothing = { onBytes: () => undefined, stopAfter: Infinity };

t.test('a machine that does not get on any more is given up', async (t) => {
  const standing = machine(t, 5);
  const comparison = new ConsoleComparison(Buffer.from('more than will come'));
  t.match(await play(standing, comparison, { ...nothing, patience: 200 }), { ending: 'stalled' });
  t.equal(standing.executed(), 5);
});

t.test('one that does is waited for, however long it is silent', async (t) => {
  const working = machine(t, Infinity);
  const comparison = new ConsoleComparison(Buffer.from('late'));
  const timer = setInterval(() => {
    if (working.executed() <= 20) return;
    clearInterval(timer);
    working.print('late');
  }, 20);
  t.teardown(() => {
    clearInterval(timer);
  });
  t.match(await play(working, comparison, { ...nothing, patience: 200 }), { ending: 'played' });
  t.equal(comparison.differsAt, null);
});

t.test(
  'one that is to stop is paused, and what is behind that place is neither shown nor compared',
  async (t) => {
    const order: string[] = [];
    const running = machine(t, Infinity);
    const stopping = {
      ...running,
      pause: () => {
        order.push('paused');
        running.print(' it goes on until it stops');
        return Promise.resolve();
      },
    };
    const comparison = new ConsoleComparison(Buffer.from('stop here and no further'));
    running.print('stop here! and');
    const played = await play(stopping, comparison, {
      onBytes: (chunk) => order.push(Buffer.from(chunk).toString()),
      onArrival: () => {
        order.push('arrived');
        return Promise.resolve();
      },
      stopAfter: 9,
    });
    t.match(played, {
      ending: 'stopped',
      before: 0,
      shown: 'stop here! and it goes on until it stops'.length,
    });
    t.strictSame(
      order.filter((word) => word !== ''),
      ['stop here', 'arrived', 'paused'],
    );
    t.match(comparison, { bytes: 9, differsAt: null });
  },
);

const recorded = Buffer.from('one\ntwo\nthree\n');

/** Compares `text`, in chunks of `size` bytes. */
function compare(text: string, size = 4): ConsoleComparison {
  const comparison = new ConsoleComparison(recorded);
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) comparison.feed(bytes.subarray(at, at + size));
  comparison.end();
  return comparison;
}

t.test('the same is the same, however it is cut', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), (size) => {
      const { differsAt, complete, line } = compare(recorded.toString(), size);
      return differsAt === null && complete && line === null;
    }),
  );
  t.end();
});

t.test('another byte, one too few, one too many', (t) => {
  t.match(compare('one\ntWo\nthree\n'), { differsAt: 5, line: 2, bytes: 14 });
  t.match(compare('one\ntwo\nthr'), { differsAt: 11, line: 3, complete: false });
  t.match(compare('one\ntwo\nthree\n!'), { differsAt: 14, line: 4, complete: true });
  t.match(compare(''), { differsAt: 0, line: 1 });
  t.end();
});
