import t from 'tap';
import type { FinalResults } from 'tap-parser';
import { Parser } from 'tap-parser';
import { UnavailableError } from '../../src/errors.ts';
import type { CaseResult } from '../../src/model/result.ts';
import type { LabEvent } from '../../src/model/run.ts';
import { tapReporter } from '../../src/report/tap.ts';
import {
  caseFinished,
  hostileTexts,
  interrupted,
  recordedOutput,
  reference,
  result,
  started,
  unavailable,
  wholeRun,
  wrongRoot,
} from './events.ts';

function write(events: LabEvent[], error?: Error): string {
  const output = recordedOutput();
  const reporter = tapReporter(output);
  for (const event of events) reporter.onEvent(event);
  if (error !== undefined) reporter.onError?.(error);
  return output.text();
}

/** What a strict TAP consumer makes of it. In strict mode, anything that is not TAP is a failure. */
async function parse(text: string): Promise<FinalResults> {
  return new Promise((resolve) => {
    const parser = new Parser({ strict: true }, resolve);
    parser.end(text);
  });
}

t.test('one test point per case, with diagnostics below what did not pass', (t) => {
  const text = write(wholeRun([result('kexec', 'aarch64'), wrongRoot('whole-disk', 'arm')]));
  t.match(
    text,
    /^TAP version 14\n1\.\.2\nok 1 - aarch64\/kexec: booted\nnot ok 2 - arm\/whole-disk/,
  );
  t.matchSnapshot(text, 'the document');
  t.end();
});

t.test('the number of a repeat is no directive', (t) => {
  const event = caseFinished(result('kexec', 'arm'));
  const repeated = { ...event, case: { ...reference('kexec', 'arm'), id: 'arm/kexec#2' } };
  t.equal(write([repeated as LabEvent]), 'ok 1 - arm/kexec\\#2: booted\n');
  t.end();
});

t.test('a strict consumer counts what happened', async (t) => {
  const results = [
    result('a', 'arm'),
    wrongRoot('b', 'arm'),
    unavailable('c', 'arm'),
    interrupted('d', 'arm'),
  ];
  const seen = await parse(write(wholeRun(results)));
  t.match(seen, { ok: false, count: 4, pass: 1, fail: 3, skip: 0, todo: 0, bailout: false });
  t.match(await parse(write(wholeRun([result('a', 'arm')]))), { ok: true, count: 1, pass: 1 });
});

t.test('a run that ends early misses test points', async (t) => {
  const results = [result('a', 'arm'), result('b', 'arm')];
  const seen = await parse(write([started(results), ...wholeRun(results).slice(1, 3)]));
  t.match(seen, { ok: false, count: 1 });
});

t.test('no text of a guest breaks the document', async (t) => {
  const hostile: CaseResult[] = hostileTexts.map((text, index) => ({
    ...wrongRoot(`case-${index}`, 'arm'),
    reasons: [text],
    meaning: text,
    cure: text,
    captures: { device: text },
    evidence: [{ line: 1, text, signature: 'x' }],
  }));
  const seen = await parse(write(wholeRun(hostile)));
  t.match(seen, { count: hostile.length, fail: hostile.length, bailout: false });
  t.equal(seen.failures.length, hostile.length, 'every line is TAP, or there were more');
  for (const failure of seen.failures) {
    t.match(failure, { tapError: null, diag: { verdict: 'fail' } });
  }
});

t.test('trouble before the first case is a bail-out', async (t) => {
  const error = new UnavailableError('the disk\nis full # really');
  t.equal(write([], error), 'TAP version 14\nBail out! the disk; is full # really\n');
  t.match((await parse(write([], error))).bailout, 'the disk; is full');
});
