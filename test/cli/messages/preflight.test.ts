import t from 'tap';
import { image, initramfs, kernelFiles, writeTree, zImage } from '../../candidate/files.ts';
import { writeFiles } from '../../scenario/files.ts';
import { snapshots } from './transcript.ts';

t.setTimeout(1_200_000);

t.test('preflight', async (t) => {
  const directory = writeFiles(t, {
    Image: image(),
    zImage: zImage(),
    'short.Image': image().subarray(0, 80),
    'text.txt': 'hello',
    empty: '',
    'without-modules.img': initramfs(['init', 'bin/sh']),
    'with-modules.img': initramfs(['init', 'lib/modules/6.9-test/kernel/virtio_blk.ko']),
    'damaged.img': '070701 nothing of an initramfs',
    'nothing/readme': '',
  });
  writeTree(`${directory}/tree`, kernelFiles());
  writeTree(
    `${directory}/no-kexec`,
    kernelFiles({ 'boot/config-6.9-test': '# CONFIG_KEXEC is not set\nCONFIG_VIRTIO_BLK=m\n' }),
  );
  writeTree(`${directory}/two`, { ...kernelFiles(), 'boot/vmlinuz-6.10': image('6.10') });
  const say = snapshots(t, { directory });
  await say('preflight');
  await say('preflight --kernel missing');
  await say('preflight --kernel text.txt');
  await say('preflight --kernel empty');
  await say('preflight --kernel nothing');
  await say('preflight --kernel two');
  await say('preflight --kernel Image');
  await say('preflight --kernel tree --arch arm');
  await say('preflight --kernel Image --initrd missing');
  await say('preflight --kernel tree --kexec-tools text.txt');
  await say('preflight --kernel tree --root-device x');
  for (const initrd of ['without-modules.img', 'with-modules.img', 'damaged.img', 'text.txt'])
    await say(`preflight --kernel Image --initrd ${initrd}`);
  await say('preflight --kernel short.Image --initrd with-modules.img');
  await say('preflight --kernel zImage --initrd with-modules.img');
  await say('preflight --kernel tree --initrd with-modules.img');
  await say('preflight shapes');
  await say('preflight tutorial');
  await say('preflight kexec-to-distro --kernel Image');
  await say('preflight --kernel no-kexec --initrd with-modules.img');
});
