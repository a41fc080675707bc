import { join } from 'node:path';
import t from 'tap';
import { describeStep } from '../../src/scenario/step.ts';
import { loadScenario } from '../../src/scenario/load.ts';
import { catalogue, least, refusedAt, writeFiles } from './files.ts';

t.test('steps as their author writes them', (t) => {
  const directory = writeFiles(t, {
    'steps.yaml': `${least}
boot: { machine: vps-64, on-reset: reboot }
steps:
  - wait: login-prompt
  - wait: { signature: login-prompt, generation: 2 }
  - wait: { screen: Boot Manager }
  - wait: { reported: booted }
  - type: "root\\n"
  - key: ctrl-c
  - run: kexec -e
    exit: gone
  - ssh: |
      tee -a kexec.sh
      true
    stdin: "#!/bin/sh"
  - tags: { KEXEC_APPEND: root=/dev/vda1 }
  - reset: true
  - fault: nbd-dies
per-arch:
  arm:
    boot: { machine: scaleway-c1 }
    steps: []
`,
  });
  const { perArch } = loadScenario(join(directory, 'steps.yaml'), catalogue);
  t.strictSame(perArch.arm?.steps, [], 'one architecture has its own');
  const steps = perArch.aarch64?.steps ?? [];
  t.match(steps[6], { do: 'run', command: 'kexec -e', exit: 'gone' });
  t.match(steps[7], { do: 'ssh', stdin: '#!/bin/sh', exit: 0 });
  t.match(steps[0]?.place, /steps\.yaml:8$/);
  t.match(steps[8]?.place, /steps\.yaml:20$/);
  t.match(steps.map(describeStep), [
    /\blogin-prompt$/,
    /\blogin-prompt\b.*\b2$/,
    / Boot Manager$/,
    / booted$/,
    / "root\\n"$/,
    / ctrl-c$/,
    / kexec -e$/,
    / tee -a kexec\.sh$/,
    / KEXEC_APPEND$/,
    /./,
    /\bnbd-dies$/,
  ]);
  t.matchSnapshot(steps.map(describeStep).join('\n'), 'one per line');
  t.end();
});

t.test('every mistake in a step is named at its place', (t) => {
  const directory = writeFiles(t, {
    'bad.yaml': `${least}
steps:
  - wait: login-promt
  - { wait: login-prompt, type: x }
  - { type: x, exit: 3 }
  - { run: x, stdin: y }
  - key: escpae
  - wait: { screen: x, generation: 2 }
  - {}
  - reset: false
`,
  });
  const place = (line: number, column: number, named: string): string =>
    `bad.yaml:${line}:${column} ${named}`;
  t.strictSame(
    refusedAt(directory, () => loadScenario(join(directory, 'bad.yaml'), catalogue)),
    [
      place(7, 11, 'steps.0.wait login-promt login-prompt'),
      place(8, 5, 'steps.1'),
      place(9, 5, 'steps.2'),
      place(10, 5, 'steps.3'),
      place(11, 10, 'steps.4.key escpae escape'),
      place(12, 5, 'steps.5'),
      place(13, 5, 'steps.6'),
      place(14, 12, 'steps.7.reset'),
    ],
  );
  t.end();
});

t.test('what a machine lacks is said before it is started', (t) => {
  const directory = writeFiles(t, {
    'dry.yaml': `${least}
boot: { storage: nbd }
steps:
  - ssh: 'true'
  - reset: true
`,
  });
  t.match(
    refusedAt(directory, () => loadScenario(join(directory, 'dry.yaml'), catalogue)),
    [
      'dry.yaml:6:18 boot.storage aarch64',
      'dry.yaml:6:18 boot.storage arm',
      / steps aarch64$/,
      / steps$/,
      / steps arm$/,
    ],
  );
  t.end();
});
