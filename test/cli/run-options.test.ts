import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { goodBoot, goodBootUntil } from '../run/cases.ts';
import { fakeRun } from './fake-run.ts';
import { kexecLab } from './kexec-lab.ts';

t.setTimeout(1_200_000);

const panicking = `${goodBootUntil('Starting new kernel')}[    4.500000] Kernel panic - not syncing: oh no\r\n`;

t.test('--quiet shows the summary, and only what did not pass', async (t) => {
  const good = fakeRun(t, { text: goodBoot });
  const passed = await kexecLab(good.words('mine.yaml', '--quiet'), good.env);
  t.match(passed.stdout, /^1 .*\n.*report\.json$/);
  const bad = fakeRun(t, { text: panicking });
  const failed = await kexecLab(bad.words('mine.yaml', '-q'), bad.env);
  t.equal(failed.exitCode, 1);
  t.match(failed.stdout, /^✗ aarch64\/mine {2}kernel-panic/);
  t.notMatch(failed.stdout, /^run |^… /m);
});

t.test('--exclude leaves scenarios out, by name, glob or label', async (t) => {
  const { words, env, report } = fakeRun(t, { text: goodBoot });
  const both = ['mine.yaml', 'other.yaml'];
  t.equal((await kexecLab(words(...both, '--exclude', 'oth*'), env)).exitCode, 0);
  t.strictSame(
    report()?.results.map(({ scenario }) => scenario),
    ['mine'],
  );
  const nothing = await kexecLab(words('mine.yaml', '--exclude', 'mine'), env);
  t.equal(nothing.exitCode, 4);
  t.match(nothing.stderr, /--exclude.*\n.*kexec-lab list/);
  const unknown = await kexecLab(words('mine.yaml', '--exclude', 'mien'), env);
  t.equal(unknown.exitCode, 4);
  t.match(unknown.stderr, /"mien".*"mine"/);
  const listed = await kexecLab(['list', '--exclude', 'arm-*']);
  t.match(listed.stdout, /^kexec-to-distro /m);
  t.notMatch(listed.stdout, /^arm-/m);
});

t.test('--last-failed runs the cases whose newest result is not a pass', async (t) => {
  const bad = fakeRun(t, { text: panicking });
  const last = (...words: string[]) => kexecLab(bad.words('--last-failed', ...words), good);
  const good = { FAKE_QEMU_PLAY: JSON.stringify({ text: goodBoot }) };
  const none = await last();
  t.equal(none.exitCode, 4);
  t.match(none.stderr, /runs: .*\n.*--last-failed/);
  t.equal((await kexecLab(bad.words('mine.yaml', 'broken.yaml'), bad.env)).exitCode, 1);
  t.equal((await kexecLab(bad.words('other.yaml'), good)).exitCode, 0, 'of another selection');
  t.equal((await last('other.yaml')).exitCode, 4, 'what passed is not run again');
  const again = await last('--exclude', 'broken');
  t.equal(again.exitCode, 0, again.stdout + again.stderr);
  t.match(again.stdout, '\n✓ aarch64/mine  booted', 'what failed before is remembered');
  const report = join(bad.directory, 'runs', 'z-damaged', 'report.json');
  mkdirSync(dirname(report));
  writeFileSync(report, '{');
  const broken = await last();
  t.equal(broken.exitCode, 2, 'only broken is left, which has no kernel');
  t.strictSame(
    bad.report()?.results.map(({ scenario }) => scenario),
    ['broken'],
  );
  t.match(broken.stderr, report, 'a damaged report is named');
  rmSync(join(bad.directory, 'broken.yaml'));
  const passed = await last();
  t.equal(passed.exitCode, 4, 'a scenario that was deleted is forgotten');
  t.match(passed.stderr, /runs: .*\n.*--last-failed/);
});

t.test('--max-failures stops the run', async (t) => {
  const { words, env, report, leftovers } = fakeRun(t, { text: panicking });
  const asked = ['mine.yaml', '--repeat', '3', '--jobs', '1', '--max-failures', '1'];
  const { stdout, exitCode } = await kexecLab(words(...asked), env);
  t.equal(exitCode, 1);
  t.match(stdout, /--max-failures: 1 /);
  t.match(report()?.summary, { fail: 1, interrupted: 2 });
  t.strictSame(leftovers(), []);
});

t.test('--timeout stops the run; what was not booted is reported as such', async (t) => {
  const { words, env, report, leftovers, directory } = fakeRun(t, {
    text: goodBootUntil('Starting new kernel'),
    freezes: 'spinning',
  });
  const asked = ['mine.yaml', 'other.yaml', '--jobs', '1', '--timeout', '0.03'];
  const { stdout, exitCode } = await kexecLab(words(...asked), env);
  t.equal(exitCode, 130);
  t.match(stdout, /--timeout: 0\.03 /);
  t.match(report()?.summary, { total: 2, interrupted: 2 });
  t.strictSame(leftovers(), []);
  const wrong = await kexecLab(['run', join(directory, 'mine.yaml'), '--timeout', '0']);
  t.equal(wrong.exitCode, 2);
  t.match(wrong.stderr, /--timeout <minutes>.*'0'/);
});

t.test('images prune --dry-run removes nothing', async (t) => {
  const cache = t.testdir({ kexec: { images: { old: { file: 'x' } }, debs: { 'a.deb': 'x' } } });
  const env = { KEXEC_LAB_CACHE: join(cache, 'kexec') };
  const dry = await kexecLab(['images', 'prune', '--dry-run'], env);
  t.match(dry.stdout, /images\/old\n.*1 image /);
  const wet = await kexecLab(['images', 'prune'], env);
  t.match(wet.stdout, / 1 image /);
});
