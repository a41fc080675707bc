import t from 'tap';
import { least, writeFiles } from '../../scenario/files.ts';
import { snapshots } from './transcript.ts';

t.setTimeout(1_200_000);

t.test('scenarios', async (t) => {
  const directory = writeFiles(t, { 'mine.yaml': least, 'mine/deeper/other.yaml': least });
  const say = snapshots(t, { directory });
  await say('list mine.yaml');
  await say('list --scenarios mine other');
  await say('list kexec-to-ditsro');
  await say('list arm/kexec-to-distro#2');
  await say('list mine.yaml --exclude mine');
  await say('list --arch arm');
  await say('list --scenarios nowhere');
  await say('list missing.yaml');
});

/** Each file is wrong in one way. */
const wrong = {
  'empty.yaml': '',
  'a-list.yaml': '- title: x\n',
  'not-yaml.yaml': 'title: "x\n',
  'twice.yaml': `${least}title: Again\n`,
  'unknown-key.yaml': `${least}limit: { total: 5 }\n`,
  'unknown-outcome.yaml': least.replace('booted', 'boted'),
  'without-title.yaml': least.replace('title: A title\n', ''),
  'without-arch.yaml': least.replace('[aarch64, arm]', '[]'),
  'unknown-arch.yaml': least.replace('[aarch64, arm]', '[mips]'),
  'unknown-machine.yaml': `${least}boot: { machine: c1 }\n`,
  'unknown-recipe.yaml': `${least}boot: { kernel: old-kernal }\n`,
  'no-such-file.yaml': `${least}boot: { kernel: { file: nowhere } }\n`,
  'wrong-limit.yaml': `${least}limits: { total: soon }\n`,
  'negative-limit.yaml': `${least}limits: { silence: -1 }\n`,
  'wrong-step.yaml': `${least}steps:\n  - wiat: { signal: kexec-bye }\n`,
  'unknown-signal.yaml': `${least}steps:\n  - wait: { signal: kexec-by }\n`,
  'wrong-proof.yaml': least.replace('booted }', 'booted, proof: { command: 5 } }'),
  'wrong-tags.yaml': `${least}boot: { tags: { kexec: x, KEXEC_APPEND: 1 } }\n`,
  'wrong-labels.yaml': `${least}labels: [quick, quick, 'No Way']\n`,
  'wrong-kernel.yaml': `${least}boot: { kernel: 5 }\n`,
  'wrong-reset.yaml': `${least}boot: { on-reset: stop }\n`,
  'no-kernel.yaml': `${least}boot: { kernel: null }\n`,
  'no-network.yaml': `${least}boot: { storage: nbd }\nsteps: [{ ssh: 'true' }, { reset: true }]\n`,
  'other-arch.yaml': `${least}boot: { machine: scaleway-c1 }\n`,
  'silence.yaml': `${least}limits: { total: 10, silence: 20 }\n`,
  'hang-with-root.yaml': least.replace('booted', 'bye-hang, root: /dev/vda1'),
  'proof-of-a-hang.yaml': least.replace('booted', 'bye-hang, generation: 1, proof: login'),
  'proof-of-any.yaml': least.replace('booted', 'booted, proof: login'),
  'proof-of-root.yaml': least.replace(
    'booted',
    'booted, generation: 2, proof: login, root: /dev/vda1',
  ),
  'proof-by-hearsay.yaml': least.replace('booted', 'booted, generation: 2, proof: hearsay'),
  'not-in-arch.yaml': `${least.replace(', arm', '')}per-arch: { arm: { limits: { total: 20 } } }\n`,
  'second-kernel.yaml': `${least}boot: { disk: null, second-kernel: 'debian:sid' }\n`,
  'steps.yaml': `${least}steps:
  - { wait: login-prompt, type: x }
  - { type: x, exit: 3 }
  - { run: x, stdin: y }
  - key: escpae
  - wait: { screen: x, generation: 2 }
  - reset: false
`,
  'two-documents.yaml': 'a: 1\n---\nb: 2\n',
  'a-tab.yaml': 'a:\n  b: 1\n\tc: 2\n',
  'deep.yaml': `a: ${'['.repeat(10_000)}`,
  'large.yaml': '#'.repeat(1024 * 1024 + 1),
  'Wrong_Name.yaml': least,
  'all.yaml': least,
};

t.test('mistakes in scenarios', async (t) => {
  const directory = writeFiles(t, wrong);
  // How deep the parser gets depends on the size of the stack.
  const say = snapshots(t, { directory, instead: [[/deep\.yaml:1:\d+/g, 'deep.yaml:1:N']] });
  for (const name of Object.keys(wrong)) await say(`list ${name}`);
  await say('list --scenarios .');
});
