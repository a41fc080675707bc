import { hasMagic, type Format } from '../formats/magic.ts';

/** How a log's characters and line ends are written. */
type TextEncoding = {
  /** Bytes of one code unit. */
  unit: 1 | 2 | 4;
  bigEndian: boolean;
  /** Lines end with a carriage return and nothing else, as old terminal programs save them. */
  returnsOnly: boolean;
};

/** So much is looked at. Bytes. */
export const encodingSample = 4096;

const marks: [string, TextEncoding['unit'], boolean][] = [
  ['fffe0000', 4, false],
  ['0000feff', 4, true],
  ['fffe', 2, false],
  ['feff', 2, true],
];

/** One code unit in so many may have other bytes than those of English text. */
const share = 0.9;

/** Tells the encoding of a text by its beginning: by its byte order mark, or by where its NULs are. */
export function encodingOf(head: Buffer): TextEncoding {
  const start = head.toString('hex', 0, 4);
  // The same bytes are noise on a line, too.
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

/** Of ASCII in UTF-16 and UTF-32 all bytes of a unit but one are NUL. */
function withoutMark(head: Buffer): [TextEncoding['unit'], boolean] {
  for (const unit of [4, 2] as const) {
    for (const bigEndian of [false, true])
      if (head.length >= 8 * unit && fits(head, unit, bigEndian) >= share) return [unit, bigEndian];
  }
  return [1, false];
}

/** Which share of the code units are ASCII. */
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

/** Decodes whole code units; bytes behind the last are left out. */
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

/** The same text in UTF-8 with `\n` at the end of each line. The encoding that most logs have costs nothing. */
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
    // Half a surrogate pair at the end costs one character, never a line.
    const end = bytes.length - (bytes.length % unit);
    left = bytes.subarray(end);
    const utf8 = unit === 1 ? bytes : Buffer.from(decodeUnits(bytes.subarray(0, end), encoding));
    yield returnsOnly ? utf8.map((byte) => (byte === 13 ? 10 : byte)) : utf8;
  }
}

/** What no text begins with: programs, images, archives, disks. */
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

/** What the file is, where it is no text; null for a text, and for what may be a console's noise. */
export function binaryKind(head: Buffer): string | null {
  return binaries.find(([format]) => hasMagic(head, format))?.[1] ?? null;
}
