import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { readDeviceTree } from '../../src/autopsy/device-tree.ts';
import { examine } from '../../src/autopsy/findings.ts';
import type { GuestMemory } from '../../src/autopsy/guest-memory.ts';
import { openDump } from '../../src/autopsy/memory-dump.ts';
import { autopsyLimits, runAutopsy } from '../../src/autopsy/run-autopsy.ts';
import { UsageError } from '../../src/errors.ts';
import { temporaryDirectory } from '../qemu/machine-fixtures.ts';
import { dumpFile } from './dumps.ts';

// What is bad for a reader takes it long where it is not bounded; what is bounded ends soon on any machine.
t.setTimeout(1_200_000);

const extremes = [0, 1, 0x7f, 0xff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

/** Bytes that are changed somewhere: single ones, 32-bit words to the ends of their range, parts moved, the end cut off. */
const change = fc.oneof(
  fc.record({ at: fc.nat(), byte: fc.nat(255) }),
  fc.record({ at: fc.nat(), word: fc.constantFrom(...extremes) }),
  fc.record({ at: fc.nat(), from: fc.nat(), length: fc.nat(8192) }),
  fc.record({ cut: fc.nat() }),
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

/** @param reach changes that name no place before this are made behind it too, but most of them before */
function changed(whole: Buffer, changes: readonly Change[], reach: number): Buffer {
  let bytes: Buffer = Buffer.from(whole);
  for (const one of changes) {
    if ('cut' in one) {
      bytes = bytes.subarray(0, one.cut % (bytes.length + 1));
      continue;
    }
    const end = one.at % 4 === 0 ? bytes.length : Math.min(reach, bytes.length);
    const at = end === 0 ? 0 : one.at % end;
    if (bytes.length === 0) continue;
    if ('byte' in one) bytes.fill(one.byte, at, at + 1);
    else if ('from' in one) bytes.copy(bytes, at, one.from % (bytes.length + 1), at + one.length);
    else if (at + 4 <= bytes.length) bytes.writeUInt32LE(one.word, at & ~3);
  }
  return bytes;
}

/** Reads it as the autopsy does. Anything that is thrown but a refusal fails the test. */
function examined(file: string, bytes: Buffer): void {
  writeFileSync(file, bytes);
  try {
    const dump = openDump(file, 0);
    try {
      examine(dump);
      dump.missingBytes();
    } finally {
      dump.close();
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
  }
}

function memoryOf(bytes: Buffer): GuestMemory {
  return {
    ranges: [{ from: 0, to: bytes.length }],
    read: (address, length) => bytes.subarray(Math.max(0, address), Math.max(0, address + length)),
  };
}

void t.test('dumps of real machines with damage anywhere are read or refused', (t) => {
  const file = join(temporaryDirectory(t), 'changed.elf');
  for (const name of ['aarch64-console-lost-sid', 'arm-arm-device-tree-overwritten']) {
    const whole = readFileSync(dumpFile(t, name));
    const changes = fc.array(change, { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(changes, (some) => {
        examined(file, changed(whole, some, 2048));
      }),
      { numRuns: 25 },
    );
  }
  t.end();
});

void t.test('so are compressed and flattened dumps, with headers of any kind', (t) => {
  const file = join(temporaryDirectory(t), 'changed');
  const compressed = Buffer.alloc(8 * 4096);
  compressed.write('KDUMP   ');
  [4096, 1, 2].forEach((word, index) => compressed.writeUInt32LE(word, 428 + 4 * index));
  compressed.fill(0xff, 2 * 4096, 4 * 4096);
  const flattened = Buffer.alloc(3 * 4096);
  flattened.write('makedumpfile');
  flattened.writeBigInt64BE(8192n, 4096 + 8);
  for (const whole of [compressed, flattened]) {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 8 }), (some) => {
        examined(file, changed(whole, some, 5 * 4096));
      }),
      { numRuns: 50 },
    );
  }
  t.end();
});

/** What a kernel says of its ring, with numbers of any kind. */
const description = fc
  .record({
    sizes: fc.array(
      fc.constantFrom('0', '1', '8', '88', '4096', '999999999', '0xff', '-1', '9e9'),
      {
        minLength: 3,
        maxLength: 3,
      },
    ),
    numbers: fc.array(
      fc.constantFrom('48', '0', '-1', '9223372036854775807', '0xffffffffffffffff'),
      {
        minLength: 3,
        maxLength: 3,
      },
    ),
    prb: fc.constantFrom('0', '0xff', 'ffff800000001000', '1000', 'c0001000', '-5', 'zz', ''),
    junk: fc.string({ maxLength: 40 }),
  })
  .map(({ sizes, numbers, prb, junk }) =>
    [
      `OSRELEASE=6.1.0-${junk.replaceAll(/\s/g, '')}`,
      `SYMBOL(prb)=${prb}`,
      ...['printk_ringbuffer', 'prb_desc', 'printk_info'].map((n, i) => `SIZE(${n})=${sizes[i]}`),
      ...['VA_BITS', 'PHYS_OFFSET', 'kimage_voffset'].map((n, i) => `NUMBER(${n})=${numbers[i]}`),
      junk,
    ].join('\n'),
  );

void t.test('descriptions of kernels with any numbers spoil nothing', (t) => {
  fc.assert(
    fc.property(fc.array(description, { maxLength: 8 }), (texts) => {
      const bytes = Buffer.alloc(4096 * (texts.length + 1));
      texts.forEach((text, index) => bytes.write(text, 4096 * index));
      t.strictSame(examine(memoryOf(bytes)).logs, []);
    }),
    { numRuns: 200 },
  );
  t.end();
});

void t.test('two lines are no log, and the rest is read', (t) => {
  const bytes = Buffer.alloc(8192);
  bytes.write('OSRELEASE=6.1\nSYMBOL(prb)=0xff\n', 4096);
  const { unreadable } = examine(memoryOf(bytes));
  t.equal(unreadable.length, 1);
  t.match(unreadable[0], /\b6\.1\b.*\bSYMBOL\(prb\)/);
  t.end();
});

void t.test('a device tree is never deeper than a kernel takes', (t) => {
  const word = (value: number) => Buffer.from(new Uint32Array([value]).buffer).swap32();
  const nested = (depth: number): Buffer => {
    const structure = Buffer.concat([
      ...Array.from({ length: depth }, () => Buffer.concat([word(1), word(0)])),
      ...Array.from({ length: depth }, () => word(2)),
      word(9),
    ]);
    const size = 40 + structure.length + 4;
    const strings = 40 + structure.length;
    const header = [0xd00dfeed, size, 40, strings, 40, 17, 16, 0, 4, structure.length];
    return Buffer.concat([...header.map(word), structure, word(0)]);
  };
  t.strictSame(readDeviceTree(nested(64)), { bootargs: null, memory: 0 });
  t.equal(readDeviceTree(nested(65)), null);
  t.equal(readDeviceTree(nested(100_000)), null);
  t.end();
});

void t.test(
  'a memory full of what begins like something is read once, and what is left out is said',
  (t) => {
    const tree = Buffer.alloc(40);
    [0xd00dfeed, 2 ** 21, 4096, 40, 40, 17, 16, 0, 100, 2 ** 20].forEach((word, index) =>
      tree.writeUInt32BE(word, 4 * index),
    );
    const log = Buffer.alloc(64);
    log.writeBigUInt64LE(2n ** 32n - 4096n);
    log.write('Booting Linux on physical CPU 0x0', 8);
    const purgatory = Buffer.from('sha256 digests do not match :(\n\0');
    for (const [kind, unit] of Object.entries({ purgatory, log, tree })) {
      const bytes = Buffer.alloc(8 * 2 ** 20, unit);
      let looked = 0;
      const memory = memoryOf(bytes);
      const read = (address: number, length: number): Buffer => {
        const found = memory.read(address, length);
        looked += found.length;
        return found;
      };
      t.matchSnapshot(examine({ ...memory, read }).unreadable.join('\n'), kind);
      t.ok(looked < 64 * bytes.length, `${looked} bytes were looked at`);
    }
    t.end();
  },
);

void t.test('whoever writes OSRELEASE= in every line gets each page looked at once', (t) => {
  const bytes = Buffer.alloc(16 * 2 ** 20, 'OSRELEASE=6.1\n');
  let reads = 0;
  const memory = memoryOf(bytes);
  const read = (address: number, length: number): Buffer => {
    reads += 1;
    return memory.read(address, length);
  };
  t.strictSame(examine({ ...memory, read }).logs, []);
  t.ok(reads <= bytes.length / 4096 + 100, `${reads} reads`);
  t.end();
});

void t.test('an autopsy that reaches its limits says so', async (t) => {
  const file = join(temporaryDirectory(t), 'endless.raw');
  writeFileSync(file, 'x');
  truncateSync(file, 2 ** 42);
  const request = { file, base: 0, lines: [], pcs: [], dead: true };
  const limits = { ...autopsyLimits(0), cpuSeconds: 2 };
  await t.rejects(runAutopsy(request, { limits }), {
    name: 'UnavailableError',
    message: /\b2 s\b/,
    place: file,
  });
  await t.rejects(runAutopsy(request, { limits: { ...limits, memory: 2 ** 20 } }), {
    name: 'UnavailableError',
    message: /\b1 MiB\b/,
  });
});
