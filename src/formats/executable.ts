import { readFile } from 'node:fs/promises';
import { hasMagic } from './magic.ts';

/** The part of an ELF file's header that the lab reads: elf(5). */
type ElfHeader = {
  /** Whether it is a 64-bit file. */
  wide: boolean;
  /** `e_type`. */
  type: number;
  /** `e_flags`. */
  flags: number;
  segments: { offset: number; entryBytes: number; count: number };
};

/** One entry of the table of program headers. */
type ElfSegment = {
  type: number;
  offset: number;
  /** `p_vaddr`. */
  address: number;
  /** `p_paddr`. */
  physicalAddress: number;
  fileSize: number;
};

/** `e_type` of a core dump. */
export const coreType = 4;

/** `p_type` of a segment that is loaded into memory. */
export const loadSegment = 1;

/** The size of the header of a 64-bit file; that of a 32-bit file is smaller. Bytes. */
export const elfHeaderBytes = 64;

/** The size of an entry in the table of program headers. Bytes. */
export function segmentBytes({ wide }: Pick<ElfHeader, 'wide'>): number {
  return wide ? 56 : 32;
}

/** `e_machine` of a little-endian ELF file; null for any other file. */
export function elfMachine(header: Buffer): number | null {
  return header.length >= 20 && hasMagic(header, 'elf') ? header.readUInt16LE(18) : null;
}

/** Reads the header of a little-endian ELF file; null for any other file, or if the header is truncated. */
export function readElfHeader(header: Buffer): ElfHeader | null {
  const [wide, littleEndian] = [header[4] === 2, header[5] === 1];
  if (!hasMagic(header, 'elf') || !littleEndian || header.length < (wide ? 64 : 52)) return null;
  return {
    wide,
    type: header.readUInt16LE(16),
    flags: header.readUInt32LE(wide ? 48 : 36),
    segments: {
      offset: wide ? Number(header.readBigUInt64LE(32)) : header.readUInt32LE(28),
      entryBytes: header.readUInt16LE(wide ? 54 : 42),
      count: header.readUInt16LE(wide ? 56 : 44),
    },
  };
}

/** Reads an entry of the table of program headers, `segmentBytes` long. */
export function readElfSegment(entry: Buffer, { wide }: Pick<ElfHeader, 'wide'>): ElfSegment {
  const word = (at: number) => readWord(entry, at, wide);
  return {
    type: entry.readUInt32LE(0),
    offset: word(wide ? 8 : 4),
    address: word(wide ? 16 : 8),
    physicalAddress: word(wide ? 24 : 12),
    fileSize: word(wide ? 32 : 16),
  };
}

/** The files that a program needs to start: its loader and its shared libraries, as named in the file. */
type ElfNeeds = { interpreter: string | null; libraries: string[] };

const [dynamicSegment, interpreterSegment] = [2, 3];
const dynamicTag = { end: 0, needed: 1, stringTable: 5 };

/** Reads the needs of a whole little-endian ELF file; null for any other file. */
export function elfNeeds(file: Buffer): ElfNeeds | null {
  const header = readElfHeader(file);
  if (header === null) return null;
  const { offset, entryBytes, count } = header.segments;
  const segments = Array.from({ length: count }, (_, index) =>
    readElfSegment(file.subarray(offset + index * entryBytes), header),
  );
  const interpreter = segments.find(({ type }) => type === interpreterSegment);
  return {
    interpreter: interpreter === undefined ? null : readString(file, interpreter.offset),
    libraries: neededLibraries(file, segments, header.wide),
  };
}

function neededLibraries(file: Buffer, segments: ElfSegment[], wide: boolean): string[] {
  const dynamic = segments.find(({ type }) => type === dynamicSegment);
  if (dynamic === undefined) return [];
  const needed: number[] = [];
  const wordBytes = wide ? 8 : 4;
  let strings = 0;
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.fileSize; at += 2 * wordBytes) {
    const [tag, value] = [readWord(file, at, wide), readWord(file, at + wordBytes, wide)];
    if (tag === dynamicTag.end) break;
    if (tag === dynamicTag.needed) needed.push(value);
    if (tag === dynamicTag.stringTable) strings = fileOffset(segments, value);
  }
  return needed.map((offset) => readString(file, strings + offset));
}

/** Dynamic entries hold addresses; the segment that is loaded there gives the offset in the file. */
function fileOffset(segments: ElfSegment[], address: number): number {
  const segment = segments.find(
    (s) => s.type === loadSegment && address >= s.address && address < s.address + s.fileSize,
  );
  return segment === undefined ? address : address - segment.address + segment.offset;
}

function readWord(bytes: Buffer, at: number, wide: boolean): number {
  return wide ? Number(bytes.readBigUInt64LE(at)) : bytes.readUInt32LE(at);
}

function readString(file: Buffer, offset: number): string {
  return file.toString('latin1', offset, file.indexOf(0, offset));
}

/** A section of a PE/COFF file, and where its content is in the file. Bytes. */
type PeSection = { name: string; offset: number; size: number };

/** Where the last section of a PE/COFF file ends; 0 for other files. A kernel with an EFI stub is a PE/COFF file. */
export function peFileSize(header: Buffer): number {
  return Math.max(0, ...peSections(header).map(({ offset, size }) => offset + size));
}

/** The machine that a PE/COFF file is for (`IMAGE_FILE_MACHINE_…` of include/linux/pe.h); null for other files. */
export function peMachine(header: Buffer): number | null {
  const pe = peHeader(header);
  return pe === null ? null : header.readUInt16LE(pe + 4);
}

/** The sections of a PE/COFF file, from its beginning. Empty for other files. */
export function peSections(header: Buffer): PeSection[] {
  const pe = peHeader(header);
  if (pe === null) return [];
  const table = pe + 24 + header.readUInt16LE(pe + 20);
  return Array.from({ length: header.readUInt16LE(pe + 6) }, (_, index) => table + index * 40)
    .filter((at) => at + 40 <= header.length)
    .map((at) => ({
      name: header.toString('latin1', at, at + 8).replace(/\0.*/s, ''),
      offset: header.readUInt32LE(at + 20),
      size: header.readUInt32LE(at + 16),
    }));
}

/** The offset of the header; null if there is none. */
function peHeader(header: Buffer): number | null {
  if (header.length < 0x40 || !hasMagic(header, 'pe')) return null;
  const pe = header.readUInt32LE(0x3c);
  const isThere = pe + 24 <= header.length && header.toString('latin1', pe, pe + 4) === 'PE\0\0';
  return isThere ? pe : null;
}

/** The version in a `kexec` program (`kexec-tools 2.0.25`, as `kexec --version` prints it); null if there is none. */
export async function toolsVersion(program: string): Promise<string | null> {
  const text = await readFile(program, 'latin1');
  return /\bkexec-tools\0? ?(\d+\.\d+\.\d+)/.exec(text)?.[1] ?? null;
}
