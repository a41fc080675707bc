import t from 'tap';
import { least, writeFiles } from '../../scenario/files.ts';
import { snapshots } from './transcript.ts';

t.setTimeout(1_200_000);

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

t.test('machines that this QEMU cannot make', async (t) => {
  const profile = (cpu: string) =>
    `arch: aarch64\nmachine: virt\ncpu: ${cpu}\ncpus: 1\nmemory: 512\nconsole: ttyAMA0\nclock: guest\ncmdline: ''\n`;
  const scenario = least.replace(', arm', '');
  const directory = writeFiles(t, {
    'server.yaml': profile('neoverse-v1'),
    'kvm.yaml': profile('host'),
    'misspelt.yaml': `${scenario}boot:\n  shape: { gic: 3, cpu: cortex-a54 }\n`,
    'varied.yaml': `${scenario}shapes:\n  vary: [[{ cpu: neoverse-n2 }, { cpu: max }]]\n`,
  });
  const play = { version: '7.2.22', models: ['cortex-a15', 'cortex-a53', 'neoverse-n1', 'max'] };
  const env = { TMPDIR: directory, FAKE_QEMU_PLAY: JSON.stringify(play) };
  const say = snapshots(t, { directory, env });
  await say('show kexec-to-distro --machine server.yaml');
  await say('run kexec-to-distro --machine server.yaml --arch aarch64 --dry-run');
  await say('show kexec-to-distro --machine kvm.yaml');
  await say('show misspelt.yaml');
  await say('show varied.yaml');
});
