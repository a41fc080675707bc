import { gzipSync } from 'node:zlib';

/** One member of a tar archive; types are those of ustar: 0 file, 1 hard link, 2 symbolic link, 3 device, 6 FIFO. */
export type Member = {
  name: string;
  type?: '0' | '1' | '2' | '3' | '4' | '5' | '6';
  content?: Buffer | string;
  link?: string;
  /** Claimed size, where it is not that of the content. */
  size?: number;
  mode?: number;
};

/** A tar archive, with whatever lies in it. */
export function tar(members: readonly Member[]): Buffer {
  return Buffer.concat([...members.map(tarMember), Buffer.alloc(1024)]);
}

export function tarMember({
  name,
  type = '0',
  content = '',
  link = '',
  size,
  mode,
}: Member): Buffer {
  const body = Buffer.from(content);
  const padding = Buffer.alloc((512 - (body.length % 512)) % 512);
  return Buffer.concat([
    tarHeader({ name, type, link, size: size ?? body.length, mode: mode ?? 0o644 }),
    body,
    padding,
  ]);
}

export function tarHeader({
  name,
  type,
  link,
  size,
  mode,
}: Required<Omit<Member, 'content'>>): Buffer {
  const header = Buffer.alloc(512);
  header.write(name.slice(0, 100), 0);
  header.write(`${mode.toString(8).padStart(7, '0')}\0`, 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  if (size < 8 ** 11) header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  else {
    header[124] = 0x80;
    header.writeBigUInt64BE(BigInt(size), 128);
  }
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write(type, 156);
  header.write(link.slice(0, 100), 157);
  header.write('ustar\u000000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

/** An ar archive; a size may be a lie. */
export function ar(members: readonly { name: string; content: Buffer; size?: string }[]): Buffer {
  return Buffer.concat([
    Buffer.from('!<arch>\n'),
    ...members.flatMap(({ name, content, size }) => [
      Buffer.from(
        `${name.padEnd(16)}0           0     0     100644  ${(size ?? String(content.length)).padEnd(10)}\`\n`,
      ),
      content,
      Buffer.alloc(content.length % 2, '\n'),
    ]),
  ]);
}

const control = (architecture: string, more: string) =>
  `Package: linux-image-hostile\nVersion: 6.9-1\nArchitecture: ${architecture}\nMaintainer: A Test <test@example.org>\nDescription: a test\n${more}`;

/** A .deb of these members, made without dpkg-deb, which would refuse to. */
export function deb(
  members: readonly Member[],
  {
    architecture = 'arm64',
    more = '',
    data,
  }: { architecture?: string; more?: string; data?: Buffer } = {},
): Buffer {
  const information = tar([{ name: './control', content: control(architecture, more) }]);
  return ar([
    { name: 'debian-binary', content: Buffer.from('2.0\n') },
    { name: 'control.tar.gz', content: gzipSync(information) },
    { name: 'data.tar.gz', content: data ?? gzipSync(tar(members)) },
  ]);
}

/** A small arm64 Image that says its release. */
export function image(size = 4096, release = '6.9-test'): Buffer {
  const file = Buffer.alloc(size);
  file.write('ARM\x64', 0x38);
  if (size >= 512) file.write(`Linux version ${release} (somebody@somewhere) #1`, 0x100);
  return file;
}

/** What a package of a kernel has, but the kernel itself. */
export const besidesKernel: Member[] = [
  { name: './boot/config-6.9-test', content: 'CONFIG_KEXEC=y\nCONFIG_VIRTIO_BLK=y\n' },
  { name: './lib/modules/6.9-test/kernel/empty', content: '' },
  { name: './lib/modules/6.9-test/modules.order', content: '' },
  {
    name: './lib/modules/6.9-test/modules.builtin',
    content:
      'kernel/virtio-blk.ko\nkernel/virtio_pci.ko\nkernel/ext4.ko\nkernel/crc32c_generic.ko\n',
  },
];

/** One entry of a cpio archive in the kernel's newc format; sizes may be lies. */
export function cpioEntry(
  name: string,
  content = Buffer.alloc(0),
  { size, nameSize, mode = 0o100644 }: { size?: number; nameSize?: number; mode?: number } = {},
): Buffer {
  const fields = [0, mode, 0, 0, 1, 0, size ?? content.length, 0, 0, 0, 0];
  const hex = [...fields, nameSize ?? Buffer.byteLength(name) + 1, 0]
    .map((field) => field.toString(16).padStart(8, '0').slice(-8))
    .join('');
  return Buffer.concat([padded(Buffer.from(`070701${hex}${name}\0`)), padded(content)]);
}

/** An initramfs of these entries. */
export function cpio(entries: readonly Buffer[]): Buffer {
  return Buffer.concat([...entries, cpioEntry('TRAILER!!!')]);
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}
