import fc from 'fast-check';
import t from 'tap';
import type { GuestMemory } from '../../src/autopsy/guest-memory.ts';
import { Unreadable } from '../../src/autopsy/guest-memory.ts';
import { readPrintkRing } from '../../src/autopsy/kernel-log.ts';
import { parseVmcoreinfo } from '../../src/autopsy/vmcoreinfo.ts';
import { descriptionOf, descsAt, idMask, loggedMemory, ring } from './logged-memory.ts';

const info = parseVmcoreinfo(descriptionOf());

function memoryOf(texts: readonly string[]): GuestMemory {
  const bytes = loggedMemory(texts);
  return {
    ranges: [{ from: 0, to: bytes.length }],
    read: (address, length) => bytes.subarray(address, address + length),
  };
}

function read(memory: GuestMemory) {
  if (info === null) throw new Error('no description');
  return readPrintkRing(memory, info, Number)?.records ?? [];
}

/** Short enough for the youngest of them to be in the ring whole, however the text wraps. */
const words = fc.array(fc.string({ minLength: 1, maxLength: 15, unit: 'grapheme-ascii' }), {
  minLength: 1,
  maxLength: 60,
  size: 'max',
});

void t.test('what was logged last is read back, in order, wherever the ring has wrapped', (t) => {
  fc.assert(
    fc.property(words, (texts) => {
      const records = read(memoryOf(texts));
      const last = texts.slice(-(2 ** ring.bits));
      t.strictSame(records.map(({ text }) => text).slice(-last.length), last);
      t.strictSame(records.at(-1)?.level, (texts.length - 1) % 8);
    }),
  );
  t.end();
});

void t.test('times are cut to microseconds, as printk cuts them', (t) => {
  t.strictSame(
    read(memoryOf(['a', 'b', 'c'])).map(({ seconds }) => seconds),
    [0, 1.5, 3.000001],
  );
  t.end();
});

void t.test('a record that is not written yet is left out', (t) => {
  const memory = memoryOf(['a', 'b', 'c']);
  const state = memory.read(descsAt + 24, 8);
  state.writeBigUInt64LE(state.readBigUInt64LE() & idMask); // Reserved: its state is 0.
  t.strictSame(
    read(memory).map(({ text }) => text),
    ['a', 'c'],
  );
  t.end();
});

void t.test('what is no ring is none, whatever its bytes are', (t) => {
  const garbage = fc.uint8Array({ minLength: 0x2000, maxLength: 0x2000 });
  fc.assert(
    fc.property(garbage, (bytes) => {
      const memory: GuestMemory = {
        ranges: [{ from: 0, to: bytes.length }],
        read: (address, length) => Buffer.from(bytes.slice(address, address + length)),
      };
      try {
        if (info !== null) readPrintkRing(memory, info, Number);
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
      }
    }),
    { numRuns: 30 },
  );
  t.equal(parseVmcoreinfo('OSRELEASE=%s\nSYMBOL(prb)=1000\n'), null, 'a format string');
  t.equal(parseVmcoreinfo('OSRELEASE=5.4.0\nSYMBOL(log_buf)=1000\n'), null, 'before 5.10');
  t.equal(parseVmcoreinfo('no description at all'), null);
  t.end();
});
