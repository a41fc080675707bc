import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import type { Test } from 'tap';
import t from 'tap';
import { goodBootUntil } from '../run/cases.ts';
import { fakeRun } from './fake-run.ts';
import { kexecLabCommand } from './kexec-lab.ts';

/** A guest that is busy for ever: it says nothing, but its CPU is never where it was. */
const busy = {
  text: goodBootUntil('Run /init'),
  pcs: Array.from({ length: 97 }, (_, index) => (0x40210000 + index * 4096).toString(16)),
};

// Every test here starts the program, and a machine may be slow.
t.setTimeout(1_200_000);

/** Starts a run, one case at a time; `speaks` waits until the guest of the first has spoken. */
function startRun(t: Test, play: object, ...words: string[]) {
  const fake = fakeRun(t, { ...busy, ...play });
  const [node = '', ...rest] = kexecLabCommand;
  const run = execa(node, [...rest, ...fake.words('mine.yaml', '--jobs', '1', ...words)], {
    env: fake.env,
    reject: false,
  });
  let shown = '';
  run.stdout.on('data', (text) => (shown += String(text)));
  const speaks = () => until(() => shown.includes('Run /init'));
  return { ...fake, run, speaks };
}

/** Waits for a state that must come; the test's own timeout is the limit. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(20);
}

t.test('a signal ends the case in order, and the report is written', async (t) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const { run, speaks, report, leftovers } = startRun(t, {}, '--tail');
    await speaks();
    run.kill(signal);
    run.kill(signal);
    const { stdout, stderr, exitCode } = await run;
    t.equal(exitCode, 130, signal);
    t.match(stdout, new RegExp(`^.*\\(${signal}\\).*\\bCtrl-C\\b`, 'm'));
    t.match(stdout, /^0 .*\b1 interrupted\b/m);
    t.equal(stderr, '');
    t.match(report(), { exitCode: 130, summary: { total: 1, interrupted: 1 } });
    t.strictSame(leftovers(), []);
  }
});

t.test('cases that have not begun end as interrupted too', async (t) => {
  const { run, speaks, report } = startRun(t, {}, '--tail', 'other.yaml');
  await speaks();
  run.kill('SIGINT');
  const { stderr, exitCode } = await run;
  t.equal(stderr, '');
  t.equal(exitCode, 130);
  t.match(report(), { exitCode: 130, summary: { total: 2, interrupted: 2 } });
});

t.test('the second Ctrl-C ends at once, and QEMU with it', async (t) => {
  const { run, speaks, report, leftovers } = startRun(t, { stubborn: true }, '--tail');
  await speaks();
  // Two within 300 ms count as one, and on a busy host they may come to the program together.
  while (run.exitCode === null) {
    run.kill('SIGINT');
    await Promise.race([run, sleep(400)]);
  }
  t.equal((await run).exitCode, 130);
  t.equal(report(), null, 'it did not wait for a QEMU that ignores everything');
  await until(() => leftovers().length === 0);
});

t.test('a report for machines leaves the notice to standard error', async (t) => {
  const { run, leftovers } = startRun(t, {}, '--reporter', 'json');
  await until(() => leftovers().length > 0);
  run.kill('SIGINT');
  const { stdout, stderr } = await run;
  t.match(stderr, /^.*\bCtrl-C\b.*$/);
  t.match(JSON.parse(stdout), { exitCode: 130 });
});

t.test('a reader that goes away stops the run quietly; its report is written', async (t) => {
  const { run, speaks, report, leftovers } = startRun(t, { noise: 1 }, '--tail');
  await speaks();
  run.stdout.destroy();
  const { stderr, exitCode } = await run;
  t.equal(exitCode, 130);
  t.equal(stderr, '');
  t.match(report(), { exitCode: 130 });
  t.strictSame(leftovers(), []);
});
