/**
 * `node --import=tsx scripts/trim-dump.ts DUMP TRIMMED`: keeps of a dump of a guest's memory only the pages an autopsy looks at, as
 * an ELF core that gives the same answer. A gigabyte becomes some hundred kilobytes: small enough for test/autopsy/dumps.
 */
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { examine } from '../src/autopsy/findings.ts';
import type { GuestMemory } from '../src/autopsy/guest-memory.ts';
import { openDump } from '../src/autopsy/memory-dump.ts';
import { coreType } from '../src/formats/executable.ts';
import { magics } from '../src/formats/magic.ts';

const page = 4096;
/** Longer reads are searches; what they find is read once more. Bytes. */
const longestLook = 4 * 2 ** 20;

const [from = '', to = ''] = process.argv.slice(2);
const dump = openDump(from, 0x4000_0000);
const kept = new Set<number>();
const watched: GuestMemory = {
  ranges: dump.ranges,
  read(address, length) {
    const bytes = dump.read(address, length);
    if (length <= longestLook) {
      for (let at = address - (address % page); at < address + bytes.length; at += page)
        kept.add(at);
    }
    return bytes;
  },
};
for (const words of examine(watched).purgatories) watched.read(words, page);
const pages = [...kept].sort((a, b) => a - b);
writeFileSync(to, gzipSync(core(pages), { level: 9 }));
dump.close();

/** A 64-bit little-endian core whose segments are runs of pages: elf(5). */
function core(pages: number[]): Buffer {
  const runs: { at: number; length: number }[] = [];
  // The ends of memory stay where they are: where RAM begins is what 32-bit arm counts from.
  const ends = dump.ranges.flatMap(({ from, to }) => [from, to - page]);
  for (const at of [...new Set([...pages, ...ends])].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && last.at + last.length === at) last.length += page;
    else runs.push({ at, length: page });
  }
  const header = Buffer.alloc(64);
  magics.elf.bytes.copy(header);
  Buffer.from([2, 1, 1]).copy(header, 4);
  header.writeUInt16LE(coreType, 16);
  header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(64n, 32);
  header.writeUInt16LE(64, 52);
  header.writeUInt16LE(56, 54);
  header.writeUInt16LE(runs.length, 56);
  let offset = 64 + 56 * runs.length;
  const entries = runs.map(({ at, length }) => {
    const entry = Buffer.alloc(56);
    entry.writeUInt32LE(1, 0);
    entry.writeBigUInt64LE(BigInt(offset), 8);
    entry.writeBigUInt64LE(BigInt(at), 24);
    entry.writeBigUInt64LE(BigInt(length), 32);
    entry.writeBigUInt64LE(BigInt(length), 40);
    offset += length;
    return entry;
  });
  return Buffer.concat([
    header,
    ...entries,
    ...runs.map(({ at, length }) => dump.read(at, length)),
  ]);
}
