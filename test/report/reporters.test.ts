import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { UnavailableError, UsageError } from '../../src/errors.ts';
import type { Reporter } from '../../src/report/reporter.ts';
import { standardOutput } from '../../src/report/reporter.ts';
import { wantsColor } from '../../src/report/style.ts';
import type { Guarded } from '../../src/report/reporters.ts';
import { guardReporters, createReporter } from '../../src/report/reporters.ts';
import {
  result,
  wholeRun,
  hostileTexts,
  options,
  recordedOutput,
  report,
  wrongRoot,
} from './events.ts';
const events = wholeRun([result('kexec', 'arm')]);

async function write(requests: string[], interactive = false): Promise<string> {
  const output = recordedOutput({ interactive });
  const reporter = createReporter(requests, options, () => output);
  for (const event of events) reporter.onEvent(event);
  await reporter.close();
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
  const output = recordedOutput();
  const reporter = createReporter([`json=${file}`], options, () => output);
  const hostile = {
    ...wrongRoot('x', 'arm'),
    evidence: hostileTexts.map((text) => ({ line: 1, text, signature: 'x' })),
  };
  for (const event of wholeRun([hostile])) reporter.onEvent(event);
  await reporter.close();
  t.match(output.text(), '0 passed', 'the run still shows itself');
  t.strictSame(JSON.parse(readFileSync(file, 'utf8')), report([hostile]));
});

t.test('requests that make no sense are refused before anything runs', (t) => {
  const refuse = (requests: string[], message: RegExp, place?: string) =>
    t.throws(() => createReporter(requests, options, recordedOutput), {
      constructor: UsageError,
      message,
      ...(place !== undefined && { place }),
    });
  refuse(['jsno'], /"jsno".* "json"/);
  refuse(['xml'], /"xml".* list, plain, tap, json, junit, html, github\b/);
  refuse(['constructor'], /"constructor"/);
  refuse(['json='], /json=/);
  refuse(['list', 'tap'], /\blist\b.*\btap\b/);
  const file = `${t.testdir()}/x`;
  refuse([`json=${file}`, 'list', `tap=${file}`], /./, file);
  const none = `${t.testdir()}/none/x.json`;
  refuse([`json=${none}`], /./, none);
  t.end();
});

t.test('a reporter that fails harms neither the run nor the others', async (t) => {
  const output = recordedOutput();
  const reporter = createReporter(['json=/dev/full', 'plain'], options, () => output);
  for (const event of events) reporter.onEvent(event);
  t.match(output.text(), '1 passed');
  await reporter.close();
  t.match(reporter.trouble(), {
    message: /^report json=\/dev\/full\b.*: \/dev\/full: /,
    exitCode: 5,
  });
  t.matchSnapshot(reporter.trouble()?.message, 'a full disk');
});

t.test('what standard output can do', (t) => {
  const stream = (isTTY: boolean | undefined, columns?: number) =>
    ({ isTTY, columns, write: () => true }) as unknown as NodeJS.WriteStream;
  t.match(standardOutput(stream(true, 120), {}), { interactive: true, color: true, columns: 120 });
  t.match(standardOutput(stream(true, 0), { TERM: 'dumb' }), { interactive: false, columns: 80 });
  t.match(standardOutput(stream(undefined), {}), {
    interactive: false,
    color: false,
    columns: Infinity,
  });
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

/** A reporter that counts its calls. */
function counting(): {
  reporter: Reporter;
  calls: { events: number; errors: number; closed: number };
} {
  const calls = { events: 0, errors: 0, closed: 0 };
  return {
    calls,
    reporter: {
      onEvent: () => void (calls.events += 1),
      onError: () => void (calls.errors += 1),
      close: () => void (calls.closed += 1),
    },
  };
}

const throws = (error: unknown) => () => {
  throw error;
};

function guarded(name: string, reporter: Reporter, onOutput = false): Guarded {
  return { name, reporter, onOutput };
}

t.test('whatever a reporter throws, wherever, the others go on', async (t) => {
  const broken: Record<string, Reporter> = {
    event: { onEvent: throws(new TypeError('a bug')) },
    error: { onEvent: () => undefined, onError: throws(new UnavailableError('no more')) },
    close: { onEvent: () => undefined, close: throws(new Error('at the end')) },
    rejects: { onEvent: () => undefined, close: () => Promise.reject(new Error('late')) },
    // Not even an Error.
    odd: { onEvent: throws('text') },
  };
  for (const [name, reporter] of Object.entries(broken)) {
    const [before, after] = [counting(), counting()];
    const guard = guardReporters([
      guarded('before', before.reporter),
      guarded(name, reporter),
      guarded('after', after.reporter),
    ]);
    for (const event of events) guard.onEvent(event);
    guard.onError(new Error('the run cannot go on'));
    await guard.close();
    const all = { events: events.length, errors: 1, closed: 1 };
    t.strictSame([before.calls, after.calls], [all, all], name);
    t.match(guard.trouble(), { message: new RegExp(`^report ${name}\\b`), exitCode: 5 });
  }
});

t.test('a bug comes with its stack, trouble with what to do', async (t) => {
  const full = Object.assign(new Error('ENOSPC: no space'), {
    ...{ code: 'ENOSPC', syscall: 'write', path: '/x' },
  });
  const guard = guardReporters([
    guarded('junit', { onEvent: throws(new TypeError('a bug')) }),
    guarded('json', { onEvent: throws(full) }),
  ]);
  for (const event of events) guard.onEvent(event);
  await guard.close();
  const lines = guard.trouble()?.message.split('\n') ?? [];
  t.match(lines[0], /\bjunit\b/);
  t.match(lines[1], 'TypeError: a bug');
  t.match(lines[2], /^ {4}at /);
  t.match(lines.at(-2), /\bjson\b.*: \/x: /);
  t.match(lines.at(-1), /^ {2}\S/);
  t.matchSnapshot([lines[0], ...lines.slice(-2)].join('\n'), 'a bug, and a full disk');
});

t.test('standard output fails late, and only who writes there is left out', async (t) => {
  const [there, elsewhere] = [counting(), counting()];
  const all = [guarded('tap', there.reporter, true), guarded('json', elsewhere.reporter)];
  const guard = guardReporters(all);
  const [first, ...rest] = events;
  if (first !== undefined) guard.onEvent(first);
  guard.outputFailed(Object.assign(new Error('ENOSPC: no'), { code: 'ENOSPC', syscall: 'write' }));
  for (const event of rest) guard.onEvent(event);
  await guard.close();
  t.equal(there.calls.events, 1);
  t.equal(there.calls.closed, 1, 'a live display still gives the terminal back');
  t.equal(elsewhere.calls.events, events.length);
  t.match(guard.trouble(), { message: /^report tap\b/, exitCode: 5 });
  t.matchSnapshot(guard.trouble()?.message, 'a full disk');
});

t.test('a reader that has gone misses nothing', async (t) => {
  const guard = guardReporters([guarded('tap', counting().reporter, true)]);
  guard.outputFailed(null);
  await guard.close();
  t.equal(guard.trouble(), null);
});
