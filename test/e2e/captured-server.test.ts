import { readFileSync } from 'node:fs';
import { chmod, copyFile, cp, mkdir, open, readFile, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import t from 'tap';
import { runReportSchema } from '../../src/model/run.ts';
import { temporaryDirectory } from '../qemu/machine-fixtures.ts';

// A whole Debian as its installer sets it up with UEFI and LVM: GRUB, a /boot of its own, the root on a logical volume. It kexecs
// by a unit, and is captured while it runs. Its file alone is then booted, and so are two broken versions of it.

const repository = fileURLToPath(new URL('../..', import.meta.url));
const program = join(repository, 'dist/cli/main.js');
const uuid = { esp: '12AB-34CD', boot: '2b0f6c11-77c2-4d0b-8b6e-90b1f3a0c222' };
const root = '/dev/mapper/vg0-root';

/** What the server has besides a Debian of the lab. */
const files = {
  'own/etc/fstab': [
    `${root} / ext4 errors=remount-ro 0 1`,
    `UUID=${uuid.boot} /boot ext4 defaults 0 2`,
    `UUID=${uuid.esp} /boot/efi vfat umask=0077 0 1`,
    '/dev/mapper/vg0-swap none swap sw 0 0',
    '/dev/vdz1 /srv ext4 nofail,x-systemd.device-timeout=1s 0 2',
    '',
  ].join('\n'),
  'own/etc/default/grub': [
    'GRUB_TIMEOUT=0',
    'GRUB_DISTRIBUTOR=Debian',
    'GRUB_CMDLINE_LINUX="console=ttyAMA0"',
    '',
  ].join('\n'),
  'own/boot.sh': [
    '#!/bin/sh',
    'grep -q is_in_kexec=yes /proc/cmdline && exit 0',
    '# password=sixteen-geese',
    'exec kexec -f --ramdisk=/initrd.img --append="$(cat /proc/cmdline) is_in_kexec=yes" /vmlinuz',
    '',
  ].join('\n'),
  'system.yaml': [
    'kind: system',
    'extends: debian-system',
    // As in the recipe that is made of the capture, so that one system serves both.
    'suites: [bookworm]',
    'packages: [lvm2, dosfstools, grub2-common, grub-efi-arm64-bin]',
    '',
  ].join('\n'),
  'disk.yaml': [
    'kind: disk',
    'system: system.yaml',
    'size: 1536',
    'partitions:',
    '  table: gpt',
    '  list:',
    `    - { size: 64, type: uefi, filesystem: vfat, uuid: ${uuid.esp}, label: ESP, mount: /boot/efi }`,
    `    - { size: 256, type: linux, filesystem: ext4, uuid: ${uuid.boot}, label: boot, mount: /boot }`,
    '    - { size: 1200, type: lvm, filesystem: lvm, group: vg0 }',
    '  volumes:',
    '    - { group: vg0, name: root, size: 1100, filesystem: ext4, label: rootfs, mount: / }',
    '    - { group: vg0, name: swap, size: 64, filesystem: swap }',
    'overlays: [own, unit]',
    'commands:',
    '  - grub-install --target=arm64-efi --efi-directory=/boot/efi --no-nvram',
    '  - mkdir -p /boot/efi/EFI/BOOT && cp /boot/efi/EFI/*/grubaa64.efi /boot/efi/EFI/BOOT/BOOTAA64.EFI',
    '  - update-grub',
    'links:',
    '  /etc/systemd/system/kexec.service: [/etc/systemd/system/basic.target.wants/kexec.service]',
    '',
  ].join('\n'),
  'original.yaml': [
    'title: a server that is captured',
    'story: It runs the script, and hands over the output.',
    'arch: [aarch64]',
    'boot:',
    '  machine: uefi-aarch64',
    '  kernel: null',
    '  disk: { recipe: disk.yaml }',
    '  output: 256',
    'steps:',
    '  - wait: { signature: login-prompt, generation: 2 }',
    '  - type: "root\\n"',
    '  - wait: { signature: shell-prompt, generation: 2 }',
    '  - run: sh /capture.sh > /dev/disk/by-id/virtio-output && sync',
    `expect: { outcome: booted, generation: 2, root: ${root}, proof: system }`,
    'limits: { total: 1800, silence: 400 }',
    '',
  ].join('\n'),
};

t.test('a captured server boots from its file as it booted there', async (t) => {
  const directory = temporaryDirectory(t);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(directory, name, '..'), { recursive: true });
    await writeFile(join(directory, name), text);
  }
  await cp(join(repository, 'images/debian-kexec-service'), join(directory, 'unit'), {
    recursive: true,
  });
  await copyFile(join(repository, 'assets/capture.sh'), join(directory, 'own/capture.sh'));
  const lab = (...args: string[]) =>
    execa(process.execPath, [program, ...args], { cwd: directory, reject: false, all: true });
  const boot = async (...args: string[]) => {
    const { all } = await lab(
      'run',
      ...args,
      '--reporter',
      'plain',
      '--reporter',
      'json=report.json',
    );
    const text = await readFile(join(directory, 'report.json'), 'utf8');
    const [result] = runReportSchema.parse(JSON.parse(text)).results;
    t.comment(all);
    return { result, directory: join(directory, 'runs/latest', result?.directory ?? '') };
  };

  const original = await boot('./original.yaml');
  t.match(original.result, { verdict: 'pass', outcome: 'booted', generation: 2 });
  await copyFile(join(original.directory, 'output.img'), join(directory, 'web1.raw'));
  await cutAtEnd(join(directory, 'web1.raw'));
  const captured = await lab('capture', '--from', 'web1.raw', '-o', 'web1.server.tar');
  t.equal(captured.exitCode, 0, captured.all);
  t.notOk(readFileSync(join(directory, 'web1.server.tar')).includes('sixteen-geese'));

  const copy = await boot('--server', 'web1.server.tar');
  t.match(copy.result, { verdict: 'pass', outcome: 'booted', generation: 2 });
  t.match(
    copy.result?.server?.likeness.find(({ what }) => what === 'mounts'),
    {
      how: 'not here',
      detail: '/srv',
    },
  );
  const { release, cmdline } = original.result?.captures ?? {};
  t.match(
    copy.result?.captures,
    { release, root, cmdline },
    'release, root and command line are the same',
  );

  for (const [name, breakIt, outcome] of [
    // GRUB starts the kernel first, and cannot load what is left of it.
    ['cut', (place: string) => truncateKernel(place), 'firmware-stuck'],
    ['root', (place: string) => useRoot(place, '/dev/vda'), 'root-mount-failed'],
  ] as const) {
    const place = join(directory, name);
    await lab('server', 'unpack', 'web1.server.tar', name);
    await breakIt(place);
    const { result } = await boot(join(name, 'web1.yaml'));
    t.match(result, { verdict: 'fail', outcome }, `${name}: ${result?.meaning ?? ''}`);
  }
});

/** The output disk is larger than what was written to it. */
async function cutAtEnd(raw: string): Promise<void> {
  const bytes = await readFile(raw);
  const end = bytes.lastIndexOf('\nend ');
  await truncate(raw, bytes.indexOf('\n', end + 1) + 1);
}

async function truncateKernel(place: string): Promise<void> {
  const [kernel = ''] = (
    await execa('find', [join(place, 'kernels/boot'), '-name', 'vmlinuz-*'])
  ).stdout.split('\n');
  const handle = await open(kernel, 'r+');
  const { size } = await handle.stat();
  await handle.truncate(Math.floor(size / 3)).finally(() => handle.close());
}

async function useRoot(place: string, device: string): Promise<void> {
  const script = join(place, 'settings', basename('/boot.sh'));
  const text = await readFile(script, 'utf8');
  await writeFile(script, text.replace('is_in_kexec=yes"', `is_in_kexec=yes root=${device}"`));
  await chmod(script, 0o755);
}
