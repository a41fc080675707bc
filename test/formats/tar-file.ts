/** A file in a tar archive, as far as an image has to keep it. */
export type TarEntry = {
  /** Without the leading `./` and the trailing slash; '' for the root. */
  name: string;
  type: 'file' | 'link' | 'symlink' | 'directory';
  mode: number;
  uid: number;
  gid: number;
  /** Where a link or symbolic link points. */
  target: string;
  xattrs: Record<string, Buffer>;
  content: Buffer;
};

const types = { '0': 'file', '1': 'link', '2': 'symlink', '5': 'directory' } as const;
const block = 512;

/** Reads an archive that GNU tar wrote: POSIX format, with SCHILY.xattr records, or its own with long names. */
export function readTar(archive: Buffer): TarEntry[] {
  const entries: TarEntry[] = [];
  let extra: { name?: string; target?: string; xattrs: Record<string, Buffer> } = { xattrs: {} };
  for (let at = 0; at + block <= archive.length && archive[at] !== 0;) {
    const header = archive.subarray(at, at + block);
    const size = octal(header, 124, 12);
    const content = archive.subarray(at + block, at + block + size);
    at += block + Math.ceil(size / block) * block;
    const flag = header.toString('latin1', 156, 157);
    if (flag === 'x') extra = { ...extra, ...readPax(content) };
    else if (flag === 'L') extra.name = text(content, 0, size);
    else if (flag === 'K') extra.target = text(content, 0, size);
    else {
      const type = types[flag as keyof typeof types] as TarEntry['type'] | undefined;
      if (type === undefined) throw new Error(`an entry of type ${flag}`);
      // GNU tar's own format has other things where POSIX has the beginning of long names.
      const prefix =
        header.toString('latin1', 257, 263) === 'ustar\0' ? text(header, 345, 155) : '';
      const name = extra.name ?? [prefix, text(header, 0, 100)].filter(Boolean).join('/');
      entries.push({
        name: plain(name),
        type,
        mode: octal(header, 100, 8),
        uid: octal(header, 108, 8),
        gid: octal(header, 116, 8),
        target: extra.target ?? text(header, 157, 100),
        xattrs: extra.xattrs,
        content,
      });
      extra = { xattrs: {} };
    }
  }
  return entries;
}

/** Writes an archive in POSIX format. */
export function writeTar(entries: readonly TarEntry[]): Buffer {
  const parts = entries.flatMap((entry) => {
    const attributes = Object.entries(entry.xattrs).map(([key, value]) =>
      paxRecord(`SCHILY.xattr.${key}`, value),
    );
    const pax = Buffer.concat(attributes);
    return [
      ...(pax.length > 0 ? member({ ...entry, name: 'pax', content: pax }, 'x') : []),
      ...member(entry, Object.entries(types).find(([, type]) => type === entry.type)?.[0] ?? '0'),
    ];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * block)]);
}

export function plain(name: string): string {
  return name
    .replace(/^\.?\//, '')
    .replace(/^\.$/, '')
    .replace(/\/$/, '');
}

function member({ name, mode, uid, gid, target, content }: TarEntry, flag: string): Buffer[] {
  const header = Buffer.alloc(block);
  header.write(`./${name}`, 0);
  for (const [at, length, value] of [
    [100, 8, mode],
    [108, 8, uid],
    [116, 8, gid],
    [124, 12, content.length],
    [136, 12, 0],
  ] as const)
    header.write(value.toString(8).padStart(length - 1, '0'), at);
  header.write(flag, 156);
  header.write(target, 157);
  header.write('ustar\x0000', 257);
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return [
    header,
    content,
    Buffer.alloc(Math.ceil(content.length / block) * block - content.length),
  ];
}

/** `<length> <key>=<value>\n`, where the length counts itself. */
function paxRecord(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')]);
  let length = rest.length;
  while (String(length).length + rest.length !== length)
    length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

function readPax(content: Buffer) {
  const found: { name?: string; target?: string; xattrs: Record<string, Buffer> } = { xattrs: {} };
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(' ', at);
    const end = at + Number(content.toString('latin1', at, space));
    const equals = content.indexOf('=', space);
    const key = content.toString('utf8', space + 1, equals);
    const value = content.subarray(equals + 1, end - 1);
    if (key === 'path') found.name = value.toString('utf8');
    if (key === 'linkpath') found.target = value.toString('utf8');
    if (key.startsWith('SCHILY.xattr.')) found.xattrs[key.slice('SCHILY.xattr.'.length)] = value;
    at = end;
  }
  return found;
}

function octal(buffer: Buffer, at: number, length: number): number {
  return Number.parseInt(text(buffer, at, length).trim() || '0', 8);
}

function text(buffer: Buffer, at: number, length: number): string {
  return buffer.toString('utf8', at, at + length).replace(/\0.*/s, '');
}
