import t from 'tap';
import type { LabEvent } from '../../src/model/run.ts';
import { plainReporter } from '../../src/report/plain.ts';
import {
  caseFinished,
  hostileTexts,
  interrupted,
  options,
  recordedOutput,
  reference,
  result,
  started,
  unavailable,
  wholeRun,
  wrongRoot,
} from './events.ts';

function show(events: LabEvent[], settings: Parameters<typeof recordedOutput>[0] = {}): string {
  const output = recordedOutput(settings);
  const reporter = plainReporter(output, options);
  for (const event of events) reporter.onEvent(event);
  return output.text();
}

t.test('a run in which one passes, one fails and one cannot be run', (t) => {
  const results = [
    result('kexec', 'aarch64'),
    wrongRoot('whole-disk', 'aarch64'),
    unavailable('kexec', 'arm'),
  ];
  t.matchSnapshot(show(wholeRun(results)), 'the run');
  t.end();
});

t.test('what did not pass is not named again when it is the only one', (t) => {
  const lines = show(wholeRun([wrongRoot('whole-disk', 'arm')])).split('\n');
  t.equal(lines.filter((line) => line.startsWith('✗')).length, 1);
  t.end();
});

t.test('a pass for a failure that was expected shows the failure', (t) => {
  const expected = result('bye', 'arm', { outcome: 'bye-hang', expected: { outcome: 'bye-hang' } });
  t.match(show([started([expected]), caseFinished(expected)]), /\n✓ arm\/bye +bye-hang +4\.4 s\b/);
  t.end();
});

t.test('retries, flaky passes and interrupted runs', (t) => {
  const first = wrongRoot('kexec', 'arm');
  const attempt = { verdict: 'fail', outcome: 'root-mount-failed', wallSeconds: 5 } as const;
  const second = result('kexec', 'arm', { flaky: true, attempts: [attempt, attempt] });
  const stopped = interrupted('bye', 'arm');
  t.matchSnapshot(
    show([
      started([second, stopped], 1),
      { at: 1, type: 'case-retried', case: reference('kexec', 'arm'), attempt: 1, result: first },
      caseFinished(second),
      { at: 2, type: 'interrupted', signal: 'SIGINT' },
      caseFinished(stopped),
    ]),
    'the lines',
  );
  t.end();
});

t.test('each step of an image once, however often it reports', (t) => {
  const progress = (step: string, done?: number): LabEvent => ({
    at: 1,
    type: 'images-progress',
    progress: {
      recipe: 'mini-disk',
      arch: 'arm',
      step,
      ...(done !== undefined && { done, total: 10 }),
    },
  });
  t.equal(
    show([progress('downloading', 1), progress('downloading', 9), progress('filling the disk')]),
    'image arm/mini-disk: downloading\nimage arm/mini-disk: filling the disk\n',
  );
  t.end();
});

t.test('console lines carry their case in front, and no hostile text gets through', (t) => {
  const text = show([
    { at: 1, type: 'case-console', case: reference('kexec', 'arm'), line: 7, text: 'Bye!' },
    ...hostileTexts.map((text): LabEvent => ({
      at: 1,
      type: 'case-console',
      case: reference('kexec', 'arm'),
      line: 8,
      text,
    })),
  ]);
  const lines = text.trimEnd().split('\n');
  t.equal(lines[0], '[arm/kexec] Bye!');
  t.equal(lines.length, hostileTexts.length + 1);
  for (const line of lines) {
    t.match(line, /^\[arm\/kexec\] /);
    t.notMatch(line, /\p{Cc}|\u202e|##\[/u);
  }
  t.end();
});

t.test('hostile texts in every field of a result stay on their lines', (t) => {
  for (const text of hostileTexts) {
    const hostile = wrongRoot('whole-disk', 'arm');
    const lines = show([
      caseFinished({
        ...hostile,
        meaning: text,
        cure: text,
        captures: { device: text },
        evidence: [{ line: 1, text, signature: 'x' }],
      }),
    ]).split('\n');
    t.equal(lines.length, 10);
    t.notMatch(lines.join(''), /\p{Cc}|\u202e|##\[/u);
  }
  t.end();
});

t.test('colour only where it is wanted', (t) => {
  const events = wholeRun([result('kexec', 'arm')]);
  t.notMatch(show(events), '\x1b');
  t.match(show(events, { color: true }), '\x1b[32m✓\x1b[39m arm/kexec');
  t.end();
});
