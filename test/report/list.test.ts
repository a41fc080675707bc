import t from 'tap';
import type { LabEvent } from '../../src/model/run.ts';
import { listReporter, redraw } from '../../src/report/list.ts';
import {
  caseFinished,
  caseStarted,
  hostileTexts,
  options,
  recordedOutput,
  reference,
  result,
  runFinished,
  started,
} from './events.ts';
import { terminal } from './terminal.ts';

/** A list on a terminal of the test's own, with a clock that stands still until told. */
function liveList(columns = 60) {
  const screen = terminal(columns);
  const output = { write: screen.write, interactive: true, color: false, ascii: false, columns };
  let now = 0;
  let tick = (): void => undefined;
  let stopped = false;
  const reporter = listReporter(output, options, {
    now: () => now,
    every: (_, action) => {
      tick = action;
      return () => (stopped = true);
    },
  });
  return {
    reporter,
    screen,
    stopped: () => stopped,
    at(milliseconds: number, ...events: LabEvent[]): string[] {
      now = milliseconds;
      for (const event of events) reporter.onEvent(event);
      tick();
      return screen.lines();
    },
  };
}

const stage = (scenario: string, generation: number): LabEvent => ({
  at: 1,
  type: 'case-stage',
  case: reference(scenario, 'arm'),
  generation,
  stage: 'kernel',
});

t.test('running cases at the bottom, finished ones above', (t) => {
  const results = [result('bye', 'arm'), result('kexec', 'arm')];
  const [bye, kexec] = results as [(typeof results)[0], (typeof results)[0]];
  const list = liveList();
  const screens = [
    list.at(0, started(results), caseStarted(bye)),
    list.at(1500, caseStarted(kexec), stage('bye', 1)),
    list.at(4400, caseFinished(bye), stage('kexec', 2)),
  ];
  list.at(5000, caseFinished(kexec), runFinished(results));
  void list.reporter.close?.();
  t.ok(list.stopped(), 'the timer is given back');
  screens.push(list.screen.lines());
  t.matchSnapshot(screens.map((rows) => rows.join('\n')).join('\n---\n'), 'four screens');
  t.end();
});

t.test('images that are being built have rows until a case of theirs starts', (t) => {
  const results = [result('kexec', 'arm')];
  const [kexec] = results as [(typeof results)[0]];
  const list = liveList();
  const progress: LabEvent = {
    at: 1,
    type: 'images-progress',
    progress: { recipe: 'mini-disk', arch: 'arm', step: 'downloading', done: 3, total: 10 },
  };
  t.match(list.at(0, started(results), progress)[1], /arm\/mini-disk: downloading 30 %/);
  t.notMatch(list.at(1, caseStarted(kexec)).join('\n'), 'mini-disk');
  t.end();
});

t.test('nothing is written while nothing changes', (t) => {
  const results = [result('kexec', 'arm')];
  const list = liveList();
  list.at(0, started(results));
  const before = list.screen.written();
  list.at(100);
  list.at(900);
  t.equal(list.screen.written(), before);
  list.at(1000);
  t.ok(list.screen.written() > before, 'a second later the time has changed');
  t.end();
});

t.test('a small terminal: rows are cut, and there are never too many', (t) => {
  const many = Array.from({ length: 30 }, (_, index) => result(`case-${index}`, 'arm'));
  const list = liveList(24);
  const lines = list.at(0, started(many), ...many.map(caseStarted));
  const rows = lines.slice(lines.findIndex((line) => line.startsWith('▸')));
  t.equal(rows.length, 12);
  t.ok(rows.every((row) => row.length < 24));
  t.match(rows.slice(-2), [/\b20\b/, /\b0 .*\b30\b/], 'ten rows are shown');
  t.end();
});

t.test('a terminal made narrower has wrapped the rows: they are all erased', (t) => {
  const rows = ['a'.repeat(50), 'b'.repeat(20)];
  t.equal(redraw(rows, [], [], 60), '\r\x1b[2A\x1b[0J');
  t.equal(redraw(rows, [], [], 20), '\r\x1b[4A\x1b[0J', '50 characters take three rows of 20');
  t.equal(redraw([], ['x'], ['y'], 20), 'x\ny\n');
  t.end();
});

t.test('the guest cannot drive the terminal, nor is the cursor ever hidden', (t) => {
  const results = [result('kexec', 'arm')];
  const output = recordedOutput({ interactive: true });
  const reporter = listReporter(output, options);
  reporter.onEvent(started(results));
  for (const text of hostileTexts) {
    const at = { at: 1, case: reference('kexec', 'arm') };
    reporter.onEvent({ ...at, type: 'case-console', line: 1, text });
  }
  reporter.onEvent(runFinished(results));
  void reporter.close?.();
  t.strictSame(
    [...new Set(output.text().match(/\x1b[^A-Za-z]*[A-Za-z]/g) ?? [])].filter(
      (sequence) => !/^\x1b\[(\d+A|0J)$/.test(sequence),
    ),
    [],
    'only moving up and erasing down',
  );
  t.notMatch(output.text(), /[\x80-\x9f\u202e]/u);
  t.end();
});
