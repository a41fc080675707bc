import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UnavailableError, UsageError } from '../../errors.ts';
import { ByteReader } from '../../formats/archive.ts';
import { readArchives } from '../../formats/cpio.ts';
import {
  compressing,
  compressionOf,
  decompressing,
  type Compression,
} from '../../formats/decompress.ts';
import { magicBytes } from '../../formats/initramfs.ts';
import { fileIdentity } from '../../host/files.ts';
import { ToolFailure } from '../../host/processes.ts';
import { MemberExaminer, type Patch } from './initrd-members.ts';
import type { Redactor } from './redact.ts';

export type RedactedInitrd = {
  /** Paths of the members in which something was blanked. If there are none, the output is a copy of the file. */
  blanked: string[];
  /**
   * Paths of members that may contain secrets and were not examined, because they are archives, compressed files or texts of
   * more than 1 MiB.
   */
  unexamined: string[];
};

/** What is to be changed: in the uncompressed archives at the start, and in the unpacked rest. */
type Findings = RedactedInitrd & {
  early: Patch[];
  late: Patch[];
  /** Where the compressed rest starts; null if there is none. */
  rest: { start: number; compression: Compression } | null;
};

/**
 * Writes a copy of an initrd (a chain of cpio archives, of which the last may be compressed) whose secrets are blanked. Every
 * member keeps its place and its length. The compressed part is compressed again in the same format, if something in it was
 * blanked. The content is read as a stream; memory is limited by the largest texts in it.
 * @throws UnavailableError if it cannot be examined: it is not an initrd, is damaged, is too large, changes meanwhile, or the
 *   host lacks the tool. There is no output then.
 */
export async function redactInitrd(
  file: string,
  output: string,
  redactor: Redactor,
): Promise<RedactedInitrd> {
  const identity = await fileIdentity(file);
  try {
    const found = await findSecrets(file, redactor);
    await write(file, output, found);
    if ((await fileIdentity(file)) !== identity)
      throw unavailable(file, 'changed while it was read');
    const { blanked, unexamined } = found;
    if (blanked.length > 0 && (await findSecrets(output, redactor)).blanked.length > 0)
      throw unavailable(file, 'still has secrets after they were blanked');
    return { blanked, unexamined };
  } catch (error) {
    await rm(output, { force: true });
    if (error instanceof ToolFailure) throw unavailable(file, error.message, error);
    // What exceeds the limits.
    if (error instanceof UsageError) throw unavailable(file, error.message, error);
    throw error;
  }
}

function unavailable(place: string, reason: string, cause?: unknown): UnavailableError {
  return new UnavailableError(`cannot take the secrets out of this initrd: ${reason}`, {
    place,
    cause,
  });
}

async function findSecrets(file: string, redactor: Redactor): Promise<Findings> {
  const found: Findings = { blanked: [], unexamined: [], early: [], late: [], rest: null };
  const examiner = new MemberExaminer(redactor);
  const read = (reader: ByteReader, patches: Patch[]) =>
    readArchives(reader, async (member) => {
      const examined = await examiner.examine(member, reader);
      patches.push(...examined.patches);
      if (examined.patches.length > 0) found.blanked.push(redactor.path(member.name));
      if (examined.isOpaque) found.unexamined.push(redactor.path(member.name));
    });
  const early = new ByteReader(createReadStream(file, { highWaterMark: 2 ** 20 }));
  try {
    const end = await read(early, found.early);
    if (end === 'over' && early.position > 0) return found;
    const compression =
      end === 'something else' ? compressionOf(await early.peek(magicBytes)) : null;
    if (compression === null) throw unavailable(file, reasonAt(end, early.position));
    found.rest = { start: early.position, compression };
  } finally {
    await early.close();
  }
  const { start, compression } = found.rest;
  const late = new ByteReader(decompressing(file, start, compression, { whole: true }));
  try {
    const end = await read(late, found.late);
    if (end !== 'over' || late.position === 0)
      throw unavailable(file, `the ${compression} data ${reasonAt(end, late.position)}`);
  } finally {
    await late.close();
  }
  return found;
}

function reasonAt(end: string, position: number): string {
  if (end === 'cut off') return 'is a truncated cpio archive';
  return `has data at byte ${position} that is not a cpio archive`;
}

async function write(file: string, output: string, { early, late, rest }: Findings): Promise<void> {
  if (early.length === 0 && late.length === 0) return copyFile(file, output);
  const end = late.length === 0 || rest === null ? undefined : rest.start;
  if (end !== 0) {
    const options = end === undefined ? {} : { end: end - 1 };
    await pipeline(patched(createReadStream(file, options), early), createWriteStream(output));
  }
  if (rest === null || end === undefined) return;
  const unpacked = decompressing(file, rest.start, rest.compression, { whole: true });
  const packed = compressing(Readable.from(patched(unpacked, late)), rest.compression);
  await pipeline(packed, createWriteStream(output, { flags: end === 0 ? 'w' : 'a' }));
}

/** Yields a stream with patches, which are in the order of their places and do not overlap. */
async function* patched(
  chunks: AsyncIterable<Uint8Array>,
  patches: readonly Patch[],
): AsyncGenerator<Uint8Array> {
  const sorted = [...patches].sort((a, b) => a.at - b.at);
  let first = 0;
  let position = 0;
  for await (const chunk of chunks) {
    const end = position + chunk.length;
    const changed = Buffer.from(chunk);
    for (let index = first; index < sorted.length; index++) {
      const { at, length, data } = sorted[index] as Patch;
      if (at >= end) break;
      const [from, to] = [Math.max(at, position), Math.min(at + length, end)];
      if (data === null) changed.fill('x', from - position, to - position);
      else data.copy(changed, from - position, from - at, to - at);
      if (at + length <= end) first = index + 1;
    }
    position = end;
    yield changed;
  }
}
