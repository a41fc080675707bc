import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { CaseResult } from '../../../src/model/result.ts';
import type { LabEvent } from '../../../src/model/run.ts';
import { htmlReporter } from '../../../src/report/html.ts';
import {
  hostileTexts,
  options,
  recordedOutput,
  reference,
  result,
  unavailable,
  wholeRun,
  wrongRoot,
} from '../events.ts';
import { openFile, startBrowser, violations } from './browser.ts';

// A browser takes its time on a busy machine.
t.setTimeout(1_200_000);

const browser = await startBrowser();
t.teardown(() => browser.close());

const stages: CaseResult['stages'] = [
  { name: 'firmware', generation: 0, hostSeconds: 0.4, guestSeconds: null },
  { name: 'kernel', generation: 1, hostSeconds: 1.3, guestSeconds: 7.5 },
  { name: 'kexec', generation: 1, hostSeconds: 0.5, guestSeconds: 0.1 },
  { name: 'kernel', generation: 2, hostSeconds: 3, guestSeconds: 9 },
];

/** The report of some results, whose consoles say these lines, in a file. */
function write(directory: string, results: CaseResult[], lines: string[]): string {
  for (const each of results) {
    mkdirSync(join(directory, each.directory), { recursive: true });
    const text = lines.map((line, at) => `${(at / 100).toFixed(3).padStart(9)} ${line}\n`).join('');
    writeFileSync(join(directory, each.directory, 'console.log'), text);
  }
  const [start, ...others] = wholeRun(results);
  const signals = results.map(({ scenario, arch }): LabEvent => ({
    at: 1,
    type: 'case-signal',
    case: reference(scenario, arch),
    signal: { signature: 'kexec-bye', line: 3, text: 'Bye!', captures: {}, guestSeconds: 1 },
  }));
  const starts = others.filter(({ type }) => type === 'case-started');
  const rest = others.filter(({ type }) => type !== 'case-started');
  const output = recordedOutput();
  const reporter = htmlReporter(output, options);
  const opening = { ...start, directory } as LabEvent;
  for (const event of [opening, ...starts, ...signals, ...rest]) reporter.onEvent(event);
  const file = join(directory, 'report.html');
  writeFileSync(file, output.text());
  return file;
}

const log = readFileSync('test/logs/aarch64-root-is-the-whole-disk.log', 'utf8').split(/\r?\n/);
const results = [
  result('kexec-to-distro', 'aarch64', { stages }),
  result('kexec-to-distro', 'arm', { flaky: true, stages }),
  { ...wrongRoot('root-is-the-whole-disk', 'aarch64'), stages },
  unavailable('root-is-the-whole-disk', 'arm'),
];

t.test('readable for everybody, in light and in dark', async (t) => {
  const file = write(t.testdir(), results, log);
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page, requests, trouble } = await openFile(browser, file, { colorScheme });
    t.strictSame(await violations(page), [], `${colorScheme}: all cases`);
    await page.getByRole('link', { name: /aarch64\/root-is-the-whole-disk: fail/ }).click();
    await page.getByRole('heading', { name: /root-mount-failed/ }).waitFor();
    t.strictSame(await violations(page), [], `${colorScheme}: a case`);
    t.strictSame(requests, [`file://${file}`], 'nothing else is asked for');
    t.strictSame(trouble, []);
    await page.context().close();
  }
});

t.test('a narrow window needs no scrolling to the side', async (t) => {
  const { page } = await openFile(browser, write(t.testdir(), results, log), { width: 400 });
  const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
  t.equal(await page.evaluate(overflow), 0);
  await page.evaluate("location.hash = '#aarch64/root-is-the-whole-disk'");
  t.equal(await page.evaluate(overflow), 0);
  await page.context().close();
});

t.test('evidence is one click away, and every line has an address', async (t) => {
  const file = write(t.testdir(), results, log);
  const { page } = await openFile(browser, `${file}#aarch64/root-is-the-whole-disk:200`);
  t.match(await page.locator('.here').textContent(), /^200/);
  await page.locator('.here').waitFor();
  await page.getByRole('link', { name: 'line 123' }).click();
  t.match(await page.locator('.here.proof').textContent(), /^123/);
  t.match(await page.locator('.row.signal:visible').textContent(), /kexec-bye$/);
  t.ok((await page.locator('rect.kernel:visible').count()) > 0);
  await page.context().close();
});

t.test('the next commands are those that the terminal shows', async (t) => {
  const { page } = await openFile(
    browser,
    `${write(t.testdir(), results, log)}#aarch64/root-is-the-whole-disk`,
  );
  const next = page.locator('dl div:visible', { hasText: /^\s*next/ }).locator('dd');
  t.strictSame(await next.allTextContents(), [
    'kexec-lab run root-is-the-whole-disk --arch aarch64 --tail',
    'sh aarch64/root-is-the-whole-disk/qemu.sh',
  ]);
  await page.context().close();
});

t.test('the keyboard is enough', async (t) => {
  const { page } = await openFile(browser, write(t.testdir(), results, log));
  const focused = () => page.evaluate('document.activeElement.getAttribute("href")');
  await page.keyboard.press('j');
  t.equal(await focused(), '#aarch64/kexec-to-distro');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  t.equal(await focused(), '#aarch64/root-is-the-whole-disk');
  await page.keyboard.press('k');
  t.equal(await focused(), '#arm/kexec-to-distro');
  await page.keyboard.press('Enter');
  await page.locator('#arm\\/kexec-to-distro').waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('starting new kernel');
  t.equal(await page.locator('output:visible').textContent(), '1 lines');
  await page.keyboard.press('Enter');
  t.match(await page.locator('.here').textContent(), /Starting new kernel/);
  await page.keyboard.press('Escape');
  t.equal(await page.locator('.row.hit').count(), 0, 'first the search is over');
  await page.keyboard.press('Escape');
  await page.locator('#matrix').waitFor();
  await page.waitForFunction(
    'document.activeElement.getAttribute("href") === "#arm/kexec-to-distro"',
  );
  await page.keyboard.press('/');
  await page.keyboard.type('whole');
  t.equal(await page.locator('.matrix tbody tr:visible').count(), 1);
  await page.context().close();
});

t.test('what a guest prints is shown and does nothing', async (t) => {
  const attacks = [
    ...hostileTexts,
    '<img src=x onerror=alert(1)><script>alert(2)</script>',
    '</script><script>alert(3)</script><!--',
    '"><svg onload=alert(4)>',
    "javascript:alert(5)' onfocus='alert(6)",
    '<link rel=stylesheet href=http://192.0.2.1/x.css><iframe src=//192.0.2.1></iframe>',
  ];
  const hostile = attacks.map((text, at) => ({
    ...wrongRoot(`n${at}`, 'arm'),
    ...{ meaning: text, cure: text, reasons: [text], release: text },
    captures: { device: text },
    evidence: [{ line: 1, text, signature: 'x' }],
  }));
  const file = write(t.testdir(), hostile, attacks);
  const { page, requests, trouble } = await openFile(browser, file);
  for (const { scenario } of hostile) {
    await page.evaluate(`location.hash = '#arm/${scenario}'`);
    await page.locator(`#arm\\/${scenario}`).waitFor();
  }
  t.equal(await page.locator('script').count(), 2);
  t.equal(await page.locator('img, iframe, link, [onerror], [onload], [onfocus]').count(), 0);
  t.equal((await page.locator('.row:visible').count()) > 0, true);
  t.match(await page.locator('.console:visible').textContent(), '<script>alert(2)</script>');
  t.strictSame(requests, [`file://${file}`]);
  t.strictSame(trouble, []);
  await page.context().close();
});

t.test('20,000 lines open, can be searched, and are not laid out all at once', async (t) => {
  const many = Array.from(
    { length: 20_000 },
    (_, at) => `[ ${at}.000000] line of the kernel ${at}`,
  );
  const file = write(t.testdir(), [result('kexec', 'arm')], many);
  const { page, trouble } = await openFile(browser, `${file}#arm/kexec:19999`);
  t.match(await page.locator('.here').textContent(), /^19999.*kernel 19998$/);
  await page.keyboard.press('/');
  await page.keyboard.type('kernel 1999');
  t.equal(await page.locator('output:visible').textContent(), '11 lines');
  const skipped = "getComputedStyle(document.querySelector('.block')).contentVisibility";
  t.equal(await page.evaluate(skipped), 'auto');
  t.strictSame(trouble, []);
  await page.context().close();
});
