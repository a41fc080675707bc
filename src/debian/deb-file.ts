import path from 'node:path';
import { UsageError } from '../errors.ts';
import { ByteReader } from '../formats/byte-reader.ts';
import { tarMembers, type TarMember } from '../formats/tar.ts';
import { streamTool, ToolFailure } from '../host/run-tool.ts';
import { sizeInWords } from '../host/user-file.ts';
import { parseStanzas } from './package-index.ts';

/** What a .deb says of itself. */
type DebControl = { name: string; version: string; architecture: string };

/** Far more than any package of a kernel has. */
const limits = { members: 100_000, unpacked: 2 * 2 ** 30, member: 2 ** 30, control: 2 ** 20 };

/** Reads a .deb's control file. Throws UsageError, which does not name the file, when it is not a complete .deb. */
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
    throw new UsageError('its control file does not name the package');
  return { name, version, architecture };
}

/**
 * The members of a .deb, their names without the leading `.`. Reads all of it, and unpacks nothing.
 * @throws UsageError, which does not name the file, for a .deb that is not complete, that has a member which is no file,
 *   directory or link, or one that leads out of it, or that is larger than any package of a kernel
 */
export async function listDeb(file: string, signal?: AbortSignal): Promise<TarMember[]> {
  const members: TarMember[] = [];
  let unpacked = 0;
  await eachMember('--fsys-tarfile', file, signal, (member) => {
    const { kind, size, target } = member;
    const name = pathInside(member.name);
    if (kind === 'named pipe' || kind === 'device')
      throw new UsageError(
        `${name} in it is a ${kind}; only files, directories and links are taken`,
      );
    if (kind === 'hard link') pathInside(target);
    if (kind === 'file') unpacked += size;
    members.push({ ...member, name });
    if (size > limits.member)
      throw new UsageError(`${name} in it is larger than ${sizeInWords(limits.member)}`);
    if (unpacked > limits.unpacked)
      throw new UsageError(`it unpacks to more than ${sizeInWords(limits.unpacked)}`);
    if (members.length > limits.members)
      throw new UsageError(`it has more than ${limits.members} members`);
  });
  return members;
}

/** The absolute form of a member's name. */
function pathInside(name: string): string {
  if (path.posix.isAbsolute(name) || name.split('/').includes('..'))
    throw new UsageError(`it has a member outside of itself: ${name}`);
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
    // dpkg-deb may have more to complain of behind the end of the archive.
    await reader.skip(Infinity);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    signal?.throwIfAborted();
    const words = error instanceof ToolFailure ? error.message : (error as Error).message;
    throw new UsageError(`this is no whole .deb (${words.replace(/^dpkg-deb: (error: )?/, '')})`, {
      cause: error,
    });
  } finally {
    await reader.close();
  }
}
