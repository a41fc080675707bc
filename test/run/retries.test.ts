import { readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import t from 'tap';
import { UnavailableError } from '../../src/errors.ts';
import type { UntimedEvent } from '../../src/run/run-case.ts';
import { withVerboseKernel, secondOpinion, runWithRetries } from '../../src/run/retries.ts';
import { runCase } from '../../src/run/run-case.ts';
import { temporaryDirectory } from '../qemu/machine-fixtures.ts';
import { caseOf, fakeLab, goodBootUntil, goodBoot } from './cases.ts';

/** Runs a case whose images cannot be had the first `failures` times. */
async function run(t: Test, failures: number, retries: number) {
  const working = fakeLab(t, { text: goodBoot });
  let asked = 0;
  const lab: typeof working = {
    ...working,
    images: (request) => {
      asked += 1;
      if (asked > failures) return working.images(request);
      return Promise.reject(new UnavailableError('the mirror does not answer'));
    },
  };
  const told: UntimedEvent[] = [];
  const { signal } = new AbortController();
  const options = { retries, tail: false, signal };
  const tell = (event: UntimedEvent): void => void told.push(event);
  const result = await runWithRetries(caseOf(), lab, temporaryDirectory(t), options, tell);
  return { result, types: told.map(({ type }) => type) };
}

t.test('a pass at the second try is a pass, and flaky', async (t) => {
  const { result, types } = await run(t, 1, 2);
  t.match(result, { verdict: 'pass', flaky: true, directory: 'aarch64/a-scenario.retry1' });
  t.strictSame(
    result.attempts.map(({ verdict }) => verdict),
    ['unavailable', 'pass'],
  );
  t.equal(types.filter((type) => type === 'case-started').length, 2);
  t.equal(types.filter((type) => type === 'case-retried').length, 1);
});

t.test('when the retries are used up, the last result stands', async (t) => {
  const { result } = await run(t, 9, 2);
  t.match(result, { verdict: 'unavailable', flaky: false });
  t.equal(result.attempts.length, 3);
});

t.test('a pass at the first try is not tried again', async (t) => {
  const { result } = await run(t, 0, 2);
  t.match(result, { verdict: 'pass', flaky: false, directory: 'aarch64/a-scenario' });
  t.equal(result.attempts.length, 1);
});

/** Runs a case whose boots fail or not, in turn; the last word holds for all that come behind. */
async function runForRecording(t: Test, becomes: ('fails' | 'passes')[], recordOnFailure: number) {
  const directory = temporaryDirectory(t);
  const labs = {
    fails: fakeLab(t, { text: goodBootUntil('Bye!'), then: 'poweroff' }),
    passes: fakeLab(t, { text: goodBoot }),
  };
  let boots = 0;
  const lab: typeof labs.fails = {
    ...labs.fails,
    images: (request) =>
      labs[becomes[Math.min(boots++, becomes.length - 1)] ?? 'fails'].images(request),
  };
  const { signal } = new AbortController();
  const options = { retries: 0, tail: false, recordOnFailure, signal };
  const result = await runWithRetries(caseOf(), lab, directory, options, () => undefined);
  const recorded = join(directory, 'aarch64/a-scenario/recorded');
  return { result, boots, isThere: (file: string) => existsSync(join(recorded, file)) };
}

t.test('a case that failed is booted again for a recording, until it fails', async (t) => {
  const { result, isThere } = await runForRecording(t, ['fails', 'passes', 'fails'], 3);
  const recorded = { directory: 'aarch64/a-scenario/recorded', outcome: 'qemu-exited', boots: 2 };
  t.match(result, { verdict: 'fail', recording: recorded });
  t.ok(isThere('recording.rr'));
});

t.test('a failure that does not come again leaves no recording, nor does a pass', async (t) => {
  const failed = await runForRecording(t, ['fails', 'passes'], 2);
  t.match(failed.result, { verdict: 'fail', recording: null });
  t.equal(failed.boots, 3, 'it was tried twice');
  t.notOk(failed.isThere('.'));

  const passed = await runForRecording(t, ['passes'], 2);
  t.match(passed.result, { verdict: 'pass', recording: null });
  t.equal(passed.boots, 1);
});

const never = new AbortController().signal;
const tags = { KEXEC_KERNEL: '/vmlinuz', KEXEC_LAB_APPEND: 'loglevel=0' };

t.test('what makes a kernel talk comes before what silences it', (t) => {
  t.match(withVerboseKernel(caseOf({ setup: { tags } })).setup.tags, {
    KEXEC_KERNEL: '/vmlinuz',
    KEXEC_LAB_FLAGS: '-d',
    KEXEC_LAB_APPEND: 'earlycon,keep_bootcon,ignore_loglevel,loglevel=0',
  });
  t.end();
});

t.test('a failure in silence is booted again; anything else is not', async (t) => {
  const directory = temporaryDirectory(t);
  const lab = fakeLab(t, { text: goodBootUntil('Bye!'), pcs: ['40210004'] });
  const place = { directory, relative: 'aarch64/case' };
  const case_ = caseOf({ setup: { tags } });
  const failed = await runCase(case_, lab, place, [], never);
  t.match(failed, { verdict: 'fail', outcome: 'bye-hang' });

  const opinion = await secondOpinion(case_, failed, lab, place, never);
  t.match(opinion, { outcome: 'bye-hang', generation: 1, directory: 'aarch64/case/explained' });
  t.match(readFileSync(join(directory, 'explained/console.log'), 'utf8'), 'Bye!');
  const told = readFileSync(join(directory, 'explained/tags.img'), 'utf8');
  t.match(told, 'KEXEC_LAB_APPEND=earlycon,keep_bootcon,ignore_loglevel,loglevel=0');

  const typed = caseOf({ setup: { tags: {} } });
  t.equal(await secondOpinion(typed, failed, lab, place, never), null, 'not the lab’s kexec');
  for (const other of [
    { ...failed, verdict: 'pass' as const },
    { ...failed, outcome: 'root-mount-failed' as const },
    { ...failed, outcome: 'unknown' as const, stage: 'initramfs' as const },
  ]) {
    t.equal(await secondOpinion(case_, other, lab, place, never), null, other.outcome ?? '');
  }
  const aborted = AbortSignal.abort('SIGINT');
  t.equal(await secondOpinion(case_, failed, lab, place, aborted), null, 'stopped');
});
