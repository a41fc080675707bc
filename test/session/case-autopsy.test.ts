import { existsSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Test } from 'tap';
import t from 'tap';
import type { Outcome } from '../../src/model/boot.ts';
import { makeOutputDisk, readSavedDump, withMemory } from '../../src/session/case-autopsy.ts';
import { temporaryDirectory } from '../qemu/machine-fixtures.ts';
import { compressedVmcore, elfVmcore, flattened, memoryOf } from './saved-dumps.ts';

const panic = 'Kernel panic - not syncing: sysrq triggered crash';
const died = memoryOf(['Linux version 6.1.0-test ', 'sysrq: Trigger a crash', panic]);
const named = { release: '6.1.0-test', panic: 'sysrq triggered crash' };

/** The output disk of a guest that wrote these bytes to it, as the lab reads it, and what the lab notes. */
async function readBack(t: Test, bytes: Buffer, { signal = new AbortController().signal } = {}) {
  const file = join(temporaryDirectory(t), 'output.img');
  await makeOutputDisk(file, 1);
  writeFileSync(file, bytes, { flag: 'r+' });
  return read(file, signal);
}

async function read(file: string, signal = new AbortController().signal) {
  const notes: string[] = [];
  const dump = await readSavedDump(file, (text) => notes.push(text), signal);
  return { dump, notes };
}

void t.test('an empty disk has no dump, and nothing is wrong with it', async (t) => {
  t.strictSame(await readBack(t, Buffer.alloc(0)), { dump: null, notes: [] });
});

void t.test('a saved dump names the kernel and its panic, in each format', async (t) => {
  const formats = {
    'cp /proc/vmcore': elfVmcore(died),
    'makedumpfile -c': compressedVmcore(died),
    'makedumpfile -c -F': flattened(compressedVmcore(died)),
    'makedumpfile -E -F': flattened(elfVmcore(died)),
  };
  for (const [format, bytes] of Object.entries(formats)) {
    t.strictSame(await readBack(t, bytes), { dump: named, notes: [] }, format);
  }
});

void t.test('a log in the linear map of a kernel for 52-bit addresses', async (t) => {
  const bytes = elfVmcore(memoryOf(['Linux version 6.1.0-test ', panic], 'linear52'));
  t.strictSame(await readBack(t, bytes), { dump: named, notes: [] });
});

void t.test('a dump that makedumpfile marked as incomplete', async (t) => {
  // The last page of the memory is the description, without which no log is found.
  const whole = Buffer.concat([died, Buffer.alloc(4096, 1)]);
  const marked = {
    'compressed, a page lost': compressedVmcore(whole, { status: 1 | 8, lost: 1 }),
    'compressed, not marked': compressedVmcore(whole, { lost: 1 }),
    ELF: elfVmcore(died, 1),
  };
  for (const [format, bytes] of Object.entries(marked)) {
    const { dump, notes } = await readBack(t, bytes);
    t.strictSame(dump, named, format);
    t.matchSnapshot(notes, format);
  }
  const { dump, notes } = await readBack(t, compressedVmcore(died, { status: 9, lost: 1 }));
  t.equal(dump, null, 'the description is lost');
  t.matchSnapshot(notes);
});

void t.test('a truncated dump', async (t) => {
  const bytes = elfVmcore(Buffer.concat([died, Buffer.alloc(8192)]));
  const file = join(temporaryDirectory(t), 'output.img');
  writeFileSync(file, bytes);
  truncateSync(file, bytes.length - 8192);
  const late = await read(file);
  t.strictSame(late.dump, named, 'cut after the log');
  t.matchSnapshot(late.notes, 'cut after the log');
  truncateSync(file, bytes.length - 3 * 4096);
  const early = await read(file);
  t.equal(early.dump, null, 'cut in the log');
  t.matchSnapshot(early.notes, 'cut in the log');
});

void t.test('what names no panic', async (t) => {
  const alive = memoryOf(['Linux version 6.1.0-test ', 'sysrq: HELP']);
  const textOfPanic = Buffer.alloc(4096);
  textOfPanic.write(panic);
  const pageOfMemory = compressedVmcore(died);
  pageOfMemory.fill(0xff, pageOfMemory.length - 40);
  const headerOnly = compressedVmcore(died).subarray(0, 4096);
  const cases = {
    'a kernel that lives': elfVmcore(alive),
    'the words in memory, not in the log': elfVmcore(Buffer.concat([alive, textOfPanic])),
    'no dump': Buffer.from(`${panic}\n`),
    packed: gzipSync(elfVmcore(died)),
    'a program': elfVmcore(died).fill(2, 16, 17),
    'a damaged page': pageOfMemory,
    'a header alone': headerOnly,
  };
  for (const [what, bytes] of Object.entries(cases)) {
    const { dump, notes } = await readBack(t, bytes);
    t.equal(dump, null, what);
    t.matchSnapshot(
      notes.map((note) => note.replace(/\S*output\.img/, 'output.img')),
      what,
    );
  }
});

void t.test('a disk that is gone is noted; an interrupted run notes nothing', async (t) => {
  const { dump, notes } = await read(join(temporaryDirectory(t), 'output.img'));
  t.equal(dump, null);
  t.match(notes, [/ENOENT/]);
  const interrupted = { signal: AbortSignal.abort() };
  t.strictSame(await readBack(t, elfVmcore(died), interrupted), { dump: null, notes: [] });
});

void t.test('the disk is as large as asked for, and takes no space', async (t) => {
  const file = join(temporaryDirectory(t), 'output.img');
  await makeOutputDisk(file, 3);
  t.ok(existsSync(file));
  const { size, blocks } = statSync(file);
  t.equal(size, 3 * 2 ** 20);
  t.equal(blocks, 0);
});

void t.test('a silence without proof is a hang if the second kernel has panicked in it', (t) => {
  const undecided = { id: 'unknown', stage: 'kexec', evidence: [], meaning: 'It is not known.' };
  const panic = { seconds: 1.5, level: 0, text: 'Kernel panic - not syncing: oh no' };
  const alert = { seconds: 1, level: 1, text: 'Unable to handle kernel paging request' };
  const between = Array.from({ length: 40 }, () => ({ seconds: 1.2, level: 4, text: 'x0 : 0' }));
  const judge = (cmdline: string | null, records: object[], id = 'unknown') => {
    const log = { foundBy: 'vmcoreinfo', release: '6.1.0', cmdline, records };
    const autopsy = { reason: 'early-panic', sentence: 'It panicked.', log };
    return withMemory(
      { ...undecided, id } as unknown as Outcome,
      autopsy as unknown as Parameters<typeof withMemory>[1],
    );
  };
  const second = 'console=ttyAMA0 is_in_kexec=yes root=/dev/vda1';
  const dead = judge(second, [alert, ...between, panic]);
  t.match(dead, { id: 'bye-hang', meaning: / It panicked\.$/ });
  t.notMatch(dead.meaning, undecided.meaning);
  t.equal(dead.evidence.at(-1)?.text, `[    1.500000] ${panic.text}`, 'the panic is shown');
  t.equal(judge(second, [alert, ...between]).id, 'unknown', 'an oops may be outlived');
  t.equal(judge('console=ttyAMA0', [panic]).id, 'unknown', 'it may be the first kernel');
  t.equal(judge(null, [panic]).id, 'unknown');
  t.equal(judge(second, [panic], 'no-output').id, 'no-output', 'only what was not decided');
  t.end();
});
