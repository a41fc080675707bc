import t from 'tap';
import { describeServer } from '../../src/server/describe-server.ts';
import { efiText } from '../../src/server/efi-variables.ts';
import { kexecWay } from '../../src/server/kexec-way.ts';
import { machineFacts } from '../../src/server/machine-facts.ts';
import { serverName, understand } from '../../src/server/server.ts';
import { captured } from './captured-of.ts';
import { bootOption } from './planted.ts';

const wants = '/etc/systemd/system/multi-user.target.wants/k.service';
const unitAt = '/etc/systemd/system/k.service';
const enabled = { [wants]: `→${unitAt}` };
const bootScript =
  '#!/bin/sh\n# kexec -l --append="old=1"\nkexec -l /vmlinuz --append="$(cat /proc/cmdline) is_in_kexec=yes root=$ROOT" --initrd=/initrd.img\n';

void t.test('how a server kexecs', (t) => {
  const way = (contents: Record<string, string>, cmdline = '') =>
    kexecWay(captured(t, contents), cmdline);
  const nothing = { by: 'none', files: [], words: [], isSecond: false };
  const viaScript = { by: 'unit', files: [unitAt, '/boot.sh'], words: ['is_in_kexec=yes'] };
  const unit = (command: string) =>
    `[Unit]\nDescription=x\n[Service]\nType=oneshot\nExecStart=${command}\n`;
  t.strictSame(way({}), nothing);
  t.match(way({ ...enabled, [unitAt]: unit('/boot.sh'), '/boot.sh': bootScript }), viaScript);
  t.match(
    way({ ...enabled, [unitAt]: unit('-/bin/sh -c "/boot.sh now"'), '/boot.sh': bootScript }),
    viaScript,
  );
  t.match(
    way({ ...enabled, [unitAt]: unit('/bin/sh \\\n  /boot.sh'), '/boot.sh': bootScript }),
    viaScript,
  );
  t.strictSame(way({ [unitAt]: unit('/boot.sh'), '/boot.sh': bootScript }), nothing, 'not enabled');
  t.strictSame(way({ [wants]: '→/dev/null' }), nothing, 'masked');
  t.strictSame(way({ ...enabled, [unitAt]: unit('/x'), '/x': '#!/bin/sh\necho\n' }), nothing);
  t.strictSame(
    way({
      [wants]: '→/lib/systemd/system/kdump.service',
      '/lib/systemd/system/kdump.service': unit('/usr/bin/kdumpctl start'),
      '/usr/bin/kdumpctl': '#!/bin/bash\nkexec -p\n',
    }),
    nothing,
    'a crash kernel',
  );
  t.match(
    way({
      ...enabled,
      [unitAt]: unit('/sbin/kexec -l /k --reuse-cmdline'),
      '/sbin/kexec': '\x7fELF --append=STRING kexec',
    }),
    { by: 'unit', files: [unitAt], words: [] },
    'the help text of kexec is not a command',
  );
  for (const [option, words] of [
    ["--command-line='a=1 b'", ['a=1', 'b']],
    ['--append "root=UUID=1-2 ro"', ['root=UUID=1-2', 'ro']],
    ['--append=single', ['single']],
    ['--append="`cat /proc/cmdline` c.d=e,f"', ['c.d=e,f']],
    ['--append="$cmdline $(sed s/a/b/ /x) last"', ['last']],
    ['--reuse-cmdline', []],
    ['--append=', []],
  ] as const) {
    const found = way({
      ...enabled,
      [unitAt]: unit('/b'),
      '/b': `#!/bin/sh\nkexec -l /k ${option}\n`,
    });
    t.strictSame(found.words, words, option);
  }
  const both = { ...enabled, [unitAt]: unit('/boot.sh'), '/boot.sh': bootScript };
  t.equal(way(both, 'ro is_in_kexec=yes quiet').isSecond, true);
  t.equal(way(both, 'ro is_in_kexec=yesterday').isSecond, false);
  t.match(
    way({
      '+/etc/rc.local': '#!/bin/sh\n/usr/local/sbin/go\nkexec -e\n',
      '/usr/local/sbin/go': 'x',
    }),
    {
      by: 'script',
      files: ['/etc/rc.local', '/usr/local/sbin/go'],
    },
  );
  t.strictSame(way({ '/etc/rc.local': '#!/bin/sh\nkexec -e\n' }), nothing, 'not executable');
  t.match(way({ '+/etc/local.d/a.start': '#!/bin/sh\nkexec -e\n' }), { by: 'script' }, 'OpenRC');
  t.match(way({ '/etc/default/kexec': '# x\nLOAD_KEXEC=true\n' }), { by: 'reboot' });
  t.match(way({ '/etc/default/kexec': 'LOAD_KEXEC="true"\n' }), { by: 'reboot' });
  t.strictSame(way({ '/etc/default/kexec': '#LOAD_KEXEC=true\nLOAD_KEXEC=false\n' }), nothing);
  t.end();
});

void t.test('facts about the machine', (t) => {
  const facts = (contents: Record<string, string>) => machineFacts(captured(t, contents));
  const ranges =
    '40000000-5fffffff : System RAM\n  40200000-41ffffff : Kernel code\n100000000-11fffffff : System RAM\n';
  const exact = { '/proc/iomem': ranges, '/proc/meminfo': 'MemTotal:        998000 kB\n' };
  t.match(facts(exact), { memoryMiB: 1024 }, 'the ranges, where root could read them');
  t.match(facts({}), { cpus: 1, memoryMiB: 1024, gic: null, firmware: 'none', hasAcpi: false });
  t.match(
    facts({
      dmesg:
        '[    0.000000] GICv3: 256 SPIs implemented\n[    0.000000] ITS [mem 0x08080000-0x0809ffff]\n[    0.010000] CPU: All CPU(s) started at EL2\n[    0.0] efi: EFI v2.7 by EDK II\n[    0.0] DMI: QEMU QEMU Virtual Machine\n',
      'acpi-tables': 'APIC\nFACP\nGTDT\n',
      '/proc/cpuinfo': 'processor\t: 0\nBogoMIPS\t: 50\n\nprocessor\t: 1\n',
      '/proc/meminfo': 'MemTotal:        4018432 kB\nMemFree: 1 kB\n',
      'page-size': '65536',
    }),
    {
      cpus: 2,
      memoryMiB: 3968,
      gic: 3,
      hasIts: true,
      startsAtEl2: true,
      firmware: 'uefi',
      hasAcpi: true,
      isVirt: true,
      pageSize: 65536,
    },
  );
  t.match(
    facts({
      dmesg:
        '[    0.0] Machine model: Raspberry Pi 4 Model B Rev 1.4\n[    0.1] CPU: All CPU(s) started at EL1\n',
      '/proc/interrupts': '  9:  0  0  GIC-0  25 Level  vgic\n',
    }),
    { gic: 2, hasIts: false, startsAtEl2: false, isVirt: false, firmware: 'none' },
  );
  t.match(
    facts({
      '/proc/interrupts': ' 11: 5 GICv3 27 Level arch_timer\n 40: 1 ITS-MSI 16384 Edge virtio0\n',
    }),
    { gic: 3, hasIts: true },
  );
  t.match(
    facts({ dmesg: 'CPU: All CPU(s) started in HYP mode.' }),
    { startsAtEl2: true },
    '32 bits',
  );
  t.match(facts({ 'efi SecureBoot': '1' }), { firmware: 'secure-boot' });
  t.match(facts({ 'efi SecureBoot': '0', '/sys/firmware/efi/fw_platform_size': '64' }), {
    firmware: 'uefi',
  });
  t.end();
});

void t.test('variables of UEFI', (t) => {
  const uuid = '-8be4df61-93ca-11d2-aa0d-00e098032b8c';
  const path = Buffer.from('\\EFI\\debian\\shimaa64.efi\0', 'utf16le');
  const disk = Buffer.alloc(38, 0x5a);
  t.strictSame(efiText(`Boot0003${uuid}`, bootOption('debian', [4, 1, disk], [4, 4, path])), {
    name: 'efi Boot0003',
    text: '* debian\n\\EFI\\debian\\shimaa64.efi',
  });
  t.strictSame(
    efiText(`BootOrder${uuid}`, Buffer.from('07000000030001000a00', 'hex')).text,
    '0003 0001 000A',
  );
  t.strictSame(efiText(`SecureBoot${uuid}`, Buffer.from('0600000001', 'hex')), {
    name: 'efi SecureBoot',
    text: '1',
  });
  for (let length = 0; length < 60; length += 1)
    t.type(
      efiText(`Boot0003${uuid}`, bootOption('debian', [4, 4, path]).subarray(0, length)).text,
      'string',
    );
  t.end();
});

const line = (values: string) => `${values.replace(/(\w+)=(\S*)/g, '$1="$2"')}\n`;
const kernel = {
  uname: 'Linux 6.8.5 #1 SMP aarch64',
  '/boot/vmlinuz-6.8.5': 'k',
  '/boot/initramfs-6.8.5.img': 'i',
};

void t.test('disks of several distributions', (t) => {
  const disk = (lsblk: string, more: Record<string, string> = {}) =>
    understand(captured(t, { ...kernel, lsblk, ...more }), 'x.tar');
  const fedora = disk(
    line('NAME=vda KNAME=vda PKNAME= TYPE=disk SIZE=10737418240 FSTYPE= MOUNTPOINT=') +
      line(
        'NAME=vda1 KNAME=vda1 PKNAME=vda TYPE=part SIZE=629145600 FSTYPE=vfat LABEL=EFI PARTTYPE=c12a7328-f81f-11d2-ba4b-00a0c93ec93b MOUNTPOINT=/boot/efi',
      ) +
      line(
        'NAME=vda2 KNAME=vda2 PKNAME=vda TYPE=part SIZE=1073741824 FSTYPE=ext4 MOUNTPOINT=/boot',
      ) +
      line(
        'NAME=vda3 KNAME=vda3 PKNAME=vda TYPE=part SIZE=9032433664 FSTYPE=btrfs LABEL=fedora\\x20root UUID=f1e2 MOUNTPOINT=/',
      ),
    {
      'bus vda':
        '/sys/bus/virtio/drivers/virtio_blk /sys/devices/pci0000:00/0000:00:02.0/virtio1/block/vda',
    },
  );
  t.match(fedora.root, { name: 'vda3', filesystem: 'btrfs', label: 'fedora root' });
  t.match(fedora.disk, { bus: 'virtio-pci', device: { name: 'vda' } });
  t.equal(fedora.disk.partitions.length, 3);
  t.equal(fedora.kernels[0]?.initrd?.path, '/boot/initramfs-6.8.5.img');

  const layers = disk(
    line('NAME=sda KNAME=sda PKNAME= TYPE=disk SIZE=100') +
      line('NAME=sda2 KNAME=sda2 PKNAME=sda TYPE=part SIZE=90 FSTYPE=linux_raid_member') +
      line('NAME=md0 KNAME=md0 PKNAME=sda2 TYPE=raid1 SIZE=90 FSTYPE=crypto_LUKS') +
      line('NAME=data_crypt KNAME=dm-0 PKNAME=md0 TYPE=crypt SIZE=90 FSTYPE=LVM2_member') +
      line('NAME=vg-root KNAME=dm-1 PKNAME=dm-0 TYPE=lvm SIZE=80 FSTYPE=ext4 MOUNTPOINT=/') +
      line('NAME=sdb KNAME=sdb PKNAME= TYPE=disk SIZE=100') +
      line('NAME=md0 KNAME=md0 PKNAME=sdb2 TYPE=raid1 SIZE=90'),
    { 'bus sda': '/sys/bus/scsi/drivers/sd /sys/devices/platform/scb/usb1/1-1/block/sda' },
  );
  t.match(layers.root, { name: 'dm-1', type: 'lvm' });
  t.match(layers.disk, { bus: 'usb', device: { name: 'sda' } });

  const old = disk(
    line('NAME=vda KNAME=vda PKNAME= TYPE=disk SIZE=100') +
      line('NAME=vda1 KNAME=vda1 PKNAME=vda TYPE=part SIZE=90 FSTYPE=ext4 MOUNTPOINT='),
    {
      mounts: 'rootfs / rootfs rw 0 0\n/dev/vda1 / ext4 rw 0 0\n',
      'bus vda':
        '/sys/bus/virtio/drivers/virtio_blk /sys/devices/platform/a003e00.virtio_mmio/virtio0/block/vda',
    },
  );
  t.match(old.root, { name: 'vda1', partType: '' }, 'without MOUNTPOINT and PARTTYPE');
  t.equal(old.disk.bus, 'virtio-mmio');
  const nvme = disk(
    line('NAME=nvme0n1 KNAME=nvme0n1 PKNAME= TYPE=disk SIZE=100') +
      line('NAME=nvme0n1p1 KNAME=nvme0n1p1 PKNAME=nvme0n1 TYPE=part SIZE=90 MOUNTPOINT=/'),
    { 'bus nvme0n1': ' /sys/devices/pci0004:00/0004:01:00.0/nvme/nvme0/nvme0n1' },
  );
  t.equal(nvme.disk.bus, 'nvme');
  t.end();
});

void t.test('a server in words', (t) => {
  const lsblk =
    line('NAME=vda KNAME=vda PKNAME= TYPE=disk SIZE=1073741824') +
    line(
      'NAME=vda1 KNAME=vda1 PKNAME=vda TYPE=part SIZE=1072693248 FSTYPE=ext4 UUID=6f7a MOUNTPOINT=/',
    );
  const contents = {
    ...kernel,
    lsblk,
    '/etc/os-release': 'PRETTY_NAME="Fedora Linux 40 (Server Edition)"\nID=fedora\n',
    '/boot/vmlinuz-6.8.1': 'older',
    '/proc/cmdline': 'BOOT_IMAGE=(hd0,gpt2)/vmlinuz root=UUID=6f7a rd.lvm.lv="a b/c" ro',
    packages: 'kexec-tools 2.0.28-7.fc40 aarch64\nlinux-firmware 1 noarch\n',
    ...enabled,
    [unitAt]: '[Service]\nExecStart=/boot.sh\n',
    '/boot.sh': bootScript,
  };
  t.matchSnapshot(
    describeServer(understand(captured(t, contents), 'x.tar'))
      .map((row) => row.join(': '))
      .join('\n'),
  );
  const mounted = { '/sbin/kexec': '\x7fELF', lsblk, ...kernel };
  t.matchSnapshot(
    describeServer(understand(captured(t, mounted), 'x.tar'))
      .map((row) => row.join(': '))
      .join('\n'),
  );
  t.strictSame(
    ['web1.server.tar', '/a/Web_1.example.tar', '.tar', 'all.tar', 'ü.tar'].map(serverName),
    ['web1', 'web-1-example', 'server', 'server', 'server'],
  );
  t.end();
});
