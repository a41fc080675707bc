import t from 'tap';
import { compareSides, decide } from '../../src/compare/classify.ts';
import { serversOf } from '../../src/compare/servers.ts';
import { sidesOf } from '../../src/compare/side.ts';
import type { ComparisonReport } from '../../src/model/comparison.ts';
import type { CaseResult } from '../../src/model/result.ts';
import { comparisonText } from '../../src/report/comparison-text.ts';
import { htmlReporter } from '../../src/report/html.ts';
import { comparisonHtml } from '../../src/report/html/comparison-page.ts';
import { junitReporter } from '../../src/report/junit.ts';
import { comparisonMarkdown, markdownSummary } from '../../src/report/markdown.ts';
import { plainReporter } from '../../src/report/plain.ts';
import type { ReporterOptions } from '../../src/report/reporter.ts';
import { createStyle } from '../../src/report/style.ts';
import {
  compared,
  hostileTexts,
  interrupted,
  options,
  recordedOutput,
  report,
  result,
  wholeRun,
  wrongRoot,
} from './events.ts';

// How a captured server and its machine in the lab differ, in every report that shows it.

const memory = 'memory (alike): 2048 MiB instead of 131072 MiB';
const secureBoot = 'Secure Boot (not here): no signature is checked';
const passed = result('web1', 'aarch64', { server: compared });
const failed: CaseResult = { ...wrongRoot('web1', 'aarch64'), server: compared };
const repeated = [passed, { ...passed, repeat: 2 }, { ...failed, repeat: 3 }];

/** How often a text contains another. */
const times = (text: string, part: string) => text.split(part).length - 1;

function plain(results: CaseResult[], more: Partial<ReporterOptions> = {}, columns = Infinity) {
  const output = recordedOutput({ columns });
  const reporter = plainReporter(output, { ...options, ...more });
  for (const event of wholeRun(results)) reporter.onEvent(event);
  return output.text();
}

t.test('after a verdict: what matters, a line each', (t) => {
  const text = plain([passed]);
  t.match(text, `    differs   ${memory}\n              ${secureBoot}\n`);
  t.notMatch(text, /CPUs|root file system/);
  t.match(plain([failed]), new RegExp(`differs   memory[^]*\\n {4}next `), 'the commands are last');
  const narrow = plain([passed], {}, 40).split('\n');
  t.ok(narrow.every((line) => line.length <= 40));
  t.match(narrow.join('\n'), /\n {4}differs {3}memory .*\n {14}instead of 131072 MiB\n {14}Secure/);
  t.matchSnapshot([text, plain([failed])].join('\n'), 'a pass and a failure');
  t.end();
});

t.test('once for all repeats, not in --quiet, and only where there was an outcome', (t) => {
  t.equal(times(plain(repeated), memory), 1);
  t.equal(times(plain([passed, { ...passed, arch: 'arm' }]), memory), 2);
  t.equal(times(plain(repeated, { quiet: true }), 'differs'), 0);
  t.equal(times(plain(repeated, { differences: false }), 'differs'), 0, 'check shows them itself');
  t.equal(times(plain([{ ...interrupted('web1', 'aarch64'), server: compared }]), 'differs'), 0);
  t.equal(times(plain([result('web1', 'aarch64')]), 'differs'), 0);
  t.end();
});

t.test('JUnit: in the failure, and beside a pass', (t) => {
  const output = recordedOutput();
  const reporter = junitReporter(output);
  for (const event of wholeRun([passed, failed])) reporter.onEvent(event);
  const [pass = '', failure = ''] = output.text().split('</testcase>');
  t.match(pass, `<system-out>differs: ${memory}\ndiffers: ${secureBoot}</system-out>`);
  t.match(failure, new RegExp(`<failure [^]*differs: memory[^]*</failure>`));
  t.end();
});

t.test('the summary of a job: once per server, if there is room', (t) => {
  const text = markdownSummary(report(repeated), options, 2 ** 20);
  t.match(text, `${memory}\n${secureBoot}\n`);
  t.equal(times(text, memory), 1);
  const whole = Buffer.byteLength(text);
  const cut = markdownSummary(report(repeated), options, whole - 1);
  t.ok(Buffer.byteLength(cut) < whole);
  t.match(cut, /root-mount-failed[^]*happened/, 'failures come first');
  t.matchSnapshot(text, 'the summary');
  t.end();
});

t.test('the page of a run', (t) => {
  const output = recordedOutput();
  const reporter = htmlReporter(output, options);
  for (const event of wholeRun([passed])) reporter.onEvent(event);
  t.match(output.text(), new RegExp(`<dt>differs</dt>\\s*<dd>memory[^]*<dd>Secure Boot`));
  t.end();
});

function comparison(results: CaseResult[]): ComparisonReport {
  const comparisons = compareSides(sidesOf(results), sidesOf(results), { differences: [] });
  return {
    schema: 'kexec-lab/comparison@1',
    ...{ baseline: "the server's own kernel", candidate: 'debian:trixie', differences: [] },
    ...{ comparisons, neither: [], caveats: [], servers: serversOf(results) },
    ...decide(comparisons),
  };
}

t.test('check: once per server, before the decision', (t) => {
  const found = comparison([...repeated, result('db1', 'aarch64')]);
  t.strictSame(found.servers, [{ key: 'aarch64/web1', likeness: compared.likeness }]);
  const text = comparisonText(found, createStyle());
  t.match(
    text,
    /aarch64\/web1[^\n]*\n {2}alike +memory +2048 [^\n]*\n {2}not here +Secure Boot [^\n]*\n\n(HOLD|ROLL)\n/,
  );
  t.equal(times(text, '131072'), 1);
  const markdown = comparisonMarkdown(found);
  t.equal(times(markdown, memory), 1);
  t.matchSnapshot([text, markdown].join('\n'), 'text and Markdown');
  const none = comparison([result('db1', 'aarch64')]);
  t.notMatch(comparisonText(none, createStyle()) + comparisonMarkdown(none), 'differs from');
  const run = { directory: t.testdir(), report: report(repeated) };
  t.match(comparisonHtml(found, run, run), /<dt>differs<\/dt>\s*<dd>memory/);
  t.end();
});

t.test('text of a server has no effect', (t) => {
  for (const text of hostileTexts) {
    const likeness = [{ how: 'alike' as const, what: text, detail: text, matters: true }];
    const hostile = { ...passed, server: { likeness } };
    const shown = [
      plain([hostile]),
      comparisonText(comparison([hostile]), createStyle()),
      comparisonMarkdown(comparison([hostile])),
    ];
    for (const each of shown) {
      t.notMatch(each.replaceAll('\n', ''), /\p{Cc}|\u202e|##\[/u);
      t.notMatch(each, /^::/m);
    }
  }
  t.end();
});
