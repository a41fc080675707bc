import path from 'node:path';
import { UsageError } from '../errors.ts';
import { ByteReader } from '../formats/byte-reader.ts';
import { tarMembers, type TarMember } from '../formats/tar.ts';
import { streamTool, ToolFailure } from '../host/run-tool.ts';
import { sizeInWords } from '../host/user-file.ts';
import { parseStanzas } from './package-index.ts';

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
    const words = error instanceof ToolFailure ? error.message : (error as Error).message;
    throw new UsageError(
      `this is not a complete .deb (${words.replace(/^dpkg-deb: (error: )?/, '')})`,
      {
        cause: error,
      },
    );
  } finally {
    await reader.close();
  }
}
