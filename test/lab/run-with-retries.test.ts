import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { UnavailableError } from '../../src/errors.ts';
import type { Telling } from '../../src/lab/run.ts';
import { runWithRetries } from '../../src/lab/run-with-retries.ts';
import { temporaryDirectory } from '../qemu/machine-fixtures.ts';
import { caseOf, fakeLab, goodBoot, goodBootUntil } from './cases.ts';

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
  const told: Telling[] = [];
  const { signal } = new AbortController();
  const options = { retries, tail: false, signal };
  const tell = (event: Telling): void => void told.push(event);
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

t.test('a case that failed is booted again for a recording, until it fails', async (t) => {
  const directory = temporaryDirectory(t);
  const { signal } = new AbortController();
  const options = { retries: 0, tail: false, recordOnFailure: 3, signal };
  const failing = fakeLab(t, { text: goodBootUntil('Bye!'), then: 'exit' });
  const passing = fakeLab(t, { text: goodBoot });
  let boots = 0;
  const intermittent: typeof failing = {
    ...failing,
    images: (request) => (boots++ === 1 ? passing : failing).images(request),
  };
  const result = await runWithRetries(caseOf(), intermittent, directory, options, () => undefined);
  const recorded = { directory: 'aarch64/a-scenario/recorded', outcome: 'qemu-exited', boots: 2 };
  t.match(result, { verdict: 'fail', recording: recorded });
  t.ok(existsSync(join(directory, recorded.directory, 'recording.rr')));
});

t.test('a failure that does not come again leaves no recording, nor does a pass', async (t) => {
  const directory = temporaryDirectory(t);
  const { signal } = new AbortController();
  const options = { retries: 0, tail: false, recordOnFailure: 2, signal };
  const failing = fakeLab(t, { text: goodBootUntil('Bye!'), then: 'exit' });
  const passing = fakeLab(t, { text: goodBoot });
  let boots = 0;
  const once: typeof failing = {
    ...failing,
    images: (request) => (boots++ === 0 ? failing : passing).images(request),
  };
  const failed = await runWithRetries(caseOf(), once, directory, options, () => undefined);
  t.match(failed, { verdict: 'fail', recording: null });
  t.equal(boots, 3, 'it was tried twice');
  t.notOk(existsSync(join(directory, 'aarch64/a-scenario/recorded')));

  const passed = await runWithRetries(caseOf(), once, directory, options, () => undefined);
  t.match(passed, { verdict: 'pass', recording: null });
  t.equal(boots, 4);
});
