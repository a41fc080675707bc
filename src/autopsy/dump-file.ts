import { closeSync, readSync } from 'node:fs';
import { UsageError } from '../errors.ts';
import { namedFileError } from '../file-error.ts';
import { hasMagic, type Format } from '../formats/magic.ts';
import { openInput } from '../host/user-file.ts';

/** Bytes with random access: those of a file, or those that a flattened file describes. */
export type Bytes = {
  size: number;
  /** Returns fewer bytes at the end. */
  read: (offset: number, length: number) => Buffer;
};

/** A file that is read in pieces, because it may be as large as a server's memory. */
type DumpFile = Bytes & { close: () => void };

/** The most that is read at once. The requested size comes from the dump, which may contain any number. Bytes. */
const mostAtOnce = 2 ** 29;

/** @throws UsageError if the file cannot be opened or read, is not a regular file, or is empty */
export function openDumpFile(file: string): DumpFile {
  const { descriptor, size } = openInput(file, Infinity);
  try {
    if (size === 0) throw new UsageError('this file is empty', { place: file });
    return {
      size,
      read(offset, length) {
        const wanted = Math.max(0, Math.min(length, size - offset, mostAtOnce));
        if (!(wanted > 0 && offset >= 0)) return Buffer.alloc(0);
        const bytes = Buffer.alloc(wanted);
        try {
          return bytes.subarray(0, readSync(descriptor, bytes, 0, wanted, offset));
        } catch (cause) {
          throw namedFileError(cause, { place: file, doing: `read this dump at byte ${offset}` });
        }
      },
      close() {
        closeSync(descriptor);
      },
    };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** A piece of the described file, and its place in the flattened file. */
type Piece = { from: number; length: number; at: number };

/** makedumpfile.h: the size of the header, and the marker after the last piece. */
const headerBytes = 4096;
const endOfPieces = -1n;

export function isFlattened({ read }: Bytes): boolean {
  return hasMagic(read(0, 16), 'flattened');
}

/** A file of about 16 GiB written by dump-guest-memory has this many pieces; sorting more takes too much memory. */
const mostPieces = 2 ** 20;

/** How many bytes of the described file may be missing: makedumpfile omits a few blocks. */
const leastHoles = 16 * 2 ** 20;

/**
 * The file that a flattened one describes (makedumpfile -F; dump-guest-memory writes compressed dumps this way):
 * pieces, each after a header with its place (makedumpfile's IMPLEMENTATION). If two pieces have the same place, the later
 * piece replaces the earlier one.
 * @throws UsageError if pieces overlap in another way, are too many, or leave larger gaps than they have data
 */
export function unflattened(bytes: Bytes, place: string): Bytes {
  const pieces = [...piecesOf(bytes, place).values()].sort((a, b) => a.from - b.from);
  if (
    pieces.some(({ from, length }, index) => from + length > (pieces[index + 1]?.from ?? Infinity))
  ) {
    throw new UsageError('the pieces of this flattened dump overlap', { place, hint: inOrder });
  }
  const last = pieces.at(-1);
  const end = last === undefined ? 0 : last.from + last.length;
  if (end > 2 * bytes.size + leastHoles) throw damaged(place);
  return {
    size: end,
    read(offset, asked) {
      const length = Math.max(0, Math.min(asked, end - offset));
      const whole = Buffer.alloc(length);
      let filled = 0;
      for (let index = firstAfter(pieces, offset); index < pieces.length; index += 1) {
        const piece = pieces[index] as Piece;
        if (piece.from >= offset + length) break;
        const skipped = Math.max(0, offset - piece.from);
        const into = piece.from + skipped - offset;
        const wanted = Math.min(piece.length - skipped, length - into);
        filled = into + bytes.read(piece.at + skipped, wanted).copy(whole, into);
      }
      return whole.subarray(0, filled);
    },
  };
}

/** What to do with pieces that only makedumpfile can sort. */
const inOrder = 'Rearrange it with makedumpfile -R NEWDUMP < DUMP.';

function damaged(place: string): UsageError {
  return new UsageError('this flattened dump is damaged', { place, hint: copyIt });
}

/** The last piece for each place. */
function piecesOf({ size, read }: Bytes, place: string): Map<number, Piece> {
  const byPlace = new Map<number, Piece>();
  for (let at = headerBytes; at + 16 <= size;) {
    const header = read(at, 16);
    const from = header.readBigInt64BE(0);
    if (from === endOfPieces) break;
    const length = header.readBigInt64BE(8);
    if (from < 0n || length < 0n || from + length > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw damaged(place);
    }
    // The last piece of a truncated file is truncated.
    const present = Math.min(Number(length), size - at - 16);
    byPlace.set(Number(from), { from: Number(from), length: present, at: at + 16 });
    if (byPlace.size > mostPieces) {
      const message = 'this flattened dump is in too many pieces';
      throw new UsageError(message, { place, hint: inOrder });
    }
    at += 16 + Number(length);
  }
  return byPlace;
}

/** The index of the first piece that ends after `offset`. */
function firstAfter(pieces: readonly Piece[], offset: number): number {
  let [low, high] = [0, pieces.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const { from, length } = pieces[middle] as Piece;
    if (from + length > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Files of other formats that users pass as dumps: what they are, and what to do instead. */
type OtherFormat = { format: Format; name: string; hint: string };

/** What to do with a damaged dump. */
export const copyIt = 'Copy it again from its source, and compare the sizes.';

const dumpIt = "Write a dump with QEMU's dump-guest-memory or virsh dump --memory-only.";

function packed(format: Format, name: string = format): OtherFormat {
  return { format, name: `packed with ${name}`, hint: 'Unpack it first.' };
}

const otherFormats: readonly OtherFormat[] = [
  packed('gzip'),
  packed('xz'),
  packed('zstd'),
  packed('bzip2'),
  packed('lz4Frame', 'lz4'),
  { format: 'libvirtSave', name: 'a machine that libvirt has saved', hint: dumpIt },
  { format: 'qemuState', name: 'a machine that QEMU has saved', hint: dumpIt },
  { format: 'qcow2', name: 'a disk image (qcow2)', hint: dumpIt },
  {
    format: 'lime',
    name: "in LiME's own format",
    hint: 'Take it with format=padded, and read it with --base 0.',
  },
];

/** The format of a file with these first bytes, if it is a known format that cannot be read as a dump. */
export function otherFormatOf(start: Buffer): Pick<OtherFormat, 'name' | 'hint'> | undefined {
  return otherFormats.find(({ format }) => hasMagic(start, format));
}
