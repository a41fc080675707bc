import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { compareSides, decide } from '../../../src/compare/classify.ts';
import { sidesOf } from '../../../src/compare/side.ts';
import type { CaseResult } from '../../../src/model/result.ts';
import { comparisonHtml } from '../../../src/report/html/comparison-page.ts';
import { three, took } from '../../compare/results.ts';
import { hostileTexts, report as reportOf, wrongRoot } from '../events.ts';
import { openFile, startBrowser, violations } from './browser.ts';

// A browser takes its time on a busy machine.
t.setTimeout(1_200_000);

const browser = await startBrowser();
t.teardown(() => browser.close());

type Line = [text: string, signature?: string];

const opening: Line[] = [
  ['Linux version 6.1', 'kernel-version'],
  ...Array.from({ length: 60 }, (_, at): Line => [`line ${at}`]),
  ['Bye!', 'kexec-bye'],
];
const good: Line[] = [
  ...opening,
  ['Linux version 6.1', 'kernel-version'],
  ['login:', 'login-prompt'],
];
const bad: Line[] = [...opening, ['the end is near'], ['panic', 'panic']];
const key = 'aarch64/kexec-to-distro';

/** A run on disk in which every boot's console says these lines. */
function run(directory: string, results: CaseResult[], lines: Line[]) {
  for (const result of results) {
    const place = join(directory, result.directory);
    mkdirSync(place, { recursive: true });
    writeFileSync(
      join(place, 'console.log'),
      lines.map(([text]) => `    0.001 ${text}\n`).join(''),
    );
    const signals = lines.flatMap(([, signature], at) =>
      signature ? [{ line: at + 1, signature }] : [],
    );
    writeFileSync(
      join(place, 'signals.jsonl'),
      signals.map((one) => `${JSON.stringify(one)}\n`).join(''),
    );
  }
  return { directory, report: reportOf(results) };
}

/** The page that compares these two, in a file. */
function write(
  directory: string,
  before: CaseResult[],
  after: CaseResult[],
  lines: Line[] = bad,
): string {
  const comparisons = compareSides(sidesOf(before), sidesOf(after), { differences: [] });
  const report = {
    schema: 'kexec-lab/comparison@1' as const,
    baseline: 'debian:bookworm',
    candidate: 'debian:trixie',
    differences: [],
    comparisons,
    neither: [],
    caveats: [],
    servers: [],
    ...decide(comparisons),
  };
  const file = join(directory, 'comparison.html');
  const sides = [
    run(join(directory, 'a'), before, good),
    run(join(directory, 'b'), after, lines),
  ] as const;
  writeFileSync(file, comparisonHtml(report, ...sides));
  return file;
}

const usual = three(took(1.7), took(1.7), took(1.7));
const broken = three({ ...wrongRoot('kexec-to-distro', 'aarch64') });

t.test('readable for everybody, in light and in dark, in a narrow window too', async (t) => {
  const file = write(t.testdir(), usual, broken);
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page, requests, trouble } = await openFile(browser, file, { colorScheme });
    t.strictSame(await violations(page), [], `${colorScheme}: all cases`);
    await page.getByRole('link', { name: `regressed: ${key}` }).click();
    t.strictSame(await violations(page), [], `${colorScheme}: a case`);
    t.strictSame(requests, [`file://${file}`], 'nothing else is asked for');
    t.strictSame(trouble, []);
    await page.context().close();
  }
  const { page } = await openFile(browser, `${file}#${key}`, { width: 400 });
  const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
  t.equal(await page.evaluate(overflow), 0);
  await page.context().close();
});

t.test('both consoles stand side by side, opened where they part', async (t) => {
  const { page } = await openFile(browser, `${write(t.testdir(), usual, broken)}#${key}`);
  const top = (address: string) =>
    page.evaluate(`document.getElementById('${key}:${address}').getBoundingClientRect().top`);
  t.equal(await top('a62'), await top('b62'), 'the signal both say last is on one height');
  t.not(await top('a64'), undefined);
  const texts = await page.locator('.row.only').allTextContents();
  t.match(texts, [/Linux version/, /login:/, /panic/], 'what only one of them says is marked');
  const inView = `(() => {
    const box = document.querySelector('.console').getBoundingClientRect();
    const row = document.querySelector('.row.only').getBoundingClientRect();
    return row.top >= box.top && row.bottom <= box.bottom && document.querySelector('.console').scrollTop > 0;
  })()`;
  t.equal(await page.evaluate(inView), true);
  await page.keyboard.press('j');
  t.match(await page.locator('.here').textContent(), /Linux version/);
  await page.keyboard.press('Escape');
  await page.locator('#matrix').waitFor();
  await page.context().close();
});

t.test('what the second kernel costs is drawn to scale', async (t) => {
  const slower = three(took(3.4), took(3.4), took(3.4));
  const { page } = await openFile(browser, write(t.testdir(), usual, slower, good));
  const width = async (side: string) =>
    Number(await page.locator(`rect.${side}`).first().getAttribute('width'));
  t.equal(await width('candidate'), 2 * (await width('baseline')));
  await page.getByText('2 kernel: 1.700 s -> 3.400 s (+100.0 %, n=3)').first().waitFor();
  await page.context().close();
});

t.test('what a guest prints is shown and does nothing', async (t) => {
  const attacks = [
    ...hostileTexts,
    '</script><script>alert(3)</script>',
    '<img src=x onerror=alert(1)>',
  ];
  const hostile = attacks.map((text, at) => ({
    ...wrongRoot('kexec-to-distro', 'aarch64'),
    ...{ repeat: at + 1, meaning: text, cure: text, release: text, captures: { device: text } },
    evidence: [{ line: 1, text, signature: 'x' }],
  }));
  const lines = attacks.map((text): Line => [text, text]);
  const file = write(t.testdir(), usual, hostile, lines);
  const { page, requests, trouble } = await openFile(browser, `${file}#${key}`);
  t.equal(await page.locator('script').count(), 2);
  t.equal(await page.locator('img, [onerror]').count(), 0);
  t.match(await page.locator('.console').textContent(), '<script>alert(3)</script>');
  t.strictSame(requests, [`file://${file}`]);
  t.strictSame(trouble, []);
  await page.context().close();
});

t.test('a baseline file has no console to show, and says so', async (t) => {
  const directory = t.testdir();
  const comparisons = compareSides(sidesOf(usual), sidesOf(broken), { differences: [] });
  const file = join(directory, 'page.html');
  const names = { baseline: 'baseline.json', candidate: 'runs/latest', differences: [] };
  const schema = 'kexec-lab/comparison@1' as const;
  const found = { comparisons, neither: [], caveats: [], servers: [] };
  const report = { schema, ...names, ...found, ...decide(comparisons) };
  writeFileSync(file, comparisonHtml(report, null, run(directory, broken, bad)));
  const { page, trouble } = await openFile(browser, `${file}#${key}`);
  await page.getByText('No console.').waitFor();
  t.match(await page.locator('.console').textContent(), 'the end is near');
  t.strictSame(trouble, []);
  await page.context().close();
});
