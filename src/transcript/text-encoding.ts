import { hasMagic, type Format } from '../formats/magic.ts';

/** How a log's characters and line ends are written. */
type TextEncoding = {
  /** Bytes of one code unit. */
  unit: 1 | 2 | 4;
  bigEndian: boolean;
  /** Whether lines end with only a carriage return, as old terminal programs save them. */
  returnsOnly: boolean;
};

/** How much of a file `encodingOf` needs. Bytes. */
export const encodingSample = 4096;

const marks: [string, TextEncoding['unit'], boolean][] = [
  ['fffe0000', 4, false],
  ['0000feff', 4, true],
  ['fffe', 2, false],
  ['feff', 2, true],
];

/** The share of code units that must be ASCII. */
const share = 0.9;

/** Determines the encoding of a text from its beginning: from its byte order mark, or from the positions of NULs. */
export function encodingOf(head: Buffer): TextEncoding {
  const start = head.toString('hex', 0, 4);
  // Noise on a serial line can have the same bytes.
  const mark = marks.find(
    ([bytes, unit, big]) => start.startsWith(bytes) && fits(head.subarray(unit), unit, big) > 0.5,
  );
  const [unit, bigEndian] =
    mark === undefined
      ? withoutMark(head)
      : ([mark[1], mark[2]] as [TextEncoding['unit'], boolean]);
  const text = decodeUnits(head, { unit, bigEndian });
  return { unit, bigEndian, returnsOnly: !text.includes('\n') && /\r[^\r\n]+\r/.test(text) };
}

/** For ASCII in UTF-16 and UTF-32, all bytes of a unit except one are NUL. */
function withoutMark(head: Buffer): [TextEncoding['unit'], boolean] {
  for (const unit of [4, 2] as const) {
    for (const bigEndian of [false, true])
      if (head.length >= 8 * unit && fits(head, unit, bigEndian) >= share) return [unit, bigEndian];
  }
  return [1, false];
}

/** The share of code units that are ASCII. */
function fits(head: Buffer, unit: number, bigEndian: boolean): number {
  const units = Math.floor(head.length / unit);
  const own = bigEndian ? unit - 1 : 0;
  let fit = 0;
  for (let at = 0; at < units * unit; at += unit)
    if (isAscii(head.subarray(at, at + unit), own)) fit += 1;
  return fit / Math.max(1, units);
}

function isAscii(unit: Buffer, own: number): boolean {
  return unit.every((byte, index) => (index === own ? byte !== 0 && byte < 0x80 : byte === 0));
}

/** Decodes complete code units. Remaining bytes are ignored. */
function decodeUnits(
  bytes: Buffer,
  { unit, bigEndian }: Pick<TextEncoding, 'unit' | 'bigEndian'>,
): string {
  if (unit === 1) return bytes.toString('latin1');
  const whole = bytes.subarray(0, bytes.length - (bytes.length % unit));
  if (unit === 2) return new TextDecoder(bigEndian ? 'utf-16be' : 'utf-16le').decode(whole);
  const points: string[] = [];
  for (let at = 0; at < whole.length; at += 4) {
    const point = bigEndian ? whole.readUInt32BE(at) : whole.readUInt32LE(at);
    if (point !== 0xfeff) points.push(String.fromCodePoint(point > 0x10ffff ? 0xfffd : point));
  }
  return points.join('');
}

/** Converts a text to UTF-8 with `\n` at the end of each line. The usual encoding is passed through without work. */
export async function* asUtf8(
  source: AsyncIterable<Uint8Array>,
  encoding: TextEncoding,
): AsyncIterable<Uint8Array> {
  const { unit, returnsOnly } = encoding;
  if (unit === 1 && !returnsOnly) {
    yield* source;
    return;
  }
  let left = Buffer.alloc(0);
  for await (const chunk of source) {
    const bytes = Buffer.concat([left, chunk]);
    // A surrogate pair that is cut here becomes replacement characters.
    const end = bytes.length - (bytes.length % unit);
    left = bytes.subarray(end);
    const utf8 = unit === 1 ? bytes : Buffer.from(decodeUnits(bytes.subarray(0, end), encoding));
    yield returnsOnly ? utf8.map((byte) => (byte === 13 ? 10 : byte)) : utf8;
  }
}

/** Formats that are not text: programs, images, archives, disks. */
const binaries: readonly [format: Format, kind: string][] = [
  ['elf', 'a program or a core dump (ELF)'],
  ['png', 'a PNG image'],
  ['jpeg', 'a JPEG image'],
  ['zip', 'a ZIP archive'],
  ['qcow2', 'a disk image (qcow2)'],
  ['pe', 'a kernel or an EFI program (PE)'],
  ['ole', 'an Office document'],
  ['pdf', 'a PDF document'],
  ['deviceTree', 'a device tree'],
  ['uImage', 'an image for U-Boot'],
  ['tar', 'a tar archive'],
];

/** The format of a file that is not text, for a message; null for text, and for anything that may be noise on a console. */
export function binaryKind(head: Buffer): string | null {
  return binaries.find(([format]) => hasMagic(head, format))?.[1] ?? null;
}
