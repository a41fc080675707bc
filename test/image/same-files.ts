import { plain, readTar, type TarEntry } from '../formats/tar-file.ts';
import { readDiskFiles, type DiskFile } from './build/disk-files.ts';

/** debugfs's words for the types of files. */
const types = { file: 'regular', link: 'regular', symlink: 'symlink', directory: 'directory' };

/**
 * Compares every file of a system's archive with what is on a disk: type, mode, owner, extended attributes and which
 * names are the same file. Returns a line for each difference.
 */
export async function sameFiles(disk: string, archive: Buffer): Promise<string[]> {
  const entries = readTar(archive);
  const found = await readDiskFiles(
    disk,
    entries.map(({ name }) => name),
  );
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  return entries.flatMap((entry) => {
    const file = found.get(entry.name) ?? null;
    if (file === null) return [`${entry.name}: not on the disk`];
    const original = entry.type === 'link' ? byName.get(plain(entry.target)) : entry;
    if (original === undefined) return [`${entry.name}: a link to ${entry.target}`];
    const linked = found.get(original.name)?.inode;
    const differs =
      linked === file.inode ? [] : [`${entry.name}: not the same as ${original.name}`];
    return [...differs, ...differences(original, file).map((text) => `${entry.name}: ${text}`)];
  });
}

function differences(entry: TarEntry, file: DiskFile): string[] {
  // Permissions of a symbolic link mean nothing.
  const mode = entry.type === 'symlink' ? file.mode : entry.mode;
  const wanted = [types[entry.type], mode, entry.uid, entry.gid, attributes(entry)];
  const is = [file.type, file.mode, file.uid, file.gid, JSON.stringify(file.xattrs)];
  return JSON.stringify(wanted) === JSON.stringify(is)
    ? []
    : [`${JSON.stringify(wanted)}, on the disk ${JSON.stringify(is)}`];
}

/** As debugfs shows them: bytes in hexadecimal, text in quotes. */
function attributes({ xattrs }: TarEntry): string {
  return JSON.stringify(
    Object.fromEntries(
      Object.entries(xattrs).map(([name, value]) => [
        name,
        /^[\x20-\x7e]*$/.test(value.toString('latin1'))
          ? JSON.stringify(value.toString('latin1'))
          : value.toString('hex').replace(/../g, '$& '),
      ]),
    ),
  );
}
