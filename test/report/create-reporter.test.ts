import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { UsageError } from '../../src/errors.ts';
import { createReporter } from '../../src/report/create-reporter.ts';
import { standardOutput } from '../../src/report/output.ts';
import { wantsColor } from '../../src/report/style.ts';
import {
  hostileTexts,
  options,
  recordedOutput,
  report,
  result,
  wholeRun,
  wrongRoot,
} from './events.ts';

const events = wholeRun([result('kexec', 'arm')]);

async function write(requests: string[], interactive = false): Promise<string> {
  const output = recordedOutput({ interactive });
  const reporter = createReporter(requests, options, () => output);
  for (const event of events) reporter.onEvent(event);
  await reporter.close?.();
  return output.text();
}

t.test('the default is a live list on a terminal and plain lines elsewhere', async (t) => {
  t.notMatch(await write([], true), '… arm/kexec', 'its running cases are in rows');
  t.match(await write([]), '… arm/kexec');
  t.equal(await write([]), await write(['plain']));
  t.equal(await write(['list']), await write(['plain']));
});

t.test('one on standard output, others to files', async (t) => {
  const directory = t.testdir();
  const file = join(directory, 'a=b.json');
  t.match(await write(['tap', `json=${file}`]), /^TAP version 14\n/);
  t.strictSame(JSON.parse(readFileSync(file, 'utf8')), report([result('kexec', 'arm')]));
});

t.test('json is the report, and nothing of a guest is lost in it', async (t) => {
  t.strictSame(JSON.parse(await write(['json'])), report([result('kexec', 'arm')]));
  const file = join(t.testdir(), 'report.json');
  const reporter = createReporter([`json=${file}`], options);
  const hostile = {
    ...wrongRoot('x', 'arm'),
    evidence: hostileTexts.map((text) => ({ line: 1, text, signature: 'x' })),
  };
  for (const event of wholeRun([hostile])) reporter.onEvent(event);
  await reporter.close?.();
  t.strictSame(JSON.parse(readFileSync(file, 'utf8')), report([hostile]));
});

t.test('requests that make no sense are refused before anything runs', (t) => {
  const refuse = (requests: string[], message: RegExp) =>
    t.throws(() => createReporter(requests, options, recordedOutput), {
      constructor: UsageError,
      message,
    });
  refuse(['jsno'], /there is no reporter "jsno"; did you mean "json"\?/);
  refuse(['xml'], /there is: list, plain, tap, json, junit, html, github/);
  refuse(['constructor'], /there is no reporter/);
  refuse(['json='], /needs a file/);
  refuse(['list', 'tap'], /only one reporter .* not list and tap/);
  refuse([`json=${t.testdir()}/none/x.json`], /cannot be written: there is no such file/);
  t.end();
});

t.test('a reporter that fails harms neither the run nor the others', async (t) => {
  const output = recordedOutput();
  const reporter = createReporter(['json=/dev/full', 'plain'], options, () => output);
  for (const event of events) reporter.onEvent(event);
  t.match(output.text(), '1 passed');
  await t.rejects(reporter.close?.() ?? Promise.resolve(), {
    message: /cannot be written: the disk is full/,
    exitCode: 5,
  });
});

t.test('what standard output can do', (t) => {
  const stream = (isTTY: boolean | undefined, columns?: number) =>
    ({ isTTY, columns, write: () => true }) as unknown as NodeJS.WriteStream;
  t.match(standardOutput(stream(true, 120), {}), { interactive: true, color: true, columns: 120 });
  t.match(standardOutput(stream(true, 0), { TERM: 'dumb' }), { interactive: false, columns: 80 });
  t.match(standardOutput(stream(undefined), {}), { interactive: false, color: false, columns: 80 });
  t.end();
});

t.test('NO_COLOR and FORCE_COLOR', (t) => {
  t.equal(wantsColor(true, {}), true);
  t.equal(wantsColor(true, { NO_COLOR: '1' }), false);
  t.equal(wantsColor(true, { NO_COLOR: '' }), true, 'an empty NO_COLOR says nothing');
  t.equal(wantsColor(true, { TERM: 'dumb' }), false);
  t.equal(wantsColor(false, {}), false);
  t.equal(wantsColor(false, { FORCE_COLOR: '1', NO_COLOR: '1' }), true);
  t.equal(wantsColor(true, { FORCE_COLOR: '0' }), false);
  t.end();
});
