/** Reads the output of assets/capture.sh, which may be damaged, cut off, or something else. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from '../errors.ts';
import type { ByteReader } from '../formats/archive.ts';
import { largestContent } from '../model/server.ts';

/** Content that was written to a file of its own. */
export type RawContent = { file: string; size: number; sha256: string };

/** Why the script did not take a file. */
const rawLackReasons = ['unreadable', 'larger', 'odd-name'] as const;
type RawLackReason = (typeof rawLackReasons)[number];

/** One record of the script. */
export type RawRecord =
  | ({ kind: 'file'; path: string; program: boolean } & RawContent)
  | ({ kind: 'text'; name: string } & RawContent)
  | { kind: 'link'; path: string; target: string }
  | { kind: 'lack'; path: string; reason: RawLackReason };

/** A record as `capture.sh --list` prints it: without content. */
export type ListedRecord = { kind: RawRecord['kind']; name: string; size: number };

/** The first line of what the script prints. */
const firstLine = 'kexec-lab-capture 1';
const longestLine = 8192;
/** Of paths and of the targets of links, as in Linux. Bytes. */
const longestName = 4096;
/** What a login may print before the first line. Bytes. */
const longestBanner = 2 ** 16;
const mostRecords = 20_000;
/** All content together: several kernels with their initrds. Bytes. */
const mostContent = 2 * 2 ** 30;

type Header =
  | { kind: 'file'; size: number; name: string; program: boolean }
  | { kind: 'text' | 'link'; size: number; name: string }
  | { kind: 'lack'; reason: RawLackReason; name: string }
  | { kind: 'end'; count: number };

/**
 * Yields the records, and writes their content to files in `directory`.
 * @throws UsageError if the stream is not such an output, or is damaged or incomplete
 */
export async function* readRawCapture(
  reader: ByteReader,
  directory: string,
): AsyncGenerator<RawRecord> {
  let total = 0;
  for await (const header of readHeaders(reader)) {
    if (header.kind === 'lack') {
      yield { kind: 'lack', path: header.name, reason: header.reason };
      continue;
    }
    const { kind, size, name } = header;
    total += size;
    if (total > mostContent) throw damaged(reader, 'it has more than 2 GiB of content');
    if (kind === 'link') {
      const target = (await reader.read(size)).toString();
      await endOfContent(reader);
      yield { kind, path: name, target };
      continue;
    }
    const content = await store(reader, path.join(directory, `content-${reader.position}`), size);
    await endOfContent(reader);
    yield kind === 'file'
      ? { kind, path: name, program: header.program, ...content }
      : { kind, name, ...content };
  }
}

/**
 * Yields the records of a list, which have no content.
 * @throws UsageError like {@link readRawCapture}
 */
export async function* readRawList(reader: ByteReader): AsyncGenerator<ListedRecord> {
  for await (const header of readHeaders(reader))
    yield {
      kind: header.kind,
      name: header.name,
      size: header.kind === 'lack' ? 0 : header.size,
    };
}

/** Yields the header lines. The caller reads the content of each before it asks for the next. */
async function* readHeaders(reader: ByteReader): AsyncGenerator<Exclude<Header, { kind: 'end' }>> {
  await skipBanner(reader);
  for (let count = 0; ; count += 1) {
    if ((await reader.peek(1)).length === 0)
      throw damaged(reader, 'it ends before its last record');
    const header = parseHeader((await readLine(reader)) ?? '');
    if (header === null) throw damaged(reader, 'a record does not begin where it should');
    if (header.kind === 'end') {
      if (header.count !== count) throw damaged(reader, 'records are missing');
      await refuseMore(reader);
      return;
    }
    if (count >= mostRecords) throw damaged(reader, `it has more than ${mostRecords} records`);
    yield header;
  }
}

/** A capture may have been written to a disk, whose rest is zeros. */
async function refuseMore(reader: ByteReader): Promise<void> {
  for (;;) {
    const more = await reader.peek(2 ** 16);
    if (more.length === 0) return;
    if (more.some((byte) => byte !== 0)) throw damaged(reader, 'it goes on after its end');
    await reader.skip(more.length);
  }
}

/** Reads the first line, and what a login may print before it. */
async function skipBanner(reader: ByteReader): Promise<void> {
  const start = (await reader.peek(longestBanner)).toString('latin1');
  const at = `\n${start}`.indexOf(`\n${firstLine}\n`);
  if (at !== -1) {
    await reader.skip(at + firstLine.length + 1);
    return;
  }
  if (`\n${start}`.includes(`\n${firstLine}\r\n`))
    throw new UsageError('the line ends of this capture were changed, as a terminal does', {
      hint: 'Capture the server again. On the server, redirect the output to a file: sh capture.sh >server.raw',
    });
  throw new UsageError('this is not the output of capture.sh', {
    hint: 'Make one with: kexec-lab capture --script >capture.sh; then, on the server: sh capture.sh >server.raw',
  });
}

function parseHeader(line: string): Header | null {
  const [, kind = '', rest = ''] = /^(\w+) (.*)$/.exec(line) ?? [];
  const words = rest.split(' ');
  const nameIn = (rest: string[]): string | null => {
    const name = rest.join(' ');
    return name === '' || Buffer.byteLength(name) > longestName ? null : name;
  };
  const size = (text: string | undefined, most: number): number | null =>
    text !== undefined && /^\d{1,10}$/.test(text) && Number(text) <= most ? Number(text) : null;
  if (kind === 'end') {
    const count = size(rest, mostRecords);
    return count === null ? null : { kind, count };
  }
  if (kind === 'lack') {
    const [word, ...rest] = words;
    const reason = rawLackReasons.find((each) => each === word);
    const name = nameIn(rest);
    return reason === undefined || name === null ? null : { kind, reason, name };
  }
  if (kind === 'file') {
    const [mode, length, ...rest] = words;
    const bytes = size(length, largestContent);
    const name = nameIn(rest);
    if (bytes === null || name === null || (mode !== '644' && mode !== '755')) return null;
    return { kind, size: bytes, name, program: mode === '755' };
  }
  if (kind !== 'text' && kind !== 'link') return null;
  const [length, ...others] = words;
  const bytes = size(length, kind === 'link' ? longestName : largestContent);
  const name = nameIn(others);
  if (bytes === null || name === null || (kind === 'link' && bytes === 0)) return null;
  return { kind, size: bytes, name };
}

/** The next line without its end; null if there is none of a sensible length. */
async function readLine(reader: ByteReader): Promise<string | null> {
  const ahead = await reader.peek(longestLine);
  const end = ahead.indexOf('\n');
  if (end === -1) return null;
  return (await reader.read(end + 1)).toString('utf8', 0, end);
}

/** The line feed after content shows that its size was right. */
async function endOfContent(reader: ByteReader): Promise<void> {
  const end = (await reader.read(1)).toString();
  if (end === '') throw damaged(reader, 'it ends in the middle of a record');
  if (end !== '\n')
    throw damaged(reader, 'the content of a record has another size than announced');
}

async function store(reader: ByteReader, file: string, size: number): Promise<RawContent> {
  const hash = createHash('sha256');
  const handle = await open(file, 'wx', 0o600);
  try {
    for (let left = size; left > 0;) {
      const piece = await reader.read(Math.min(left, 2 ** 20));
      if (piece.length === 0) throw damaged(reader, 'it ends in the middle of a record');
      hash.update(piece);
      await handle.write(piece);
      left -= piece.length;
    }
  } finally {
    await handle.close();
  }
  return { file, size, sha256: hash.digest('hex') };
}

function damaged(reader: ByteReader, what: string): UsageError {
  return new UsageError(`this capture is damaged at byte ${reader.position}: ${what}`, {
    hint: 'Capture the server again. Transfer the file in binary mode.',
  });
}
