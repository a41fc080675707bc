/**
 * Server files: a tar archive of `server.json` and `blobs/SHA256`. Content is named by its digest, so the kernels that
 * several servers share are the same files, in the archive and in the cache.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, open, rename, rm, rmdir, writeFile, link } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from '../errors.ts';
import { ByteReader, tarMembers } from '../formats/archive.ts';
import { fileExists } from '../host/files.ts';
import { runTool } from '../host/processes.ts';
import { openInput } from '../host/user-file.ts';
import type { ServerManifest } from '../model/server.ts';
import { largestContent, serverManifestSchema } from '../model/server.ts';
import { plainName } from './entry-names.ts';

const manifestName = 'server.json';
const blobName = /^blobs\/([0-9a-f]{64})$/;
/** Longer than a manifest of 20,000 entries. Bytes. */
const longestManifest = 16 * 2 ** 20;
const largestFile = 4 * 2 ** 30;

/** Content of a manifest that is ready to be packed: its digest, and the file that has it. */
export type Blob = { sha256: string; file: string };

/**
 * Packs a server file. The same manifest and content give the same bytes. A file of that name is replaced only when the
 * new one is complete.
 * @param scratch an empty directory on any file system, for temporary files
 * @throws UnavailableError if tar fails or the disk is full
 */
export async function writeServerFile(
  output: string,
  manifest: ServerManifest,
  blobs: readonly Blob[],
  scratch: string,
  signal?: AbortSignal,
): Promise<void> {
  const tree = path.join(scratch, 'tree');
  await mkdir(path.join(tree, 'blobs'), { recursive: true });
  await writeFile(path.join(tree, manifestName), `${JSON.stringify(manifest, null, 1)}\n`);
  const digests = [...new Set(blobs.map(({ sha256 }) => sha256))].sort();
  for (const sha256 of digests) {
    const { file = '' } = blobs.find((blob) => blob.sha256 === sha256) ?? {};
    await link(file, path.join(tree, 'blobs', sha256));
  }
  const partial = `${output}.partial-${process.pid}`;
  const names = [manifestName, ...digests.map((sha256) => `blobs/${sha256}`)];
  const same = ['--format=ustar', '--owner=0', '--group=0', '--numeric-owner', '--mode=u=rw,go=r'];
  const args = [
    '--create',
    '--file',
    path.resolve(partial),
    ...same,
    '--mtime=@0',
    '--no-recursion',
  ];
  try {
    // A file that is linked several times would otherwise be stored as a link to the first.
    await runTool('tar', [...args, '--hard-dereference', '--directory', tree, '--files-from=-'], {
      input: names.map((name) => `${name}\n`).join(''),
      signal,
    });
    await rename(partial, output);
  } finally {
    await rm(partial, { force: true });
  }
}

/** A server file that was read: its manifest, and where the cache has its content. */
export type ServerFile = {
  manifest: ServerManifest;
  /** The file with the content of this digest. */
  contentOf: (sha256: string) => string;
};

/**
 * Reads and checks a whole server file, and keeps its content in `directory`, under its digests. Nothing is kept of a file
 * that is damaged or not a server file: its names are never used as paths, and sizes are limited before anything is read.
 * @throws UsageError with the place if it cannot be used
 */
export async function readServerFile(file: string, directory: string): Promise<ServerFile> {
  const hint = 'Name a file that kexec-lab capture wrote.';
  const { descriptor } = openInput(file, largestFile, { hint });
  const stream = createReadStream(file, { fd: descriptor, highWaterMark: 2 ** 20 });
  const made = await mkdir(directory, { recursive: true });
  const scratch = await mkdtemp(path.join(directory, 'partial-'));
  let isDone = false;
  try {
    const manifest = await unpack(file, new ByteReader(stream), scratch);
    for (const sha256 of digestsIn(manifest)) {
      const kept = path.join(directory, sha256);
      if (!(await fileExists(kept))) await rename(path.join(scratch, sha256), kept);
    }
    isDone = true;
    return { manifest, contentOf: (sha256) => path.join(directory, sha256) };
  } finally {
    stream.destroy();
    await rm(scratch, { recursive: true, force: true });
    if (!isDone && made !== undefined) await removeEmpty(directory, made);
  }
}

/** Removes a directory and those above it as far as `first`, if they are empty. */
async function removeEmpty(directory: string, first: string): Promise<void> {
  for (let at = path.resolve(directory); at.startsWith(first); at = path.dirname(at))
    // Another process may use it meanwhile.
    if (
      !(await rmdir(at).then(
        () => true,
        () => false,
      ))
    )
      return;
}

/** Writes the blobs of a file to `scratch`, each under its digest. */
async function unpack(file: string, reader: ByteReader, scratch: string): Promise<ServerManifest> {
  const refuse = (what: string) =>
    new UsageError(oneLine(what), {
      place: file,
      hint: 'Name a file that kexec-lab capture wrote, or capture the server again.',
    });
  try {
    let manifest: ServerManifest | null = null;
    const wanted = new Map<string, number>();
    for await (const { name, kind, size } of tarMembers(reader)) {
      if (manifest === null) {
        if (name !== manifestName || kind !== 'file' || size > longestManifest)
          throw refuse('this is not a server file: it does not begin with server.json');
        manifest = parseManifest((await reader.read(size)).toString(), file);
        for (const { sha256, size } of contentsIn(manifest)) wanted.set(sha256, size);
        continue;
      }
      const [, sha256 = ''] = blobName.exec(name) ?? [];
      const announced = wanted.get(sha256);
      if (kind !== 'file' || announced === undefined)
        throw refuse(`this server file is damaged: ${JSON.stringify(name)} does not belong in it`);
      if (size !== announced)
        throw refuse(`this server file is damaged: blob ${sha256} has another size than announced`);
      if ((await copyOut(reader, path.join(scratch, sha256), size)) !== sha256)
        throw refuse(`this server file is damaged: blob ${sha256} has other content`);
      wanted.delete(sha256);
    }
    if (manifest === null) throw refuse('this is not a server file: it is empty');
    const [missing] = wanted.keys();
    if (missing !== undefined)
      throw refuse(`this server file is incomplete: blob ${missing} is missing`);
    return manifest;
  } catch (error) {
    if (error instanceof UsageError || !(error instanceof Error)) throw error;
    // tarMembers has no class of its own for damage; everything else has a code of the operating system.
    if ('code' in error) throw error;
    throw refuse(`this is not a server file, or it is damaged: ${error.message}`);
  } finally {
    await reader.close();
  }
}

/** @throws UsageError with the first thing that is wrong, and where in server.json it is */
function parseManifest(text: string, file: string): ServerManifest {
  const refuse = (what: string, hint: string) =>
    new UsageError(oneLine(what), { place: file, hint });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const { message } = error as Error;
    throw refuse(`server.json is not JSON: ${message}`, 'Capture the server again.');
  }
  // JSON.parse makes a property of it; zod leaves it out without a word in a record.
  if (text.includes('"__proto__"'))
    throw refuse('server.json is not valid: it has a key __proto__', 'Capture the server again.');
  const parsed = serverManifestSchema.safeParse(value);
  if (parsed.success) {
    refuseTwice(parsed.data, refuse);
    return parsed.data;
  }
  const version = (value as { schema?: unknown } | null)?.schema;
  if (
    typeof version === 'string' &&
    /^kexec-lab\/server@\d+$/.test(version) &&
    version !== 'kexec-lab/server@1'
  )
    throw refuse(
      `this server file has the format ${version}; this kexec-lab reads kexec-lab/server@1`,
      'Use a newer kexec-lab, or capture the server with this one.',
    );
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') ?? '';
  throw refuse(
    `server.json is not valid: ${where === '' ? '' : `${where}: `}${issue?.message ?? ''}`,
    'Capture the server again.',
  );
}

/** A message that quotes a damaged file, without its control characters and not longer than a few lines of a terminal. */
function oneLine(message: string): string {
  const plain = plainName(message);
  return plain.length > 300 ? `${plain.slice(0, 300)}…` : plain;
}

/** A path that is there twice, or a digest with two sizes, would be read in two ways. */
function refuseTwice(
  manifest: ServerManifest,
  refuse: (what: string, hint: string) => UsageError,
): void {
  const seen = new Set<string>();
  const sizes = new Map<string, number>();
  for (const entry of manifest.entries) {
    const name = entry.kind === 'text' ? `text ${entry.name}` : entry.path;
    if (seen.has(name))
      throw refuse(`server.json names ${name} twice`, 'Capture the server again.');
    seen.add(name);
    if (!('sha256' in entry)) continue;
    if ((sizes.get(entry.sha256) ?? entry.size) !== entry.size)
      throw refuse(`server.json gives blob ${entry.sha256} two sizes`, 'Capture the server again.');
    sizes.set(entry.sha256, entry.size);
  }
}

function contentsIn({ entries }: ServerManifest) {
  return entries.flatMap((entry) => ('sha256' in entry ? [entry] : []));
}

function digestsIn(manifest: ServerManifest): Set<string> {
  return new Set(contentsIn(manifest).map(({ sha256 }) => sha256));
}

/** Copies the content of a member. Returns its SHA-256. */
async function copyOut(reader: ByteReader, file: string, size: number): Promise<string> {
  const hash = createHash('sha256');
  const handle = await open(file, 'wx', 0o600);
  try {
    for (let left = Math.min(size, largestContent); left > 0;) {
      const piece = await reader.read(Math.min(left, 2 ** 20));
      if (piece.length === 0) break;
      hash.update(piece);
      await handle.write(piece);
      left -= piece.length;
    }
  } finally {
    await handle.close();
  }
  return hash.digest('hex');
}
