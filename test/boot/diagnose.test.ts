import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import { diagnoseLog } from '../../src/boot/diagnose.ts';
import { readLog } from './recorded-logs.ts';

// Garbage is collected when it is asked for, so that what is left is what is held.
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** `megabytes` of chunks; what is held is measured at every quarter of them. */
async function* noise(
  megabytes: number,
  chunk: (index: number) => Buffer,
  held: number[],
): AsyncGenerator<Buffer> {
  for (let index = 0; index < megabytes * 16; index += 1) {
    yield chunk(index);
    if (index % (megabytes * 4) === megabytes * 4 - 1) {
      await Promise.resolve();
      collectGarbage();
      held.push(process.memoryUsage().heapUsed);
    }
  }
}

const size = 65_536;

/** Bytes that are different in every chunk, by a fixed rule. */
function binary(index: number): Buffer {
  let state = index + 1;
  return Buffer.from(
    Uint8Array.from({ length: size }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return state >>> 16;
    }),
  );
}

void t.test('memory does not grow with the log', async (t) => {
  const kinds = {
    'one line without an end': { megabytes: 100, chunk: () => Buffer.alloc(size, 'x') },
    'nothing but signals': {
      megabytes: 3,
      chunk: (index: number) =>
        Buffer.from(
          `>>> message ${index}\n/init: line 1: xnbd-client: not found\n`.repeat(size / 54),
        ),
    },
    'binary noise': { megabytes: 6, chunk: binary },
  };
  for (const [name, { megabytes, chunk }] of Object.entries(kinds)) {
    const held: number[] = [];
    // Patterns are compiled when they are first needed, and stay.
    await diagnoseLog(noise(megabytes, chunk, []));
    await diagnoseLog(noise(megabytes, chunk, held));
    const [first = 0, last = 0] = [held[0], held.at(-1)];
    t.ok(last - first < 2 ** 20, `${name}: ${last - first} bytes more after ${megabytes} MB`);
  }
});

void t.test('of very many signals both ends are kept, and the rest is counted', async (t) => {
  const text = Array.from({ length: 10_000 }, (_, index) => `>>> message ${index}\n`).join('');
  async function* chunks(): AsyncGenerator<Buffer> {
    for (let from = 0; from < text.length; from += 997) {
      yield Buffer.from(text.slice(from, from + 997));
    }
    yield await Promise.resolve(readLog('post-c1-bye.log'));
  }
  const { signals, signalsOmitted, lines, outcome } = await diagnoseLog(chunks());
  t.equal(signals.length, 2000);
  t.equal(signals.length + signalsOmitted, 10_006);
  t.equal(signals[0]?.line, 1);
  t.match(signals.at(-1), { signature: 'kexec-bye', line: 10_006 });
  t.equal(lines, 10_006);
  t.equal(outcome.id, 'bye-hang');
});
