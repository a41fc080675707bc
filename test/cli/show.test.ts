import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import t from 'tap';
import { tagsDisk } from '../../src/session/case-machine.ts';
import { least, writeFiles } from '../scenario/files.ts';
import { kexecLab } from './kexec-lab.ts';

const scenario = `${least}boot:
  cmdline: root=/dev/vda panic=5
  tags: { KEXEC_KERNEL: /vmlinuz, KEXEC_APPEND: "it's \\"quoted\\" $HOME" }
per-arch:
  arm: { boot: { kernel: { file: "kernel,1" } } }
`;

// Every test here starts the program, and a machine may be slow.
t.setTimeout(1_200_000);

t.test('story, setup and expectation of each architecture', async (t) => {
  const directory = writeFiles(t, { 'mine.yaml': scenario, 'kernel,1': 'a kernel' });
  const { stdout, exitCode } = await kexecLab(['show', join(directory, 'mine.yaml')]);
  t.equal(exitCode, 0);
  t.match(stdout, /^mine: A title\n\nA story\.\n\naarch64\n.* aarch64\n/);
  t.match(stdout, / KEXEC_KERNEL=\/vmlinuz\n +KEXEC_APPEND=it/);
  t.match(stdout, /^ {2}\w+ +booted\n {2}\w+ +300 s .* 60 s /m);
  t.match(stdout, ` ${directory}/kernel,1\n`);
  const arm = await kexecLab(['show', join(directory, 'mine.yaml'), '--arch', 'arm']);
  t.notMatch(arm.stdout, 'aarch64');
});

t.test('the commands can be pasted into a shell', async (t) => {
  const directory = writeFiles(t, { 'mine.yaml': scenario, 'kernel,1': 'a kernel' });
  const { stdout } = await kexecLab(
    ['run', join(directory, 'mine.yaml'), '--dry-run', '--arch', 'arm', '--qemu-dir', directory],
    { TMPDIR: directory },
  );
  t.match(stdout, '# arm/mine\n');
  t.match(stdout, /^# .*qemu-system-arm/m);
  const echo = stdout.replace(/^qemu-system-arm/m, "printf '<%s>\\n'");
  const run = await execa('sh', ['-eu', '-c', echo]);
  t.match(run.stdout, `<-kernel>\n<${directory}/kernel,1>`);
  t.match(run.stdout, '<-append>\n<console=ttyAMA0 cryptomgr.notests root=/dev/vda panic=5>');
  t.match(run.stdout, '<-serial>\n<mon:stdio>');
  const tags = { KEXEC_KERNEL: '/vmlinuz', KEXEC_APPEND: 'it\'s "quoted" $HOME' };
  t.strictSame(
    readFileSync(join(directory, 'kexec-lab-mine-arm-tags.img')),
    tagsDisk(tags),
    'the tags are the ones a run gives',
  );
});

t.test(
  'what a pasted command lacks of the network is said, and nothing is made in vain',
  async (t) => {
    const { stdout } = await kexecLab(['show', 'c1-bye']);
    t.match(stdout, /^# /m);
    t.notMatch(stdout, 'tags.img', 'its tags are metadata');
    const { stdout: plain } = await kexecLab(['show', 'first-kernel-boots']);
    // Whether its images are built depends on the cache.
    t.notMatch(plain.replace('# Some images are not built yet. A run builds them.', ''), /^# /m);
  },
);

t.test('the schema is JSON', async (t) => {
  const { stdout } = await kexecLab(['schema', 'scenario']);
  t.match(JSON.parse(stdout), { title: 'kexec-lab scenario', required: ['title', 'story'] });
});
