import t from 'tap';
import { caveatsOf, compareSides, decide, neitherOf } from '../../src/compare/classify.ts';
import { sidesOf } from '../../src/compare/side.ts';
import type { ComparisonReport } from '../../src/model/comparison.ts';
import type { CaseResult } from '../../src/model/result.ts';
import { comparisonText } from '../../src/report/comparison-text.ts';
import { comparisonHtml } from '../../src/report/html/comparison-page.ts';
import { comparisonMarkdown } from '../../src/report/markdown.ts';
import { createStyle } from '../../src/report/style.ts';
import { hang, panic, three, took, variant } from '../compare/results.ts';

function reportOf(
  before: CaseResult[],
  after: CaseResult[],
  differences: string[] = [],
): ComparisonReport {
  const comparisons = compareSides(sidesOf(before), sidesOf(after), { differences });
  return {
    schema: 'kexec-lab/comparison@1',
    baseline: 'debian:bookworm',
    candidate: 'debian:trixie',
    differences,
    comparisons,
    neither: neitherOf(comparisons),
    caveats: caveatsOf(comparisons),
    servers: [],
    ...decide(comparisons),
  };
}

const elsewhere = (result: CaseResult): CaseResult => ({ ...result, arch: 'arm' });

const text = (report: ComparisonReport): string => comparisonText(report, createStyle());

t.test('as lines: both kernels, a row per case, costs, and the decision last', (t) => {
  const before = three(took(1.7), took(1.7), took(1.7));
  const costlier = text(reportOf(before, three(took(1.9), took(1.9), took(1.9))));
  t.match(
    costlier,
    /1\.700 s .*1\.900 s .*\n[^]*\nROLL\n {2}3 boots without a failure leave open .* 63 % /,
  );
  const alike = text(reportOf(before, before));
  t.match(alike, /1\.700 s .*1\.700 s /);
  const held = text(reportOf(before, three(hang)));
  t.match(held, /\nHOLD\n {2}aarch64\/kexec-to-distro regressed: .*bye-hang/);
  const apart = text(reportOf(before, before, ['QEMU for arm: 7.2.22 and 10.0.2']));
  t.match(apart, 'QEMU for arm: 7.2.22 and 10.0.2');
  t.notMatch(apart, '1.700 s', 'no costs');
  t.matchSnapshot([costlier, alike, held, apart].join('\n'), 'costlier, alike, held, apart');
  t.end();
});

t.test('what comes up with neither kernel is named before the reasons', (t) => {
  const dead = three({ ...hang, ...variant });
  const both = [...three({}), ...dead];
  const report = reportOf(both, both);
  t.equal(report.decision, 'ROLL');
  const [sentence = 'none'] = report.neither;
  t.equal(report.neither.length, 1);
  t.match(text(report), `\nROLL\n  ${sentence}\n`, 'before the caveats');
  t.match(comparisonMarkdown(report), `\`${sentence}\``);
  t.match(comparisonHtml(report, null, null), `<li>${sentence}</li>`);
  const held = reportOf(dead, dead);
  t.equal(held.decision, 'HOLD');
  t.match(text(held), `\nHOLD\n  ${sentence}\n  ${held.reasons[0] ?? 'none'}\n`);
  t.matchSnapshot([text(report), comparisonMarkdown(report), text(held)].join('\n'), 'both');
  t.end();
});

t.test('one boot of each side: both times, and that stability was not tested', (t) => {
  const report = reportOf(three(took(1.7)).slice(0, 1), three(took(1.71)).slice(0, 1));
  t.equal(report.decision, 'ROLL');
  t.match(text(report), /\b2 kernel: 1\.700 s ~ 1\.710 s \(\+0\.6 %/);
  const [caveat = 'none'] = report.caveats;
  t.match(text(report), `\nROLL\n  ${caveat}`);
  t.match(comparisonMarkdown(report), `\n- ${caveat}`);
  t.match(comparisonHtml(report, null, null), caveat);
  const [unseen = 'none'] = reportOf(three({}), three({})).caveats;
  t.match(unseen, /^3 boots without a failure/);
  const sixty = Array.from({ length: 20 }, () => three({})).flat();
  t.same(reportOf(sixty, sixty).caveats, [], 'under 5 of 100 is not worth a word');
  const alone = three({}).slice(0, 1);
  t.same(reportOf(three({}), alone).caveats, [caveat], 'one boot of one side is enough');
  const [partly = ''] = reportOf(three({}), [...three({}), ...alone.map(elsewhere)]).caveats;
  t.match(partly, /\b1 .*\b2 /);
  t.matchSnapshot([caveat, partly, unseen].join('\n'), 'caveats');
  t.same(reportOf(alone, []).caveats, [], 'nothing was booted');
  t.end();
});

t.test('as Markdown, in which a guest has no say', (t) => {
  const hostile = 'x` | <script>alert(1)</script> [a](b) @all\n::error::x';
  const report = reportOf(three({}), three({ ...panic, captures: {} }));
  report.candidate = hostile;
  report.reasons.push(hostile);
  const markdown = comparisonMarkdown(report);
  t.match(markdown, /^## :no_entry: HOLD\n/);
  t.match(markdown, /\n\| \*\*regressed\*\* \| `aarch64\/kexec-to-distro` \| 3\b.* \| 0\b.* \|/);
  t.notMatch(markdown, /^::error/m);
  for (const line of markdown.split('\n').filter((line) => line.includes('<script>'))) {
    t.match(line, /``[^`]*`[^`]*<script>[^`]*``/, 'inside a code span with a longer fence');
  }
  t.end();
});
