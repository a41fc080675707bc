import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { addGuestFiles, guestLayout } from '../../../src/image/build/guest-disk.ts';
import { diskLayoutSchema, isMadeInGuest } from '../../../src/image/recipes/disk-layout.ts';

const layout = diskLayoutSchema.parse({
  table: 'gpt',
  list: [
    { size: 64, type: 'uefi', filesystem: 'vfat', uuid: '12AB-34CD', mount: '/boot/efi' },
    { size: 256, type: 'linux', filesystem: 'ext4', label: 'a boot', mount: '/boot' },
    { size: 1200, type: 'lvm', filesystem: 'lvm', group: 'vg-0' },
    { size: 1, type: 'linux', filesystem: 'none' },
  ],
  volumes: [
    { group: 'vg-0', name: 'swap', size: 64, filesystem: 'swap' },
    {
      ...{ group: 'vg-0', name: 'root', size: 1100, filesystem: 'btrfs', mount: '/' },
      ...{ subvolume: '@rootfs', uuid: 'aa-01' },
    },
  ],
});

t.test('the lines that the script in the guest reads', (t) => {
  t.same(guestLayout(layout).split('\n'), [
    'member\tvg-0\t/dev/vdb3',
    'volume\tvg-0\tswap\t64',
    'volume\tvg-0\troot\t1100',
    'filesystem\t/dev/vg-0/root\tbtrfs\taa-01\t/\t@rootfs\t',
    'filesystem\t/dev/vg-0/swap\tswap\t-\t-\t-\t',
    'filesystem\t/dev/vdb2\text4\t-\t/boot\t-\ta boot',
    'filesystem\t/dev/vdb1\tvfat\t12AB-34CD\t/boot/efi\t-\t',
    '',
  ]);
  t.end();
});

t.test('a disk is made in a guest only where that is needed', (t) => {
  const plain = diskLayoutSchema.parse({
    table: 'dos',
    list: [{ size: 9, type: 'linux', filesystem: 'ext4', mount: '/' }],
  });
  t.equal(isMadeInGuest({}), false);
  t.equal(isMadeInGuest({ partitions: plain }), false);
  t.equal(isMadeInGuest({ partitions: layout }), true);
  t.equal(isMadeInGuest({ partitions: plain, commands: ['update-grub'] }), true);
  t.end();
});

t.test('the script and its input are in one directory', async (t) => {
  const tree = t.testdir({});
  await addGuestFiles(tree, { partitions: layout, commands: ['a b', 'c'] });
  const read = (name: string) => readFileSync(join(tree, 'kexec-lab', name), 'utf8');
  t.equal(read('commands'), 'a b\nc\n');
  t.equal(read('layout'), guestLayout(layout));
  execFileSync('sh', ['-n', join(tree, 'kexec-lab/fill-disk-in-guest.sh')]);
  await addGuestFiles(t.testdir({}), { partitions: undefined, commands: ['x'] });
});

t.test('names that would be options or paths are refused', (t) => {
  for (const volume of [
    { group: '-f', name: 'root' },
    { group: 'vg', name: '../x' },
    { group: 'vg', name: 'a b' },
  ])
    t.equal(
      diskLayoutSchema.safeParse({
        table: 'gpt',
        list: [{ size: 9, type: 'linux', filesystem: 'ext4' }],
        volumes: [{ ...volume, size: 9, filesystem: 'none' }],
      }).success,
      false,
    );
  t.end();
});
