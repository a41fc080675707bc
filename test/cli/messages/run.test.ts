import { writeFileSync } from 'node:fs';
import t from 'tap';
import { goodBoot, goodBootUntil } from '../../run/cases.ts';
import { least } from '../../scenario/files.ts';
import { fakeRun } from '../fake-run.ts';
import { snapshots } from './transcript.ts';

const files = `  kernel: { file: kernel }
  initramfs: { file: initramfs }
  disk: null
`;

t.setTimeout(1_200_000);

const panic = `${goodBootUntil('Starting new kernel')}[    4.500000] Kernel panic - not syncing: oh no\r\n`;
const one = '--no-checkpoint --jobs 1';

t.test('mistakes in the arguments', async (t) => {
  const { directory } = fakeRun(t, {});
  const say = snapshots(t, { directory });
  await say('run');
  await say('rnu all');
  await say('run kexec-to-ditsro');
  await say('run arm/kexec-to-distro#2');
  await say('run first-kernel-boots --arch mips');
  await say('run all --ach arm');
  await say('run all --jobs 0');
  await say('run all --repeat 1e9');
  await say('run all --timeout 0');
  await say('run all --shard 3/2');
  await say('run mine.yaml --arch aarch64 --shard 2/2');
  await say('run all --mirror nonsense');
  await say('run all --out=');
  await say('run all --record --record-on-failure 2');
  await say('run all --tail --reporter json');
  await say('run all --reporter xml');
  await say('run all --reporter tap --reporter json');
  await say('run all --reporter tap=same --reporter json=same');
  await say('run all --reporter tap=');
  await say('run mine.yaml --reporter tap=no/such/file');
  await say('run mine.yaml --exclude mine');
  await say('run mine.yaml --exclude mien');
  await say('run --last-failed');
  await say('run missing.yaml');
  await say('run text.txt');
  await say('run all --scenarios missing');
  await say(`run mine.yaml --qemu-dir . ${one}`);
  await say(`run mine.yaml --out /dev/null/runs ${one}`);
});

t.test('candidates', async (t) => {
  const { directory } = fakeRun(t, {});
  const say = snapshots(t, { directory });
  await say('run kexec-to-distro --kernel missing.deb');
  await say('run kexec-to-distro --kernel text.txt');
  await say('run kexec-to-distro --kernel debian:');
  await say('run kexec-to-distro --kernel http://example.org/kernel.deb');
  await say('run kexec-to-distro --kernel kernel');
  await say('run kexec-to-distro --kexec-tools text.txt');
  await say('run kexec-to-distro --kexec-tools https://example.org/kexec');
  await say('run kexec-to-distro --first-kernel kernel');
  await say('run kexec-to-distro --kernel kernel --initrd missing');
});

t.test('a boot that passes', async (t) => {
  const { directory, env } = fakeRun(t, { text: goodBoot });
  const say = snapshots(t, { directory, env });
  await say(`run mine.yaml ${one}`);
  await say(`run mine.yaml --quiet ${one}`);
  await say(`run mine.yaml --tail ${one}`);
  await say(`run mine.yaml --reporter list ${one}`);
  await say(`run mine.yaml --reporter tap ${one}`);
  await say(`run --last-failed ${one}`);
});

t.test('boots that do not pass', async (t) => {
  const { directory, env } = fakeRun(t, { text: panic });
  const say = snapshots(t, { directory, env });
  await say(`run mine.yaml ${one}`);
  await say(`run mine.yaml --retries 1 --reporter list ${one}`);
  await say(`run mine.yaml --reporter tap ${one}`);
  await say(`run mine.yaml --reporter github ${one}`);
  await say(`run mine.yaml --repeat 3 --max-failures 1 ${one}`);
  await say(`run broken.yaml ${one}`);
});

t.test('what the lab cannot run', async (t) => {
  const { directory, env } = fakeRun(t, { refuse: 'cannot set up guest memory' });
  const networked = least.replace('aarch64, ', '').concat('boot:\n  machine: scaleway-c1\n');
  writeFileSync(`${directory}/networked.yaml`, `${networked}${files}`);
  const say = snapshots(t, { directory, env });
  await say(`run mine.yaml ${one}`);
  await say(`run networked.yaml --record ${one}`);
});
