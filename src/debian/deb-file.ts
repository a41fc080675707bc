import { chmod, lstat, readdir, realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import { UnavailableError, UsageError } from '../errors.ts';
import { ByteReader, tarMembers, type TarMember } from '../formats/archive.ts';
import { runTool, streamTool } from '../host/processes.ts';
import { sizeInWords } from '../host/user-file.ts';
import { parseStanzas } from './mirror.ts';

/** The fields of a .deb's control file that the lab reads. */
type DebControl = { name: string; version: string; architecture: string };

/** Far above the size of any kernel package. Bytes, except for `members`. */
const limits = { members: 100_000, unpacked: 2 * 2 ** 30, member: 2 ** 30, control: 2 ** 20 };

/** Reads a .deb's control file. Throws UsageError, without the file's name, if the .deb is incomplete. */
export async function readDebControl(file: string, signal?: AbortSignal): Promise<DebControl> {
  let text = '';
  await eachMember('--ctrl-tarfile', file, signal, async ({ name, size, kind }, reader) => {
    if (size > limits.control && path.posix.basename(name) !== 'md5sums')
      throw new UsageError(`its ${name} is larger than ${sizeInWords(limits.control)}`);
    if (kind !== 'file' || path.posix.normalize(name) !== 'control') return;
    text = (await reader.read(size)).toString();
  });
  const [fields] = parseStanzas(text);
  const { Package: name, Version: version, Architecture: architecture } = fields ?? {};
  if (name === undefined || version === undefined || architecture === undefined)
    throw new UsageError('its control file lacks the name, version or architecture of the package');
  return { name, version, architecture };
}

/**
 * Lists the members of a .deb by their absolute paths. Reads the whole file and unpacks nothing.
 * @throws UsageError, without the file's name, if the .deb is incomplete or too large, or if a member is not a file,
 *   directory or link, or lies outside the package
 */
export async function listDeb(file: string, signal?: AbortSignal): Promise<TarMember[]> {
  const members: TarMember[] = [];
  let unpacked = 0;
  await eachMember('--fsys-tarfile', file, signal, (member) => {
    const { kind, size, target } = member;
    const name = pathInside(member.name);
    if (kind === 'named pipe' || kind === 'device')
      throw new UsageError(
        `it contains a ${kind}, ${name}; only files, directories and links are allowed`,
      );
    if (kind === 'hard link') pathInside(target);
    if (kind === 'file') unpacked += size;
    members.push({ ...member, name });
    if (size > limits.member)
      throw new UsageError(`it contains a file larger than ${sizeInWords(limits.member)}: ${name}`);
    if (unpacked > limits.unpacked)
      throw new UsageError(`it unpacks to more than ${sizeInWords(limits.unpacked)}`);
    if (members.length > limits.members)
      throw new UsageError(`it has more than ${limits.members} members`);
  });
  return members;
}

/** The absolute path of a member. */
function pathInside(name: string): string {
  if (path.posix.isAbsolute(name) || name.split('/').includes('..'))
    throw new UsageError(`it has a member outside the package: ${name}`);
  return path.posix.join('/', name);
}

async function eachMember(
  archive: '--ctrl-tarfile' | '--fsys-tarfile',
  file: string,
  signal: AbortSignal | undefined,
  take: (member: TarMember, reader: ByteReader) => void | Promise<void>,
): Promise<void> {
  const reader = new ByteReader(streamTool('dpkg-deb', [archive, file], { signal }));
  try {
    for await (const member of tarMembers(reader)) await take(member, reader);
    // dpkg-deb may report errors after the end of the archive.
    await reader.skip(Infinity);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    signal?.throwIfAborted();
    const words = (error as Error).message;
    const reason = words.replace(/^dpkg-deb: (error: )?/, '');
    throw new UsageError(`this is not a complete .deb (${reason})`, { cause: error });
  } finally {
    await reader.close();
  }
}

/** Unpacks a package's files into a directory and makes all of them readable for the builder. */
export async function unpackDeb(
  deb: string,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  await runTool('dpkg-deb', ['-x', deb, directory], { signal });
  await makeReadable(directory, signal);
}

/**
 * Unpacks a package that the user supplied and removes what is unsafe to read (see `sweepTree`).
 * @throws UsageError if tar rejects the package, UnavailableError for a full or failing disk
 */
export async function unpackUntrusted(
  deb: string,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await runTool('dpkg-deb', ['-x', deb, directory], { signal });
  } catch (error) {
    if (
      !(error instanceof UnavailableError) ||
      /No space left|quota|killed by signal/.test(error.message)
    )
      throw error;
    throw new UsageError(`the package cannot be unpacked: ${error.message}`, {
      hint: 'Copy, build or download the package again.',
      cause: error,
    });
  } finally {
    // Also makes what was unpacked removable.
    await sweepTree(directory);
  }
}

/** Lets the builder read, and later remove, everything in a tree that was unpacked with the modes of its archive. */
export async function makeReadable(tree: string, signal: AbortSignal | undefined): Promise<void> {
  await runTool('chmod', ['--recursive', 'u+rwX', tree], { signal });
}

/**
 * Makes an untrusted tree safe to read: removes everything except files, directories and links, and also removes links
 * that lead outside the tree, dangle or loop. Its owner can read everything that remains.
 */
export async function sweepTree(directory: string): Promise<void> {
  const links: string[] = [];
  await sweep(directory, links);
  const root = await realpath(directory);
  // A link may lead through another link that was removed.
  for (let removed = true; removed;) {
    removed = false;
    for (const link of links) {
      const target = await realpath(link).catch(() => null);
      if (target !== null && (target === root || target.startsWith(`${root}${path.sep}`))) continue;
      const still = await lstat(link).catch(() => null);
      if (still === null) continue;
      await rm(link);
      removed = true;
    }
  }
}

async function sweep(directory: string, links: string[]): Promise<void> {
  await permit(directory, 0o700);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const file = path.join(directory, entry.name);
    if (entry.isSymbolicLink()) links.push(file);
    else if (entry.isDirectory()) await sweep(file, links);
    else if (entry.isFile()) await permit(file, 0o600);
    else await rm(file);
  }
}

async function permit(file: string, wanted: number): Promise<void> {
  const { mode } = await lstat(file);
  if ((mode & wanted) !== wanted) await chmod(file, (mode & 0o7777) | wanted);
}
