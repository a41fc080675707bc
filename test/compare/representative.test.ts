import t from 'tap';
import { representatives } from '../../src/compare/representative.ts';
import type { CaseResult, RunReport } from '../../src/lab/result.ts';
import { report } from '../report/events.ts';
import { hang, panic, three } from './results.ts';

const key = 'aarch64/kexec-to-distro';
const repeats = (boot: CaseResult | null) => boot?.repeat ?? null;

/** Which repeat of each side is shown. */
function shown(baseline: CaseResult[] | null, candidate: CaseResult[] | null) {
  const run = (results: CaseResult[] | null): RunReport | null =>
    results === null ? null : report(results);
  const found = representatives(key, run(baseline), run(candidate));
  return [repeats(found.baseline), repeats(found.candidate)];
}

void t.test('the boot that did what the baseline never does', (t) => {
  t.strictSame(shown(three({}), three({}, {}, hang)), [1, 3]);
  t.strictSame(shown(three({}), three(hang, panic, panic)), [1, 1]);
  t.end();
});

void t.test('the most usual one where nothing is new', (t) => {
  t.strictSame(shown(three(hang, {}, {}), three(hang, {}, {})), [2, 2]);
  t.end();
});

void t.test('nothing where there is nothing', (t) => {
  t.strictSame(shown(null, three(hang, panic, panic)), [null, 2]);
  t.strictSame(shown(three({}), null), [1, null]);
  t.strictSame(shown(three({}), []), [1, null]);
  t.end();
});
