import t from 'tap';
import type { PlannedDisk } from '../../src/server/disk-plan.ts';
import { isMade, planDisk } from '../../src/server/disk-plan.ts';
import type { BlockDevice } from '../../src/server/parse.ts';
import { parseLsblk, parseVolumeName } from '../../src/server/parse.ts';
import { understand } from '../../src/server/server.ts';
import { captured } from './captured-of.ts';

const line = ({ NAME = '', ...fields }: Record<string, string>) =>
  Object.entries({ NAME, KNAME: NAME, TYPE: 'part', SIZE: String(2 ** 30), ...fields })
    .map(([key, value]) => `${key}="${value}"`)
    .join(' ');

const kernel = { uname: 'Linux 6.1.0-50 #1 aarch64\n', '/proc/cmdline': 'root=/dev/x ro\n' };
const files = { '/boot/vmlinuz-6.1.0-50': 'kernel', '/boot/initrd.img-6.1.0-50': 'initrd' };

/** Of a real lsblk of a Debian with LVM: the names that a shell sees, and those of the kernel. */
const lvm = [
  line({ NAME: 'vda', TYPE: 'disk' }),
  line({ NAME: 'vda1', PKNAME: 'vda', FSTYPE: 'ext4', UUID: 'b0-07', MOUNTPOINT: '/boot' }),
  line({ NAME: 'vda2', PKNAME: 'vda', FSTYPE: 'LVM2_member', UUID: 'RgPPQx-rZ7f' }),
  line({
    ...{ NAME: 'web--1-root', KNAME: 'dm-0', PKNAME: 'vda2', TYPE: 'lvm' },
    ...{ FSTYPE: 'ext4', LABEL: 'rootfs', UUID: 'aa-01', MOUNTPOINT: '/' },
  }),
  line({
    ...{ NAME: 'web--1-swap', KNAME: 'dm-1', PKNAME: 'vda2', TYPE: 'lvm', SIZE: String(2 ** 26) },
    ...{ FSTYPE: 'swap', UUID: 'aa-02', MOUNTPOINT: '[SWAP]' },
  }),
  line({ NAME: 'web--1-home', KNAME: 'dm-2', PKNAME: 'vda2', TYPE: 'lvm', FSTYPE: 'xfs' }),
].join('\n');

void t.test('volume groups are made with the volumes of the server', (t) => {
  const server = understand(
    captured(t, {
      ...{ ...kernel, ...files, lsblk: lvm },
      mounts: '/dev/mapper/web--1-root / ext4 rw 0 0\n',
      '/etc/fstab': [
        '/dev/mapper/web--1-root / ext4 defaults 0 1',
        '/dev/web-1/swap none swap sw 0 0',
        '/dev/mapper/web--1-home /home xfs defaults 0 2',
      ].join('\n'),
    }),
    'x.tar',
  );
  t.match(server, { root: { path: '/dev/mapper/web--1-root' }, rootSubvolume: '' });
  const notes: string[] = [];
  const disk = planDisk(server, (...note) => notes.push(note.join(' | ')), 'x.tar');
  t.match(disk.list, [
    { filesystem: 'ext4', mount: '/boot', group: '' },
    { filesystem: 'lvm', group: 'web-1', uuid: '', mount: '' },
  ]);
  t.match(disk.volumes, [
    {
      group: 'web-1',
      name: 'root',
      filesystem: 'ext4',
      uuid: 'aa-01',
      label: 'rootfs',
      mount: '/',
    },
    { group: 'web-1', name: 'swap', filesystem: 'swap', uuid: 'aa-02', mount: '' },
    { group: 'web-1', name: 'home', filesystem: 'none', mount: '' },
  ]);
  const needed = disk.volumes.reduce((sum, { size }) => sum + size, 0);
  t.ok((disk.list[1]?.size ?? 0) > needed, 'the partition has room for them');
  t.match(notes.join('\n'), /LVM \| web--1-root, web--1-swap/);
  t.match(notes.join('\n'), /not here \| mounts \| \/home/, 'an empty volume is not mounted');
  t.end();
});

void t.test('a file system is never smaller than its program makes it', (t) => {
  const lsblk = [
    line({ NAME: 'vda', TYPE: 'disk' }),
    line({ NAME: 'vda1', PKNAME: 'vda', FSTYPE: 'xfs', MOUNTPOINT: '/boot' }),
    line({ NAME: 'vda2', PKNAME: 'vda', FSTYPE: 'ext4', MOUNTPOINT: '/' }),
  ].join('\n');
  const mounts = '/dev/vda2 / ext4 rw 0 0\n';
  const server = understand(captured(t, { ...kernel, ...files, lsblk, mounts }), 'x.tar');
  const [boot] = planDisk(server, () => undefined, 'x.tar').list;
  t.match(boot, { filesystem: 'xfs', size: 320 });
  t.end();
});

void t.test('the names of groups and volumes', (t) => {
  t.same(parseVolumeName('/dev/mapper/vg0-root'), { group: 'vg0', name: 'root' });
  t.same(parseVolumeName('/dev/mapper/a--b-c--d'), { group: 'a-b', name: 'c-d' });
  for (const other of ['/dev/vda1', '/dev/mapper/crypt', '/dev/mapper/a--b', '/dev/mapper/a-b-c'])
    t.equal(parseVolumeName(other), null, other);
  t.end();
});

void t.test('a root on btrfs keeps its subvolume', (t) => {
  const planned = (options: string, extra = ''): PlannedDisk => {
    const lsblk = [
      line({ NAME: 'vda', TYPE: 'disk' }),
      line({ NAME: 'vda1', PKNAME: 'vda', FSTYPE: 'btrfs', UUID: 'b7', MOUNTPOINT: '/home' }),
    ].join('\n');
    const mounts = `/dev/vda1 / btrfs ${options} 0 0\n${extra}`;
    const server = understand(captured(t, { ...kernel, ...files, lsblk, mounts }), 'x.tar');
    return planDisk(server, () => undefined, 'x.tar');
  };
  t.match(planned('rw,subvolid=256,subvol=/@rootfs').list, [
    { filesystem: 'btrfs', subvolume: '@rootfs', mount: '/', uuid: 'b7' },
  ]);
  t.match(planned('rw,subvolid=5,subvol=/').list, [{ subvolume: '', mount: '/' }]);
  t.match(planned('rw,subvol=/@/.snapshots/1/snapshot').list, [
    { subvolume: '@/.snapshots/1/snapshot' },
  ]);
  t.end();
});

void t.test('which lines of fstab the disk has', (t) => {
  const made = parseLsblk(lvm);
  const [boot] = made.filter(({ name }) => name === 'vda1') as [BlockDevice];
  t.equal(isMade('UUID=b0-07', '/boot', made), true);
  t.equal(isMade('UUID="b0-07"', '/boot', made), true);
  t.equal(isMade('/dev/vda1', '/boot', [boot]), true);
  t.equal(isMade('UUID=other', '/boot', made), false);
  t.equal(isMade('/dev/web-1/swap', 'none', made), true);
  t.equal(isMade('/dev/mapper/web--1-swap', 'none', made), true);
  t.equal(isMade('/swapfile', 'none', made), false);
  t.equal(isMade('/dev/web-1/home', '/home', made), false);
  t.end();
});
