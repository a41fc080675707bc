import { createHash } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { execaSync } from 'execa';

export const machineId = '3f8a1c0be2d84b6fa1b07c3d5e6f70e9';
export const hostName = 'zeus-frankfurt';

/** The beginning of an arm64 Image, with something after it. */
export function fakeKernel(note = ''): Buffer {
  const kernel = Buffer.alloc(4096);
  kernel.write('MZ');
  kernel.write('ARM\x64', 0x38, 'latin1');
  kernel.write(note, 1024);
  return kernel;
}

/** A cpio archive, gzipped, that cpio itself makes of these files. */
export function fakeInitrd(directory: string, members: Record<string, string | Buffer>): Buffer {
  for (const [name, content] of Object.entries(members)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content);
  }
  const { stdout } = execaSync('cpio', ['--create', '--format=newc', '--quiet'], {
    cwd: directory,
    input: Object.keys(members)
      .map((name) => `${name}\n`)
      .join(''),
    encoding: 'buffer',
  });
  return gzipSync(stdout);
}

const release = '6.1.0-28-arm64';

/** A small Debian: links begin with `→`. */
export const usualFiles: Record<string, string | Buffer> = {
  '/etc/os-release':
    'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_CODENAME=bookworm\n',
  '/etc/hostname': `${hostName}\n`,
  '/etc/machine-id': `${machineId}\n`,
  '/etc/fstab': 'UUID=6f7a3a1e-0c5b-4f4e-9d8b-2f2f0f5ab111 / ext4 errors=remount-ro 0 1\n',
  '/etc/crypttab': 'data UUID=1a2b3c4d-0000-4000-8000-000000000001 none luks\n',
  '/etc/default/grub': 'GRUB_CMDLINE_LINUX="quiet"\n',
  '/etc/default/kexec': 'LOAD_KEXEC=false\n',
  '/etc/initramfs-tools/initramfs.conf': 'MODULES=most\nCOMPRESS=zstd\n',
  '/etc/initramfs-tools/hooks/mine': '#!/bin/sh\nexit 0\n',
  '/etc/modules-load.d/a.conf': 'loop\n',
  '/boot.sh':
    '#!/bin/sh\nkexec -l /vmlinuz --initrd=/initrd.img --append="$(cat /proc/cmdline) is_in_kexec=yes"\nkexec -e\n',
  '/etc/systemd/system/kexec.service':
    '[Service]\nType=oneshot\nExecStart=/boot.sh\n[Install]\nWantedBy=multi-user.target\n',
  '/etc/systemd/system/multi-user.target.wants/kexec.service': '→/etc/systemd/system/kexec.service',
  '/etc/systemd/system/other.service': '[Service]\nExecStart=/usr/bin/true\n',
  [`/boot/loader/entries/${machineId}-${release}.conf`]: `title Debian\nlinux /boot/vmlinuz-${release}\ninitrd /boot/initrd.img-${release}\n`,
  '/boot/grub/grub.cfg': `menuentry 'Debian' { linux /boot/vmlinuz-${release} root=UUID=6f7a3a1e ro quiet }\n`,
  [`/boot/vmlinuz-${release}`]: fakeKernel(),
  '/boot/vmlinuz-6.1.0-9-arm64': fakeKernel('old'),
  [`/boot/config-${release}`]: 'CONFIG_ARM64=y\n',
  '/vmlinuz': `→boot/vmlinuz-${release}`,
  '/vmlinuz.old': '→/boot/vmlinuz-6.1.0-9-arm64',
  '/initrd.img': `→boot/initrd.img-${release}`,
  [`/usr/lib/modules/${release}/modules.dep`]: 'kernel/drivers/block/loop.ko:\n',
  '/lib': '→usr/lib',
  '/sbin': '→usr/sbin',
  '/usr/sbin/kexec': Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01'), Buffer.alloc(57)]),
  '/usr/local/sbin/unrelated': '#!/bin/sh\necho hello\n',
};

/** Writes files and links below `root`. */
export function plant(root: string, files: Record<string, string | Buffer>): void {
  for (const [name, content] of Object.entries(files)) {
    const file = join(root, name);
    mkdirSync(dirname(file), { recursive: true });
    if (typeof content === 'string' && content.startsWith('→')) symlinkSync(content.slice(1), file);
    else writeFileSync(file, content);
    if (/^\/(usr\/)?(local\/)?sbin\/|^\/boot\.sh$/.test(name)) chmodSync(file, 0o755);
  }
}

/** Plants {@link usualFiles} with an initrd of these members. */
export function plantDebian(
  directory: string,
  {
    files = {},
    members = { init: '#!/bin/sh\n' },
  }: {
    files?: Record<string, string | Buffer>;
    members?: Record<string, string | Buffer>;
  } = {},
): string {
  const root = join(directory, 'a root');
  const initrd = fakeInitrd(join(directory, 'members'), members);
  plant(root, { ...usualFiles, [`/boot/initrd.img-${release}`]: initrd, ...files });
  return root;
}

/** Everything that a change of a tree would change: names, types, modes, sizes, times, targets, readable content. */
export function digestOf(directory: string, { times = true } = {}): string {
  const hash = createHash('sha256');
  for (const name of [
    '.',
    ...readdirSync(directory, { recursive: true, encoding: 'utf8' }),
  ].sort()) {
    const file = join(directory, name);
    const { mode, size, mtimeMs, ctimeMs, uid, ino } = lstatSync(file);
    hash.update(JSON.stringify([name, mode, uid, ino, ...(times ? [size, mtimeMs, ctimeMs] : [])]));
    if ((mode & 0o170000) === 0o120000) hash.update(readlinkSync(file));
    if ((mode & 0o170400) === 0o100400) hash.update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** One record of a raw capture. */
export type PlantedRecord = { head: string; name: string; content: string | Buffer };

export const file = (name: string, content: string | Buffer, mode = '644'): PlantedRecord => ({
  head: `file ${mode}`,
  name,
  content,
});
export const text = (name: string, content: string | Buffer): PlantedRecord => ({
  head: 'text',
  name,
  content,
});
export const link = (name: string, content: string): PlantedRecord => ({
  head: 'link',
  name,
  content,
});

/** What the script would print. */
export function rawCapture(records: readonly PlantedRecord[]): Buffer {
  return Buffer.concat([
    Buffer.from('kexec-lab-capture 1\n'),
    ...records.flatMap(({ head, name, content }) => [
      Buffer.from(`${head} ${Buffer.byteLength(content)} ${name}\n`),
      Buffer.from(content as string),
      Buffer.from('\n'),
    ]),
    Buffer.from(`end ${records.length}\n`),
  ]);
}

/** The records of a raw capture, read in another way than the program does. */
export function recordsOf(raw: Buffer): { head: string; content: Buffer | null }[] {
  const found: { head: string; content: Buffer | null }[] = [];
  for (let at = 0; at < raw.length;) {
    const end = raw.indexOf('\n', at);
    if (end === -1)
      throw new Error(`not a capture at byte ${at}: ${raw.toString('latin1', at, at + 80)}`);
    const head = raw.toString('utf8', at, end);
    const [, size] = /^(?:file \d+|text|link) (\d+) /.exec(head) ?? [];
    at = end + 1;
    if (size === undefined) {
      found.push({ head, content: null });
      continue;
    }
    found.push({ head, content: raw.subarray(at, at + Number(size)) });
    at += Number(size) + 1;
    if (raw[at - 1] !== 0x0a)
      throw new Error(`the content of this record has another size: ${head}`);
  }
  return found;
}

/** A flattened device tree of one node for each key, with properties of bytes. */
export function flatTree(nodes: Record<string, Record<string, Buffer | string>>): Buffer {
  let strings = '';
  const word = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
  };
  const padded = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
  const node = (name: string, properties: Record<string, Buffer | string>, inner: Buffer[]) =>
    Buffer.concat([
      word(1),
      padded(Buffer.from(`${name}\0`)),
      ...Object.entries(properties).flatMap(([key, value]) => {
        const bytes = typeof value === 'string' ? Buffer.from(`${value}\0`) : value;
        const head = [word(3), word(bytes.length), word(strings.length)];
        strings += `${key}\0`;
        return [...head, padded(bytes)];
      }),
      ...inner,
      word(2),
    ]);
  const { '': top = {}, ...others } = nodes;
  const inner = Object.entries(others).map(([name, properties]) => node(name, properties, []));
  const structure = Buffer.concat([node('', top, inner), word(9)]);
  const structAt = 40 + 16;
  const stringsAt = structAt + structure.length;
  const size = stringsAt + strings.length;
  const header = [0xd00dfeed, size, structAt, stringsAt, 40, 17, 16, 0, strings.length];
  return Buffer.concat([
    ...[...header, structure.length].map(word),
    Buffer.alloc(16),
    structure,
    Buffer.from(strings),
  ]);
}

/** A UEFI boot option as efivarfs has it. */
export function bootOption(description: string, ...nodes: [type: number, kind: number, Buffer][]) {
  const paths = [...nodes, [0x7f, 0xff, Buffer.alloc(0)] as const].map(([type, kind, data]) => {
    const head = Buffer.from([type, kind, 0, 0]);
    head.writeUInt16LE(4 + data.length, 2);
    return Buffer.concat([head, data]);
  });
  const length = paths.reduce((sum, { length }) => sum + length, 0);
  const head = Buffer.alloc(10);
  head.writeUInt32LE(7, 0);
  head.writeUInt32LE(1, 4);
  head.writeUInt16LE(length, 8);
  return Buffer.concat([head, Buffer.from(`${description}\0`, 'utf16le'), ...paths]);
}
