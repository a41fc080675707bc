import type { Test } from 'tap';
import t from 'tap';
import { planBoot } from '../../src/server/boot-plan.ts';
import {
  bootLoaderOf,
  fallbackPlace,
  settingsOf,
  withConsole,
} from '../../src/server/boot-loader.ts';
import { efiText, fromNetwork } from '../../src/server/efi-variables.ts';
import { understand } from '../../src/server/server.ts';
import { captured } from './captured-of.ts';

const lsblk = [
  'NAME="vda" KNAME="vda" PKNAME="" TYPE="disk" SIZE="4294967296"',
  'NAME="vda1" KNAME="vda1" PKNAME="vda" TYPE="part" SIZE="67108864" FSTYPE="vfat" UUID="12AB-34CD" MOUNTPOINT="/boot/efi"',
  'NAME="vda2" KNAME="vda2" PKNAME="vda" TYPE="part" SIZE="1073741824" FSTYPE="ext4" UUID="aa" MOUNTPOINT="/"',
].join('\n');
const usual = {
  uname: 'Linux 6.1.0-50 #1 aarch64\n',
  '/proc/cmdline': 'BOOT_IMAGE=/boot/vmlinuz-6.1.0-50 root=UUID=aa ro\n',
  '/sys/firmware/efi/fw_platform_size': '64',
  'acpi-tables': 'FACP\n',
  '/boot/vmlinuz-6.1.0-50': 'kernel',
  '/boot/initrd.img-6.1.0-50': 'initrd',
  '/etc/os-release': 'ID=debian\nVERSION_CODENAME=bookworm\n',
  lsblk,
};
const grub = {
  '/boot/grub/grub.cfg':
    'menuentry x {\n\tlinux\t/boot/vmlinuz-6.1.0-50 root=UUID=aa ro quiet\n}\n',
  '/boot/efi/EFI/debian/grubaa64.efi': 'grub',
};
const shim = { ...grub, '/boot/efi/EFI/debian/shimaa64.efi': 'shim' };
const systemdBoot = {
  '/boot/efi/EFI/systemd/systemd-bootaa64.efi': 'sd',
  '/boot/efi/EFI/BOOT/BOOTAA64.EFI': 'sd',
  '/boot/efi/loader/entries/a.conf': 'linux /a/linux\noptions root=UUID=aa ro\n',
};
const server = (t: Test, files: Record<string, string>) =>
  understand(captured(t, { ...usual, ...files }), 'x.tar');
const loader = (t: Test, files: Record<string, string>) => bootLoaderOf(server(t, files));

void t.test('which boot loader started a server', (t) => {
  t.match(loader(t, grub), { kind: 'GRUB', esp: '/boot/efi' });
  t.match(loader(t, shim), { kind: 'GRUB', program: { path: /shimaa64/ } });
  t.match(loader(t, systemdBoot), { kind: 'systemd-boot', program: { path: /systemd-boot/ } });
  t.equal(loader(t, {}), null);
  t.equal(loader(t, { '/boot/efi/EFI/debian/grubaa64.efi': 'no menu' }), null);
  t.equal(loader(t, { '/boot/grub/grub.cfg': 'no program' }), null);
  t.equal(
    loader(t, { ...grub, '/sys/firmware/efi/fw_platform_size': '', uname: 'Linux 4.9 #1 aarch64' }),
    null,
    'the kernel that runs is not on the disk',
  );
  const both = { ...systemdBoot, ...grub, 'efi BootCurrent': '0001' };
  t.match(loader(t, { ...both, 'efi Boot0001': '* debian\n\\EFI\\debian\\grubaa64.efi' }), {
    kind: 'GRUB',
  });
  t.match(loader(t, { ...both, 'efi Boot0001': '* Linux\n\\EFI\\systemd\\systemd-bootaa64.efi' }), {
    kind: 'systemd-boot',
  });
  t.end();
});

void t.test('before a kexec, only what the firmware started counts', (t) => {
  const second = { ...grub, '/proc/cmdline': 'root=UUID=aa is_in_kexec=yes\n' };
  t.equal(loader(t, second), null, 'a provider may have started a kernel of its own');
  const after = (cmdline: string, files: Record<string, string> = grub) =>
    loader(t, { ...files, '/proc/cmdline': `${cmdline} is_in_kexec=yes\n` });
  t.match(after('BOOT_IMAGE=/vmlinuz-6.1.0-50 root=UUID=aa'), { kind: 'GRUB' });
  t.equal(after('BOOT_IMAGE=/vmlinuz-4.9.0-provider root=UUID=aa'), null);
  t.match(after('initrd=\\m\\6.1.0-50\\initrd.img-6.1.0-50 ro', systemdBoot), {
    kind: 'systemd-boot',
  });
  t.equal(after('initrd=initrd root=UUID=aa', systemdBoot), null);
  const current = (option: string) =>
    loader(t, { ...second, 'efi BootCurrent': '0001', 'efi Boot0001': option });
  t.match(current('* debian\n\\EFI\\debian\\grubaa64.efi'), { kind: 'GRUB' });
  t.equal(current(`* UEFI PXEv4\n${fromNetwork}`), null);
  t.equal(current('* UEFI Misc Device\n'), null, 'there is no copy for any firmware');
  const copy = { '/boot/efi/EFI/BOOT/BOOTAA64.EFI': 'grub' };
  t.match(
    loader(t, { ...second, ...copy, 'efi BootCurrent': '0001', 'efi Boot0001': '* Disk\n' }),
    { kind: 'GRUB', program: { path: /BOOTAA64/ } },
  );
  t.end();
});

void t.test('the plan leaves the boot to the boot loader', (t) => {
  const plan = planBoot(server(t, grub), 'x.tar');
  t.match(plan, { cmdline: '', shape: { firmware: 'uefi' }, expect: { generation: 1 } });
  t.match(plan.packages, ['dosfstools', 'grub2-common', 'grub-efi-arm64-bin']);
  t.match(
    plan.likeness.find(({ what }) => what === 'boot loader'),
    { how: 'as there', detail: /GRUB/ },
  );
  const secure = planBoot(server(t, { ...shim, 'efi SecureBoot': '1' }), 'x.tar');
  t.match(secure.shape, { firmware: 'secure-boot' });
  const direct = planBoot(server(t, { 'efi SecureBoot': '1' }), 'x.tar');
  t.match(direct.shape, { firmware: 'uefi' });
  t.match(
    direct.likeness.find(({ what }) => what === 'Secure Boot'),
    { how: 'not here' },
  );
  const reboot = planBoot(server(t, { ...grub, '/etc/default/kexec': 'LOAD_KEXEC=true\n' }), 'x');
  t.equal(reboot.loader, null, 'the old kernel starts the new one');
  t.equal(reboot.firstKernel?.release, '6.1.0-50');
  t.end();
});

void t.test('the console of the lab is at the end of each command line', (t) => {
  const menu = 'set timeout=5\n\tlinux\t/v root=UUID=a quiet \n\tlinuxefi /v\n\tinitrd /i\n';
  t.equal(
    withConsole('/boot/grub/grub.cfg', menu, 'ttyAMA0'),
    'set timeout=5\n\tlinux\t/v root=UUID=a quiet console=ttyAMA0\n\tlinuxefi /v console=ttyAMA0\n\tinitrd /i\n',
  );
  t.equal(
    withConsole('/efi/loader/entries/a.conf', 'linux /v\noptions a b\n', 'ttyAMA0'),
    'linux /v\noptions a b console=ttyAMA0\n',
  );
  const own = 'options a console=ttyAMA0,115200 b\n';
  t.equal(withConsole('/efi/loader/entries/a.conf', own, 'ttyAMA0'), own, 'it has it already');
  t.equal(withConsole('/etc/kernel/cmdline', 'root=a\n', 'ttyAMA0'), 'root=a console=ttyAMA0\n');
  t.equal(withConsole('/boot/efi/loader/loader.conf', 'options a\n', 'ttyAMA0'), null);
  t.equal(
    fallbackPlace({ kind: 'GRUB', esp: '/efi', program: {} as never }, 'arm'),
    '/efi/EFI/BOOT/BOOTARM.EFI',
  );
  t.end();
});

void t.test(
  "the command line of another kernel is the server's, with the console of the lab",
  (t) => {
    const settings = (files: Record<string, string>) => {
      const known = server(t, files);
      const loader = bootLoaderOf(known);
      return loader && settingsOf(known, loader, 'ttyAMA0');
    };
    const own = { '/etc/default/grub': 'GRUB_TIMEOUT=1\nGRUB_CMDLINE_LINUX="a=1"\n' };
    t.same(settings({ ...grub, ...own }), [
      '/etc/default/grub',
      'GRUB_TIMEOUT=1\nGRUB_CMDLINE_LINUX="a=1"\nGRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX console=ttyAMA0"\n',
    ]);
    t.same(settings(systemdBoot), ['/etc/kernel/cmdline', 'root=UUID=aa ro console=ttyAMA0']);
    t.same(settings({ ...systemdBoot, '/etc/kernel/cmdline': 'root=UUID=bb\n' }), [
      '/etc/kernel/cmdline',
      'root=UUID=bb console=ttyAMA0\n',
    ]);
    const two = { '/boot/efi/loader/entries/0.conf': 'linux /o\noptions root=UUID=old\n' };
    const named = {
      '/boot/efi/loader/entries/a.conf': 'linux /6.1.0-50/linux\noptions root=UUID=aa\n',
    };
    t.match(settings({ ...systemdBoot, ...two, ...named }), [/cmdline/, /^root=UUID=aa /]);
    t.end();
  },
);

void t.test('a boot option that leads to the network has no file', (t) => {
  const node = (type: number, kind: number, body: Buffer) =>
    Buffer.concat([Buffer.from([type, kind, body.length + 4, 0]), body]);
  const option = Buffer.concat([
    Buffer.from([7, 0, 0, 0, 1, 0, 0, 0, 0, 0]),
    Buffer.from('UEFI PXEv4\0', 'utf16le'),
    node(3, 11, Buffer.alloc(33, 0x52)),
    node(0x7f, 0xff, Buffer.alloc(0)),
  ]);
  const { name, text } = efiText('Boot0001-8be4df61-93ca-11d2-aa0d-00e098032b8c', option);
  t.equal(name, 'efi Boot0001');
  t.equal(text, `* UEFI PXEv4\n${fromNetwork}`);
  t.end();
});
