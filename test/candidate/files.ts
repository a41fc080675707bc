import { execaSync } from 'execa';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A small arm64 Image that says its release, in `size` bytes. */
export function image(release = '6.9-test', size = 4096): Buffer {
  const file = Buffer.alloc(size);
  file.write('ARM\x64', 0x38);
  file.write(`Linux version ${release} (somebody@somewhere) #1`, 0x100);
  return file;
}

/** The same as a PE file, whose header tells how long it should be. */
export function signedImage(release = '6.9-test', size = 4096): Buffer {
  const file = image(release, size);
  file.write('MZ', 0);
  file.writeUInt32LE(0x40, 0x3c);
  file.write('PE\0\0', 0x40);
  file.writeUInt16LE(1, 0x46);
  file.writeUInt32LE(size - 0x200, 0x58 + 16);
  file.writeUInt32LE(0x200, 0x58 + 20);
  return file;
}

/** The beginning of an arm zImage of that many bytes. */
export function zImage(size = 4096): Buffer {
  const file = Buffer.alloc(size);
  file.writeUInt32LE(0x016f2818, 0x24);
  file.writeUInt32LE(size, 0x2c);
  return file;
}

export function writeTree(directory: string, files: Record<string, string | Buffer>): string {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content);
  }
  return directory;
}

/** A .deb with these files in it. */
export function deb(
  directory: string,
  name: string,
  files: Record<string, string | Buffer>,
  architecture = 'arm64',
): string {
  const tree = join(directory, `${name}.tree`);
  const control = `Package: ${name}\nVersion: 6.9-1\nArchitecture: ${architecture}\nMaintainer: A Test <test@example.org>\nDescription: a test\n`;
  writeTree(tree, { ...files, 'DEBIAN/control': control });
  const file = join(directory, `${name}.deb`);
  execaSync('dpkg-deb', ['--root-owner-group', '-Zgzip', '--build', tree, file]);
  return file;
}

/** What a kernel package of Debian 13 has, all of it built in; as a package or a directory. */
export function kernelFiles(change: Record<string, string | Buffer> = {}, release = '6.9-test') {
  const modules = `lib/modules/${release}`;
  return {
    [`boot/vmlinuz-${release}`]: image(release),
    [`boot/config-${release}`]:
      'CONFIG_KEXEC=y\nCONFIG_VIRTIO_BLK=y\n# CONFIG_KEXEC_FILE is not set\n',
    [`${modules}/kernel/empty`]: '',
    [`${modules}/modules.order`]: '',
    [`${modules}/modules.builtin`]:
      'kernel/virtio-blk.ko\nkernel/virtio_pci.ko\nkernel/ext4.ko\nkernel/crc32c_generic.ko\n',
    ...change,
  };
}

/** An initramfs with these files, which are empty or have the given text. */
export function initramfs(names: string[], texts: Record<string, string> = {}): Buffer {
  const entries = [...names, ...Object.keys(texts), 'TRAILER!!!'].map((name) => {
    const nameSize = Buffer.byteLength(name) + 1;
    const text = texts[name] ?? '';
    const fields = [0, 0o100644, 0, 0, 1, 0, text.length, 0, 0, 0, 0, nameSize, 0];
    const header = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`;
    const padding = (4 - ((header.length + nameSize) % 4)) % 4;
    const after = (4 - (text.length % 4)) % 4;
    return `${header}${name}\0${'\0'.repeat(padding)}${text}${'\0'.repeat(after)}`;
  });
  return Buffer.from(entries.join(''));
}
