import t from 'tap';
import { least, writeFiles } from '../../scenario/files.ts';
import { snapshots } from './transcript.ts';

t.setTimeout(180_000);

const scenario = `${least}boot:
  kernel: { file: kernel }
  initramfs: { file: initramfs }
  disk: null
  cmdline: root=/dev/vda panic=5
  tags: { KEXEC_KERNEL: /vmlinuz, KEXEC_APPEND: "it's \\"quoted\\" $HOME" }
`;

t.test('show', async (t) => {
  const directory = writeFiles(t, { 'mine.yaml': scenario, kernel: 'a kernel', initramfs: '' });
  const say = snapshots(t, {
    directory,
    env: { TMPDIR: directory },
  });
  await say('show mine.yaml');
  await say('show mine.yaml --arch arm');
  await say('show c1-bye');
  await say('show');
  await say('show kexec-to-ditsro');
  await say('show kexec-to-distro --arch mips');
  await say('show c1-bye --arch aarch64');
  await say('run mine.yaml --dry-run --arch arm');
});
