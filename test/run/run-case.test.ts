import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import t from 'tap';
import { UnavailableError } from '../../src/errors.ts';
import type { CaseResult } from '../../src/model/result.ts';
import { runCase } from '../../src/run/run-case.ts';
import type { Case } from '../../src/scenario/scenario.ts';
import type { Step } from '../../src/scenario/step.ts';
import { consoleLimit } from '../../src/session/boot-clock.ts';
import { dumpFile } from '../autopsy/dumps.ts';
import type { Play } from '../qemu/machine-fixtures.ts';
import { temporaryDirectory } from '../qemu/machine-fixtures.ts';
import { caseOf, fakeLab, goodBoot, goodBootUntil } from './cases.ts';

async function run(
  t: Test,
  play: Play,
  case_: Case = caseOf(),
  signal = new AbortController().signal,
): Promise<CaseResult & { path: string }> {
  const path = join(temporaryDirectory(t), 'case');
  const place = { directory: path, relative: 'aarch64/case' };
  return { ...(await runCase(case_, fakeLab(t, play), place, [], signal)), path };
}

// Most of a test is waiting for a silence to prove something, so they wait together.
t.jobs = 4;
const beside = { buffered: true };

t.test('a boot that proves itself passes, and leaves its records', beside, async (t) => {
  const result = await run(t, { text: goodBoot, chunk: 7 });
  t.match(result, { verdict: 'pass', outcome: 'booted', generation: 2, release: '6.12.0-new' });
  t.same(
    result.stages.map(({ generation, name }) => `${generation} ${name}`),
    ['0 firmware', '1 kernel', '1 initramfs', '1 kexec', '2 kernel', '2 initramfs', '2 userspace'],
  );
  t.equal(readFileSync(join(result.path, 'console.raw'), 'utf8'), goodBoot);
  const log = readFileSync(join(result.path, 'console.log'), 'utf8').split('\n');
  t.match(
    log[9],
    /^ +\d+\.\d{3} kexec-lab: release=6\.12\.0-new$/,
    'line 10, as in the raw console',
  );
  t.match(readFileSync(join(result.path, 'qemu.sh'), 'utf8'), '-serial mon:stdio');
});

t.test('another release than the one under test is the wrong kernel', beside, async (t) => {
  const result = await run(t, { text: goodBoot.replaceAll('6.12.0-new', '6.11.0-other') });
  t.match(result, { verdict: 'fail', outcome: 'wrong-kernel' });
});

t.test(
  'silence after "Bye!" with the CPU on one spot is a hang, and says both',
  beside,
  async (t) => {
    const text = goodBootUntil('Bye!');
    const expect = { outcome: 'bye-hang', generation: 1 } as const;
    const result = await run(t, { text, pcs: ['40210004'] }, caseOf({ expect }));
    t.match(result, { verdict: 'pass', outcome: 'bye-hang', stage: 'kexec' });
    const signatures = result.evidence.map((item) => item.signature);
    t.ok(signatures.includes('cpu-samples'), signatures.join());
    t.ok(signatures.includes('silence'), signatures.join());
  },
);

t.test(
  'why a machine is silent is read out of its memory, which does not stay',
  beside,
  async (t) => {
    const memory = dumpFile(t, 'arm-arm-device-tree-overwritten');
    const text = goodBootUntil('Bye!');
    const expect = { outcome: 'bye-hang', generation: 1 } as const;
    const told = await run(t, { text, memory, pcs: ['40210004'] }, caseOf({ expect }));
    t.match(told, {
      verdict: 'pass',
      outcome: 'bye-hang',
      autopsy: { reason: 'device-tree-lost' },
    });
    t.match(told.cure, '--image-size=67108864');
    t.match(told.meaning, /\(6\.1\.0-50-armmp-lpae\)/);
    t.ok(
      told.evidence.some(
        ({ signature, text }) => signature === 'guest-memory' && /Oops/.test(text),
      ),
    );
    const log = readFileSync(join(told.path, 'memory.log'), 'utf8');
    t.match(log, /^\[ {4}0\.000000\] Booting Linux on physical CPU 0x0\n/);
    t.notOk(existsSync(join(told.path, 'memory.elf')));

    const untold = await run(t, { text, pcs: ['40210004'] }, caseOf({ expect }));
    t.match(untold, {
      verdict: 'pass',
      outcome: 'bye-hang',
      autopsy: { reason: 'unreadable', sentence: /dump-guest-memory/ },
    });
    t.ok(untold.meaning.endsWith(untold.autopsy?.sentence ?? 'none'), untold.meaning);
    t.match(readFileSync(join(untold.path, 'steps.log'), 'utf8'), /dump-guest-memory/);
  },
);

t.test('a memory that is refused changes no verdict, and is said', beside, async (t) => {
  const memory = join(temporaryDirectory(t), 'memory.elf');
  const header = Buffer.alloc(64);
  header.write('\x7fELF\x02\x01', 'latin1');
  header.writeUInt16LE(4, 16);
  header.writeUInt16LE(0xffff, 56); // Entries without a size.
  writeFileSync(memory, header);
  const text = goodBootUntil('Bye!');
  const expect = { outcome: 'bye-hang', generation: 1 } as const;
  const result = await run(t, { text, memory, pcs: ['40210004'] }, caseOf({ expect }));
  t.match(result, {
    verdict: 'pass',
    outcome: 'bye-hang',
    autopsy: {
      reason: 'unreadable',
      sentence: /\bheader\b.*\bELF\b/,
    },
  });
});

t.test('silence after "Bye!" of a CPU at work is no hang', beside, async (t) => {
  const text = goodBootUntil('Bye!');
  const pcs = Array.from({ length: 97 }, (_, index) => (0x40210000 + index * 4096).toString(16));
  const limits = { silence: 4, total: 300 };
  const result = await run(t, { text, pcs }, caseOf({ expect: { outcome: 'bye-hang' }, limits }));
  t.match(result, { verdict: 'fail', outcome: 'unknown' });
});

t.test('a QEMU that crashes is no statement about the kernel', beside, async (t) => {
  // Also where the console has shown all that a pass takes, or that a failure takes.
  for (const until of ['Run /init', 'Bye!', 'Linux version 6.12']) {
    const result = await run(t, { text: goodBootUntil(until), then: 'crash' });
    t.match(result, { verdict: 'unavailable', outcome: null }, until);
    t.match(result.reasons[0], /\bSIGSEGV\b/);
  }
  const gaveUp = await run(t, { text: goodBootUntil('Run /init'), then: 'exit' });
  t.match(gaveUp, { verdict: 'unavailable' });
  t.match(gaveUp.reasons[0], '(exit code 1, host-error)');
});

t.test('a guest that switches itself off has said so itself', beside, async (t) => {
  const result = await run(t, { text: goodBootUntil('Run /init'), then: 'poweroff' });
  t.match(result, { verdict: 'fail', outcome: 'qemu-exited' });
});

t.test(
  'a QEMU that somebody kills is unavailable, also while a step is done',
  beside,
  async (t) => {
    const steps: Step[] = [{ do: 'wait', for: { screen: 'never' } }];
    // QEMU ends in order on SIGTERM.
    const ends = { SIGKILL: /\bSIGKILL\b/, SIGTERM: /\bexit code 0\b/ };
    for (const [signal, end] of Object.entries(ends)) {
      const play = { text: goodBootUntil('Run /init'), then: 'crash', signal };
      const result = await run(t, play, caseOf({ steps }));
      t.match(result, { verdict: 'unavailable', outcome: null }, signal);
      t.match(result.reasons[0], end);
    }
  },
);

t.test('a QEMU that was stopped for a while goes on, and passes', beside, async (t) => {
  // Stopped where silence with the CPU on one spot is a proof: the seconds in which nothing ran must prove nothing.
  const text = goodBootUntil('Bye!');
  const play = { text, stopSeconds: 4, after: goodBoot.slice(text.length), pcs: ['40210004'] };
  const result = await run(t, play);
  t.match(result, { verdict: 'pass', outcome: 'booted' });
  const samples = readFileSync(join(result.path, 'samples.jsonl'), 'utf8');
  t.notMatch(samples, /"silentMs":\d{4,}/, 'the standstill counts as no silence');
});

t.test('a QEMU that does not start is unavailable, with its own words', beside, async (t) => {
  const result = await run(t, { refuse: 'cannot set up guest memory' });
  t.match(result, { verdict: 'unavailable', outcome: null });
  t.match(result.reasons[0], 'cannot set up guest memory');
});

t.test('a QEMU that ignores everything is ended all the same', beside, async (t) => {
  const result = await run(t, { text: goodBoot, stubborn: true });
  t.match(result, { verdict: 'pass' });
});

t.test('100 MiB of noise end the case, in bounded memory', beside, async (t) => {
  const result = await run(t, { noise: 100 });
  t.match(result, { verdict: 'fail', outcome: 'unknown' });
  t.match(JSON.stringify(result.evidence), 'MiB');
  const { length } = readFileSync(join(result.path, 'console.raw'));
  t.ok(length > consoleLimit && length < consoleLimit * 1.5, `${length} bytes kept`);
  t.ok(process.memoryUsage().rss < 512 * 2 ** 20, `${process.memoryUsage().rss} bytes in memory`);
});

t.test('an interrupt ends the case, and only that is said of it', beside, async (t) => {
  const controller = new AbortController();
  const running = run(
    t,
    { text: goodBootUntil('Bye!'), pcs: ['1', '90001', '770000'] },
    caseOf(),
    controller.signal,
  );
  setTimeout(() => {
    controller.abort('SIGINT');
  }, 700);
  t.match(await running, { verdict: 'interrupted', outcome: null });
});

t.test('trouble with the images is the lab’s, not the kernel’s', beside, async (t) => {
  const lab = {
    ...fakeLab(t, {}),
    images: () => Promise.reject(new UnavailableError('the mirror does not answer')),
  };
  const place = { directory: join(temporaryDirectory(t), 'case'), relative: 'case' };
  const result = await runCase(caseOf(), lab, place, [], new AbortController().signal);
  t.match(result, { verdict: 'unavailable', reasons: ['the mirror does not answer'] });
});
