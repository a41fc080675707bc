import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { mergeRuns } from '../../src/merge/merge-runs.ts';
import { readRun, recordIn, findRuns } from '../../src/merge/read-run.ts';
import type { CaseResult } from '../../src/model/result.ts';
import type { RunReport } from '../../src/model/run.ts';
import { result, wholeRun, wrongRoot } from '../report/events.ts';
import { refusal } from '../scenario/files.ts';

/** The record of a run with these results, which is one shard of `all`. */
function record(directory: string, results: CaseResult[], shard?: [number, number, CaseResult[]]) {
  const [start, ...others] = wholeRun(results);
  const [, , all = []] = shard ?? [];
  const cases = all.flatMap((each) => {
    const [first] = wholeRun([each]);
    return first?.type === 'run-started' ? first.cases : [];
  });
  const part = shard && { shard: { index: shard[0], count: shard[1], all: cases } };
  const end = others.at(-1);
  const environment = end?.type === 'run-finished' ? end.report.environment : null;
  const events = [
    { ...start, ...part },
    ...others.slice(0, -1),
    { at: 3, type: 'environment', environment },
    end,
  ];
  mkdirSync(directory, { recursive: true });
  writeFileSync(recordIn(directory), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
}

const merge = (directories: string[]): RunReport => {
  const [first, ...others] = findRuns(directories).map((path) => readRun(recordIn(path)));
  if (first === undefined) throw new Error('there is no run');
  return mergeRuns([first, ...others], { id: 'merged', directory: '/merged' }).report;
};

const a = result('a', 'arm');
const b = wrongRoot('b', 'aarch64');
const c = result('c', 'aarch64');

t.test('shards of two runs, in whatever order, are one run in the usual order', (t) => {
  const directory = t.testdir();
  record(join(directory, 'x/one'), [c], [2, 2, [b, c]]);
  record(join(directory, 'x/two'), [b], [1, 2, [b, c]]);
  record(join(directory, 'y'), [a]);
  const report = merge([join(directory, 'y'), directory]);
  t.strictSame(
    report.results.map(({ scenario }) => scenario),
    ['a', 'b', 'c'],
  );
  t.match(report, { exitCode: 1, summary: { total: 3, pass: 2, fail: 1, wallSeconds: 74 } });
  t.end();
});

t.test('`latest` beside a run is the same run, also as a copy', (t) => {
  const directory = t.testdir();
  record(join(directory, 'r1'), [a]);
  cpSync(join(directory, 'r1'), join(directory, 'latest'), { recursive: true });
  t.equal(merge([directory]).summary.total, 1);
  t.end();
});

t.test('what is missing, there twice or mixed up is named with its place', (t) => {
  const directory = t.testdir();
  const [one, two] = [join(directory, 'one'), join(directory, 'two')];
  record(one, [b], [1, 2, [b, c]]);
  record(two, [b], [1, 2, [b, c]]);
  const all: string[] = [];
  const say = (...paths: string[]) => {
    const [first = ''] = refusal(directory, () => merge(paths));
    all.push(first);
    return first;
  };
  t.match(say(one), /^one\/events\.jsonl: .*\b1 .*\b2\b.* aarch64\/c\b/);
  t.match(say(one, two), /^two\/events\.jsonl: aarch64\/b .*\bone\/events\.jsonl\b/);
  const other = readFileSync(recordIn(one), 'utf8').replaceAll('aarch64/b', 'aarch64/c');
  writeFileSync(
    recordIn(two),
    other
      .replaceAll('"scenario":"b"', '"scenario":"c"')
      .replace('"kexecLab":"0.1.0"', '"kexecLab":"9"'),
  );
  t.match(say(one, two), /^two\/events\.jsonl: .*\b9\b.*\b0\.1\.0\b/);
  t.match(say(join(directory, 'none')), /^none: /);
  mkdirSync(join(directory, 'empty'));
  t.match(say(join(directory, 'empty')), /^empty: /);
  t.matchSnapshot(all.join('\n'), 'messages');
  t.end();
});

t.test('a damaged record is refused at its line', (t) => {
  const directory = t.testdir();
  record(join(directory, 'r'), [b, c]);
  const whole = readFileSync(recordIn(join(directory, 'r')), 'utf8');
  const lines = whole.trimEnd().split('\n');
  const all: string[] = [];
  const say = (text: string) => {
    writeFileSync(recordIn(join(directory, 'r')), text);
    const [first = ''] = refusal(directory, () => merge([join(directory, 'r')]));
    all.push(first);
    return first;
  };
  t.match(say(''), /^r\/events\.jsonl:1: /);
  const cut = lines.map((line, index) => (index === 2 ? line.slice(0, -40) : line));
  t.match(say(`${cut.join('\n')}\n`), /^r\/events\.jsonl:3: /);
  t.match(
    say(whole.replace('"verdict":"fail"', '"verdict":"fine"')),
    /^r\/events\.jsonl:3: result\.verdict: /,
  );
  t.match(
    say(whole.replaceAll('"directory":"aarch64/b"', '"directory":"../../etc"')),
    /^r\/events\.jsonl:2: directory: /,
  );
  const twice = [...lines.slice(0, 3), ...lines.slice(2), ''].join('\n');
  t.match(say(twice), /^r\/events\.jsonl:4: aarch64\/b /);
  const without = [...lines.slice(0, 2), ...lines.slice(3), ''].join('\n');
  t.match(say(without), new RegExp(`^r/events\\.jsonl:${lines.length - 1}: aarch64/b `));
  t.matchSnapshot(all.join('\n'), 'messages');
  t.end();
});

t.test(
  'a run that was killed or still goes on: what there is, and that it is not finished',
  (t) => {
    const directory = t.testdir();
    const file = recordIn(join(directory, 'r'));
    record(join(directory, 'r'), [a, c]);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    const untilOf = (id: string, type: string) =>
      lines.findIndex((line) => line.includes(`"${type}"`) && line.includes(`"id":"${id}"`)) + 1;

    // In the middle of a line, in the middle of the second case.
    const begun = lines.slice(0, untilOf('aarch64/c', 'case-started')).join('\n');
    writeFileSync(file, `${begun}\n{"at":5,"type":"case-st`);
    t.equal(readRun(file).unfinished, 1);
    const report = merge([directory]);
    t.match(report, { exitCode: 130, summary: { total: 2, pass: 1, interrupted: 1 } });
    const [, second] = [...report.results].sort((x, y) => (x.arch > y.arch ? -1 : 1));
    t.match(second, {
      scenario: 'c',
      verdict: 'interrupted',
      generation: 0,
      stage: null,
    });

    t.matchSnapshot(second?.reasons.join('\n'), 'the reason');

    // With all results there, but not the end.
    writeFileSync(file, `${lines.slice(0, -2).join('\n')}\n`);
    t.equal(readRun(file).unfinished, 0);
    t.match(merge([directory]), { exitCode: 0, summary: { total: 2, pass: 2 } });
    t.end();
  },
);
