import { UsageError } from '../errors.ts';
import type { Bytes } from './dump-file.ts';
import { copyIt } from './dump-formats.ts';

/** A piece of the file that is meant, and where in the flattened one it is. */
type Piece = { from: number; length: number; at: number };

/** makedumpfile.h: the header's room, and what ends the last piece. */
const headerBytes = 4096;
const endOfPieces = -1n;

export function isFlattened({ read }: Bytes): boolean {
  return read(0, 16).equals(Buffer.from('makedumpfile\0\0\0\0'));
}

/**
 * The file that a flattened one (makedumpfile -F, which is what dump-guest-memory makes of compressed dumps) is to become:
 * pieces, each behind a header that says where it belongs (makedumpfile's IMPLEMENTATION). Two pieces for one place are
 * one that was written again.
 * @throws UsageError where pieces overlap in another way
 */
export function unflattened({ size, read }: Bytes, place: string): Bytes {
  const byPlace = new Map<number, Piece>();
  for (let at = headerBytes; at + 16 <= size;) {
    const header = read(at, 16);
    const from = header.readBigInt64BE(0);
    if (from === endOfPieces) break;
    const length = Number(header.readBigInt64BE(8));
    if (from < 0n || length < 0)
      throw new UsageError('this flattened dump is damaged', { place, hint: copyIt });
    // A file that is cut short ends in a piece that is.
    const present = Math.min(length, size - at - 16);
    byPlace.set(Number(from), { from: Number(from), length: present, at: at + 16 });
    at += 16 + length;
  }
  const pieces = [...byPlace.values()].sort((a, b) => a.from - b.from);
  if (
    pieces.some(({ from, length }, index) => from + length > (pieces[index + 1]?.from ?? Infinity))
  ) {
    const hint = 'Put it in order: makedumpfile -R NEWDUMP < DUMP.';
    throw new UsageError('the pieces of this flattened dump overlap', { place, hint });
  }
  const last = pieces.at(-1);
  const end = last === undefined ? 0 : last.from + last.length;
  return {
    size: end,
    read(offset, asked) {
      const length = Math.max(0, Math.min(asked, end - offset));
      const bytes = Buffer.alloc(length);
      let filled = 0;
      for (let index = firstBehind(pieces, offset); index < pieces.length; index += 1) {
        const piece = pieces[index] as Piece;
        if (piece.from >= offset + length) break;
        const skipped = Math.max(0, offset - piece.from);
        const into = piece.from + skipped - offset;
        const wanted = Math.min(piece.length - skipped, length - into);
        filled = into + read(piece.at + skipped, wanted).copy(bytes, into);
      }
      return bytes.subarray(0, filled);
    },
  };
}

/** The index of the first piece that ends behind `offset`. */
function firstBehind(pieces: readonly Piece[], offset: number): number {
  let [low, high] = [0, pieces.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const { from, length } = pieces[middle] as Piece;
    if (from + length > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}
