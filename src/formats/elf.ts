/** What a program needs of its system to start: its loader and its shared libraries, as named in the file. */
export type ElfNeeds = { interpreter: string | null; libraries: string[] };

const magic = Buffer.from('\x7fELF');
const segmentType = { dynamic: 2, interpreter: 3, load: 1 };
const dynamicTag = { end: 0, needed: 1, stringTable: 5 };

type Segment = { type: number; offset: number; address: number; fileSize: number };

/** Reads the needs of a little-endian ELF file; null for any other file. Layout: elf(5). */
export function elfNeeds(file: Buffer): ElfNeeds | null {
  if (!file.subarray(0, 4).equals(magic)) return null;
  const wide = file[4] === 2;
  const word = (offset: number) =>
    wide ? Number(file.readBigUInt64LE(offset)) : file.readUInt32LE(offset);
  const segments = readSegments(file, wide, word);

  const interpreter = segments.find(({ type }) => type === segmentType.interpreter);
  return {
    interpreter: interpreter === undefined ? null : readString(file, interpreter.offset),
    libraries: neededLibraries(file, segments, wide ? 8 : 4, word),
  };
}

function readSegments(file: Buffer, wide: boolean, word: (offset: number) => number): Segment[] {
  const table = word(wide ? 32 : 28);
  const size = file.readUInt16LE(wide ? 54 : 42);
  const count = file.readUInt16LE(wide ? 56 : 44);
  return Array.from({ length: count }, (_, index) => {
    const at = table + index * size;
    return {
      type: file.readUInt32LE(at),
      offset: word(at + (wide ? 8 : 4)),
      address: word(at + (wide ? 16 : 8)),
      fileSize: word(at + (wide ? 32 : 16)),
    };
  });
}

function neededLibraries(
  file: Buffer,
  segments: Segment[],
  width: number,
  word: (offset: number) => number,
): string[] {
  const dynamic = segments.find(({ type }) => type === segmentType.dynamic);
  if (dynamic === undefined) return [];
  const needed: number[] = [];
  let strings = 0;
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.fileSize; at += 2 * width) {
    const [tag, value] = [word(at), word(at + width)];
    if (tag === dynamicTag.end) break;
    if (tag === dynamicTag.needed) needed.push(value);
    if (tag === dynamicTag.stringTable) strings = fileOffset(segments, value);
  }
  return needed.map((offset) => readString(file, strings + offset));
}

/** Dynamic entries speak of addresses; the segment loaded there tells the place in the file. */
function fileOffset(segments: Segment[], address: number): number {
  const segment = segments.find(
    (s) => s.type === segmentType.load && address >= s.address && address < s.address + s.fileSize,
  );
  return segment === undefined ? address : address - segment.address + segment.offset;
}

function readString(file: Buffer, offset: number): string {
  return file.toString('latin1', offset, file.indexOf(0, offset));
}
