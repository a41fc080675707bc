import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import t from 'tap';
import { isFlattened, unflattened, openDumpFile } from '../../src/autopsy/dump-file.ts';
import { examine } from '../../src/autopsy/findings.ts';
import { openDump } from '../../src/autopsy/memory-dump.ts';
import { temporaryDirectory } from '../qemu/machine-fixtures.ts';
import { dumpedByQemu, findingsOf } from './dumps.ts';

// QEMU writes each of these dumps, of the memory of a machine that was dumped before.
t.setTimeout(1_200_000);

const machines = [
  ['aarch64', 'aarch64-console-lost-sid'],
  ['arm', 'arm-arm-device-tree-overwritten'],
] as const;

for (const [arch, name] of machines) {
  void t.test(
    `${arch}: a compressed dump holds what the core of the same machine holds`,
    async (t) => {
      const { core, compressed } = await dumpedByQemu(t, arch, name);
      const fromCore = examined(core);
      t.ok(fromCore.logs.length > 0);
      t.same(fromCore.logs, findingsOf(t, name).logs);
      t.same(examined(compressed), fromCore);
      t.same(examined(inOrder(t, compressed)), fromCore, 'no longer flattened');
    },
  );
}

void t.test('what is wrong with a compressed dump is said', async (t) => {
  const { compressed } = await dumpedByQemu(t, 'arm', 'arm-arm-device-tree-overwritten');
  const whole = readFileSync(inOrder(t, compressed));
  const directory = temporaryDirectory(t);
  const changed = (change: (bytes: Buffer) => void): string => {
    const bytes = Buffer.from(whole);
    change(bytes);
    const file = join(directory, 'changed');
    writeFileSync(file, bytes);
    return file;
  };
  // The layout of 32-bit machines: makedumpfile's diskdump_mod.h.
  const bitmapBlocks = whole.readUInt32LE(424);
  const descriptors = (2 + bitmapBlocks) * 4096;
  const page = Number(whole.readBigUInt64LE(descriptors));

  const trouble = (change: (bytes: Buffer) => void) => () => examined(changed(change));
  t.throws(
    trouble((bytes) => bytes.writeUInt32LE(2, descriptors + 12)),
    { name: 'UsageError', message: /\blzo\b/, hint: /makedumpfile -c/ },
  );
  t.throws(
    trouble((bytes) => bytes.writeUInt32LE(1, 4096 + 8)),
    { name: 'UsageError', message: /./, hint: /--reassemble/ },
  );
  t.throws(
    trouble((bytes) => bytes.writeUInt32LE(5, 416)),
    { name: 'UsageError', message: /\bheader\b/ },
  );
  t.throws(
    trouble((bytes) => bytes.writeUInt32LE(0x4000_0000, 424)),
    { name: 'UsageError', message: /\bheader\b/ },
  );
  t.throws(
    trouble((bytes) => bytes.fill(0xff, page, page + 4)),
    { name: 'UsageError', message: /\bpage\b/ },
  );

  const short = changed(() => undefined);
  truncateSync(short, 8192);
  t.throws(() => openDump(short, 0), { name: 'UsageError', message: /\bheader\b/ });
  const half = changed(() => undefined);
  truncateSync(half, whole.length - 4096);
  t.ok(missingOf(half) > 0, 'what is behind the end is missing, the rest is read');
  t.equal(missingOf(changed(() => undefined)), 0);
});

void t.test('a flattened dump whose pieces cannot be put in order', (t) => {
  const piece = (from: bigint, content: string): Buffer => {
    const header = Buffer.alloc(16);
    header.writeBigInt64BE(from);
    header.writeBigInt64BE(BigInt(content.length), 8);
    return Buffer.concat([header, Buffer.from(content)]);
  };
  const header = Buffer.alloc(4096);
  header.write('makedumpfile');
  const bytesOf = (...pieces: Buffer[]) => {
    const file = join(temporaryDirectory(t), 'flattened');
    writeFileSync(file, Buffer.concat([header, ...pieces]));
    const opened = openDumpFile(file);
    t.teardown(opened.close);
    return unflattened(opened, file);
  };
  const end = piece(-1n, '');
  const bytes = bytesOf(piece(10n, 'world'), piece(0n, 'HELLO'), piece(0n, 'hello'), end, end);
  t.equal(bytes.size, 15);
  t.equal(bytes.read(0, 100).toString(), 'hello\0\0\0\0\0world', 'the later of two pieces counts');
  t.equal(bytes.read(3, 9).toString(), 'lo\0\0\0\0\0wo');
  t.equal(bytes.read(15, 4).length, 0);
  const cut = bytesOf(piece(0n, 'hello').subarray(0, 18));
  t.equal(cut.read(0, 5).toString(), 'he', 'cut short');
  const overlapping = { name: 'UsageError', message: /overlap/, hint: /makedumpfile -R/ };
  t.throws(() => bytesOf(piece(0n, 'hello'), piece(3n, 'world'), end), overlapping);
  t.throws(() => bytesOf(piece(-2n, 'hello')), { name: 'UsageError', message: /damaged/ });
  t.end();
});

function examined(file: string) {
  const dump = openDump(file, 0);
  try {
    return examine(dump);
  } finally {
    dump.close();
  }
}

function missingOf(file: string): number {
  const dump = openDump(file, 0);
  try {
    examine(dump);
    return dump.missingBytes();
  } finally {
    dump.close();
  }
}

/** The file that a flattened one stands for. */
function inOrder(t: Test, flattened: string): string {
  const opened = openDumpFile(flattened);
  try {
    if (!isFlattened(opened)) throw new Error('QEMU did not flatten its dump');
    const bytes = unflattened(opened, flattened);
    const file = join(temporaryDirectory(t), 'in-order');
    writeFileSync(file, bytes.read(0, bytes.size));
    return file;
  } finally {
    opened.close();
  }
}
