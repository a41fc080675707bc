import t from 'tap';
import { diagnose } from '../recorded-logs.ts';

const kernel = (release: string) => [
  '[    0.000000] Booting Linux on physical CPU 0x0',
  `[    0.000000] Linux version ${release} (a@b) (gcc 12) #1 SMP`,
];
const jump = ['[    4.000000] kexec_core: Starting new kernel', '[    4.100000] Bye!'];
const usual = { cpus: 4, memory: 1000000, interrupts: 'timer,ipi,msi', clock: 'ok', disk: 'ok' };

function line(changes: Partial<Record<keyof typeof usual, string | number>> = {}): string {
  const facts = Object.entries({ ...usual, ...changes });
  return `kexec-lab: machine ${facts.map(([key, value]) => `${key}=${value}`).join(' ')}`;
}

/** The outcome of a kexec whose second kernel says `after` about the machine. */
function outcomeOf(before: string[], ...after: string[]) {
  return outcomeWith('a', before, ...after);
}

/** The same with the words of the second kernel's command line. */
function outcomeWith(cmdline: string, before: string[], ...after: string[]) {
  const first = [
    ...kernel('5.10.0'),
    '[    1.000000] Run /init as init process',
    ...before,
    ...jump,
  ];
  const proof = [
    'kexec-lab: release=6.1.0',
    'kexec-lab: root=/dev/vda1',
    `kexec-lab: cmdline=${cmdline}`,
  ];
  const second = [...kernel('6.1.0'), ...proof, ...after, '', 'server login: '];
  return diagnose([Buffer.from([...first, ...second].join('\n'))]).outcome;
}

t.test('a machine that has all that it had is up', (t) => {
  t.match(outcomeOf([line({ disk: 'unknown' })], line()), { id: 'booted', generation: 2 });
  t.equal(outcomeOf([line()], line({ memory: 910000 })).id, 'booted', 'kernels differ');
  t.equal(outcomeOf([line()], line({ memory: 1200000, cpus: 8 })).id, 'booted');
  t.equal(outcomeOf([line()], line({ disk: 'read-only' })).id, 'booted', 'the machine is meant so');
  t.equal(outcomeOf([line()], line({ interrupts: 'timer,ipi,msi,wired' })).id, 'booted');
  t.end();
});

t.test('each loss makes it degraded, with what is lost', (t) => {
  const losses = [
    [{ cpus: 1 }, /CPUs \(4, now 1\)/],
    [{ memory: 890000 }, /memory \(1000000 KiB, now 890000 KiB\)/],
    [{ interrupts: 'timer,ipi' }, /interrupts \(msi\)/],
    [{ interrupts: '' }, /interrupts \(timer\); interrupts \(ipi\); interrupts \(msi\)/],
    [{ clock: 'stopped' }, /clock/],
    [{ disk: 'failed' }, /disk/],
  ] as const;
  for (const [changes, words] of losses) {
    const outcome = outcomeOf([line()], line(changes));
    t.match(outcome, { id: 'degraded', generation: 2, meaning: words });
    t.match(outcome.evidence[0], { text: line(changes), signature: 'proof-machine' });
    t.equal(outcome.captures['release'], '6.1.0');
  }
  t.end();
});

t.test('without both lines nothing is known', (t) => {
  t.equal(outcomeOf([], line({ cpus: 1 })).id, 'booted');
  t.equal(outcomeOf([line()]).id, 'booted');
  t.end();
});

t.test('a line from before a reset is of no use', (t) => {
  const lines = [
    ...[...kernel('5.10.0'), line(), '[    9.000000] reboot: Restarting system'],
    ...[...kernel('5.10.0'), line({ cpus: 1 }), 'server login: '],
  ];
  t.equal(diagnose([Buffer.from(lines.join('\n'))]).outcome.id, 'booted');
  t.end();
});

t.test('a loss that the command line asks for is named with the word that asks for it', (t) => {
  const asked = [
    [{ cpus: 1, interrupts: 'timer,msi' }, 'maxcpus=1'],
    [{ cpus: 2 }, 'nr_cpus=2'],
    [{ cpus: 1 }, 'nosmp'],
    [{ memory: 500000 }, 'mem=512M'],
    [{ interrupts: 'timer,ipi,wired' }, 'pci=noaer,nomsi'],
    [{ interrupts: 'timer,ipi,wired' }, 'irqchip.gicv3_nolpi=1'],
  ] as const;
  for (const [changes, word] of asked) {
    const { id, meaning, cure } = outcomeWith(`quiet ${word} ro`, [line()], line(changes));
    t.equal(id, 'degraded');
    t.ok(meaning.includes(word), meaning);
    t.ok(cure.includes(word), cure);
    t.notOk(cure.includes('psci'), 'nothing else is to be looked for');
    const other = outcomeWith(`${word} quiet`, [line()], line({ ...changes, clock: 'stopped' }));
    t.ok(other.cure.includes('psci'), other.cure);
  }
  const { cure } = outcomeWith(
    'root=/dev/vda1 pci=noaer',
    [line()],
    line({ interrupts: 'timer,ipi' }),
  );
  t.notOk(cure.includes('pci=noaer'), cure);
  t.end();
});
