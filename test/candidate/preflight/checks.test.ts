import t from 'tap';
import { checkKexecConfig } from '../../../src/candidate/preflight/check-kernel.ts';
import { checkTextOffset } from '../../../src/candidate/preflight/check-memory.ts';
import {
  checkLpiTables,
  checkPageSize,
  checkReservations,
  reservedSize,
} from '../../../src/candidate/preflight/check-machine.ts';
import {
  checkInitrd,
  checkRoot,
  rootOf,
  uncheckedDriver,
} from '../../../src/candidate/preflight/check-root.ts';
import type { KernelFacts } from '../../../src/candidate/preflight/facts.ts';
import { diskFacts, parseKernelConfig } from '../../../src/candidate/preflight/facts.ts';
import { diskLayoutSchema } from '../../../src/image/recipes/disk-layout.ts';
import type { Kexec, RootDisk } from '../../../src/candidate/preflight/load-facts.ts';
import { rootDiskOf } from '../../../src/candidate/preflight/load-facts.ts';

function kernel(change: Partial<KernelFacts> = {}): KernelFacts {
  return {
    arch: 'aarch64',
    name: 'vmlinuz',
    kind: 'Image',
    trouble: null,
    zbootCompression: null,
    layout: null,
    pageSize: null,
    release: '6.9',
    config: null,
    builtIn: null,
    modules: null,
    ...change,
  };
}

const config = (text: string) => ({ name: 'config-6.9', values: parseKernelConfig(text) });

t.test('which kernels the next update does not get out of', (t) => {
  const found = (text: string) =>
    checkKexecConfig(kernel({ config: config(text) })).map(({ severity, id }) => [severity, id]);
  t.same(found('CONFIG_KEXEC=y\n'), []);
  t.same(found('# CONFIG_KEXEC is not set\n'), [['stop', 'no-kexec']]);
  t.same(found('CONFIG_KEXEC_FILE=y\n'), [['warn', 'no-kexec-load']]);
  t.same(found('CONFIG_KEXEC=y\nCONFIG_LOCK_DOWN_KERNEL_FORCE_INTEGRITY=y\n'), [
    ['warn', 'kexec-locked-down'],
  ]);
  t.same(found('CONFIG_KEXEC=y\nCONFIG_KEXEC_SIG_FORCE=y\n'), [['warn', 'kexec-needs-signature']]);
  t.match(checkKexecConfig(kernel()), [{ severity: 'note', id: 'config-unknown' }]);
  const pan = (release: string | null) =>
    checkKexecConfig(
      kernel({ release, config: config('CONFIG_KEXEC=y\nCONFIG_CPU_TTBR0_PAN=y\n') }),
    ).map(({ severity, id }) => [severity, id]);
  t.same(pan('6.12.117+deb13-armmp-lpae'), [['warn', 'kexec-crash']]);
  t.same(pan('7.0.9'), [['warn', 'kexec-crash']]);
  t.same(pan('7.1.0-rc7'), []);
  t.same(pan('7.2.13+deb14-armmp-lpae'), []);
  t.same(pan(null), [], 'not known');
  t.end();
});

t.test('a kernel linked further up needs --image-size, and how much', (t) => {
  const layout = {
    textOffset: 0x208000,
    data: 22_696_136,
    bss: 393_664,
    heap: 0x10000,
    mover: null,
  };
  const found = (change: Partial<KernelFacts>) =>
    checkTextOffset(kernel({ arch: 'arm', kind: 'zImage', ...change }), 5_526_016);
  // Debian's 6.1: 2 MiB further up, 22 696 136 unpacked, the zImage and its stack and heap behind it.
  t.match(found({ layout }), [{ severity: 'warn', advice: /--image-size=30396416\b/ }]);
  t.same(found({ layout: { ...layout, textOffset: 0x8000 } }), []);
  t.match(found({ config: config('CONFIG_ARCH_MESON=y\n') }), [
    { advice: /--image-size=67108864/, source: 'config-6.9: CONFIG_ARCH_MESON=y' },
  ]);
  t.match(found({ kind: 'uImage', config: config('CONFIG_ARCH_MESON=y\n') }), [
    { id: 'text-offset' },
  ]);
  t.same(found({ config: config('CONFIG_ARCH_VIRT=y\n') }), []);
  t.same(found({}), [], 'nothing tells');
  t.same(checkTextOffset(kernel({ layout }), 1), [], 'only arm has one');
  t.end();
});

t.test('the root of a disk is what is mounted there, wherever it is', (t) => {
  const facts = (layout: object) =>
    diskFacts(
      'd',
      {
        ...{ kind: 'disk', system: 's', size: 100, links: {}, overlays: [] },
        partitions: diskLayoutSchema.parse({ table: 'gpt', ...layout }),
      },
      rootDiskOf({ disks: 'virtio-pci' }),
    );
  const esp = { size: 9, type: 'uefi', filesystem: 'vfat', mount: '/boot/efi' };
  const xfs = facts({ list: [esp, { size: 9, type: 'linux', filesystem: 'xfs', mount: '/' }] });
  t.same(xfs.root, { filesystem: 'xfs', isVolume: false });
  const lvm = facts({
    list: [esp, { size: 9, type: 'lvm', filesystem: 'lvm', group: 'vg0' }],
    volumes: [{ group: 'vg0', name: 'root', size: 8, filesystem: 'ext4', mount: '/' }],
  });
  t.same(lvm.root, { filesystem: 'ext4', isVolume: true });
  const bare = kernel({ modules: new Set(['virtio_blk', 'virtio_pci']), builtIn: new Set() });
  const missing = (disk: typeof xfs) =>
    checkInitrd({ kernel: bare, initrd: null }, disk).map(({ id }) => id);
  t.same(missing(xfs), [], 'the lab keeps no module of xfs, so nothing is known');
  t.same(missing(lvm), ['no-ext4']);
  t.equal(uncheckedDriver(xfs), 'xfs');
  t.equal(uncheckedDriver(lvm), 'dm_mod');
  t.end();
});

t.test('root= against the partitions there are', (t) => {
  const ext4 = { filesystem: 'ext4' };
  const found = (
    cmdline: string,
    partitions = [ext4, { filesystem: 'vfat' }],
    bus: RootDisk['bus'] = 'virtio-pci',
  ) =>
    checkRoot({
      cmdline,
      disk: {
        ...rootDiskOf({ disks: bus }),
        partitions,
        root: { ...ext4, isVolume: false },
        source: 'disk',
      },
    }).map(({ id }) => id);
  t.same(found('root=/dev/vda1'), []);
  t.same(found('root=/dev/vda debug root=/dev/vda1'), [], 'the last one counts');
  t.same(found('root=/dev/vda1 root=/dev/vda'), ['root-is-the-whole-disk']);
  t.same(found('root=/dev/vda3'), ['root-not-there']);
  t.same(found('root=/dev/sda1'), ['root-not-there']);
  t.same(found('root=/dev/vda2'), ['root-is-the-esp']);
  t.same(found('quiet'), ['no-root']);
  t.same(found('root=UUID=abc'), [], 'not looked up');
  t.same(found('root=/dev/nvme0n1p1', [ext4], 'nvme'), []);
  t.same(found('root=/dev/nvme0n1', [ext4], 'nvme'), ['root-is-the-whole-disk']);
  t.same(found('root=/dev/nvme0n11', [ext4], 'nvme'), ['root-not-there']);
  t.same(found('root=/dev/vda1', [ext4], 'nvme'), ['root-not-there']);
  t.same(found('root=/dev/sda1', [ext4], 'usb'), []);
  t.same(found('root=/dev/vda', []), [], 'a disk without a table is its own file system');
  t.equal(rootOf('xroot=/dev/vdb'), null);
  t.end();
});

t.test('an --image-size that is large enough needs no other', (t) => {
  const layout = {
    textOffset: 0x208000,
    data: 22_696_136,
    bss: 393_664,
    heap: 0x10000,
    mover: null,
  };
  const found = (reserved: number) =>
    checkTextOffset(kernel({ arch: 'arm', kind: 'zImage', layout }), 5_526_016, { reserved })
      .length;
  t.equal(found(30396416), 0);
  t.equal(found(30396415), 1);
  t.match(
    checkTextOffset(kernel({ arch: 'arm', kind: 'zImage', layout }), 5_526_016, {
      ...{ reserved: 30396416, way: 'systemctl' },
    }),
    [{ advice: /^systemctl kexec .* kexec -l --image-size=30396416 / }],
    'systemctl cannot pass it on',
  );
  t.equal(reservedSize({ flags: [] }), 0);
  t.equal(reservedSize({ flags: ['--no-checks', '--image-size=67108864'] }), 67108864);
  t.equal(reservedSize({ flags: ['--image-size', '0x4000000'] }), 67108864);
  t.end();
});

const machine: Kexec['machine'] = {
  name: 'x',
  cpu: 'cortex-a53',
  disk: rootDiskOf({ disks: 'virtio-pci' }),
  option: 'virt',
  firmware: 'none',
  pageSizes: [4096, 65536],
};

t.test('a kernel with pages that the CPU does not support cannot start', (t) => {
  const found = (change: Partial<KernelFacts>, pageSizes = machine.pageSizes) =>
    checkPageSize(kernel(change), { ...machine, pageSizes });
  t.match(found({ pageSize: 16384 }), [{ severity: 'stop', id: 'page-size' }]);
  t.same(found({ pageSize: 4096 }), []);
  t.same(found({ pageSize: 65536 }), []);
  t.same(found({ pageSize: 16384 }, [4096, 16384, 65536]), []);
  t.same(found({ pageSize: 16384 }, null), [], 'a CPU that is not known');
  t.same(found({}), [], 'nothing names the size');
  const configured = { config: config('CONFIG_ARM64_16K_PAGES=y\n') };
  t.match(found(configured), [{ source: /^config-6\.9: CONFIG_ARM64_16K_PAGES=y/ }]);
  t.same(found({ ...configured, pageSize: 4096 }), [], 'the Image itself counts');
  t.same(found({ config: config('CONFIG_ARM64_64K_PAGES=y\n') }), []);
  t.end();
});

t.test('which machines hand over LPI tables that nothing reserves', (t) => {
  const found = (
    option: string,
    change: { first?: string; second?: string; flags?: string[]; firmware?: 'uefi' } = {},
  ) => {
    const { first = 'root=/dev/vda', second = `${first} root=/dev/vda1`, flags = [] } = change;
    const kexec: Kexec = {
      machine: { ...machine, option, firmware: change.firmware ?? 'none' },
      cmdlines: { first, second },
      append: null,
      flags,
    };
    return checkLpiTables(kexec).map(({ id, severity }) => `${severity} ${id}`);
  };
  const warned = ['warn lpi-tables'];
  const nolpi = 'irqchip.gicv3_nolpi=1';
  t.same(found('virt,gic-version=3'), warned);
  t.same(found('virt,highmem=off,gic-version=max,its=on'), warned);
  t.same(found('virt'), [], "QEMU's default is a GICv2");
  t.same(found('virt,gic-version=2'), []);
  t.same(found('virt,gic-version=3,its=off'), []);
  t.same(found('virt,gic-version=3', { firmware: 'uefi' }), []);
  t.same(found('virt,gic-version=3', { first: nolpi }), []);
  t.same(found('virt,gic-version=3', { second: `quiet ${nolpi}` }), []);
  t.same(found('virt,gic-version=3', { first: 'irqchip.gicv3_nolpi=0' }), warned);
  t.same(found('virt,gic-version=3', { flags: ['--mem-min=0x50000000'] }), []);
  t.same(found('virt,gic-version=3', { flags: ['--no-checks'] }), warned);
  t.end();
});

t.test('UEFI does not protect those tables on 32-bit arm', (t) => {
  const found = (option: string, firmware: Kexec['machine']['firmware'], first = '', second = '') =>
    checkReservations({
      machine: { ...machine, option, firmware },
      cmdlines: { first, second },
      append: null,
      flags: [],
    }).map(({ id, severity }) => `${severity} ${id}`);
  const warned = ['warn efi-reservations'];
  const nolpi = 'irqchip.gicv3_nolpi=1';
  t.same(found('virt,gic-version=3', 'uefi'), warned);
  t.same(found('virt,gic-version=3', 'none'), [], 'nothing keeps a list');
  t.same(found('virt,gic-version=3,its=off', 'uefi'), []);
  t.same(found('virt,gic-version=2', 'uefi'), []);
  t.same(found('virt,gic-version=3', 'uefi', nolpi), []);
  t.same(found('virt,gic-version=3', 'uefi', '', nolpi), warned, 'the list is there already');
  t.end();
});
