import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Parser } from 'tap-parser';
import type { RunReport } from '../../src/model/run.ts';
import { goodBoot, goodBootUntil } from '../run/cases.ts';
import { fakeRun } from './fake-run.ts';
import { kexecLab } from './kexec-lab.ts';

// Every test here starts the program several times, and a machine may be slow.
t.setTimeout(1_200_000);

t.test('all as expected: exit code 0, a line per case, records on disk', async (t) => {
  const { words, env, report, leftovers } = fakeRun(t, { text: goodBoot });
  const { stdout, stderr, exitCode } = await kexecLab(words('mine.yaml', '--repeat', '2'), env);
  t.equal(exitCode, 0);
  t.equal(stderr, '');
  t.match(stdout, /^run \S+: 2 /);
  t.match(stdout, '\n✓ aarch64/mine#1  booted  ');
  t.match(stdout, '\n✓ aarch64/mine#2  booted  ');
  t.match(stdout, /^2 passed\b/m);
  t.match(report(), { exitCode: 0, summary: { total: 2, pass: 2 } });
  t.strictSame(leftovers(), []);
});

t.test('a failure: exit code 1, with the proof and the next command', async (t) => {
  const text = `${goodBootUntil('Starting new kernel')}[    4.500000] Kernel panic - not syncing: oh no\r\n`;
  const { directory, words, env } = fakeRun(t, { text });
  const { stdout, exitCode } = await kexecLab(words('mine.yaml', '--retries', '1'), {
    ...env,
    npm_command: 'exec',
  });
  t.equal(exitCode, 1);
  t.match(stdout, /\n↻ aarch64\/mine +kernel-panic\b.*\b2\b/);
  t.match(stdout, /\n✗ aarch64\/mine +kernel-panic \(.*\bbooted\)/);
  t.match(stdout, /console\.log:\d+: .*Kernel panic - not syncing: oh no/);
  const file = join(directory, 'mine.yaml').replace(`${process.cwd()}/`, '');
  t.match(stdout, ` npx kexec-lab run ${file} --arch aarch64 --tail`, 'as it was called');
});

t.test('what the lab cannot run, and what is wrong with a scenario', async (t) => {
  const { words, env } = fakeRun(t, { refuse: 'cannot set up guest memory' });
  const unavailable = await kexecLab(words('mine.yaml'), env);
  t.equal(unavailable.exitCode, 5);
  t.match(unavailable.stdout, '\n? aarch64/mine  unavailable  ');
  t.match(unavailable.stdout, 'cannot set up guest memory');
  const wrong = await kexecLab(words('broken.yaml'), env);
  t.equal(wrong.exitCode, 2);
  t.match(wrong.stdout, / \S*text\.txt: /);
});

t.test('a QEMU that stands still is no failure of the guest', async (t) => {
  const { words, env, report, leftovers } = fakeRun(t, {
    text: goodBootUntil('Starting new kernel'),
    freezes: 'spinning',
  });
  const { stdout, exitCode } = await kexecLab(words('mine.yaml'), env);
  t.equal(exitCode, 5);
  t.match(stdout, /\? aarch64\/mine {2}unavailable /);
  t.match(report(), {
    environment: { qemu: { aarch64: { idleSkipping: { time: 'sleep=off' } } } },
    summary: { unavailable: 1, fail: 0 },
    results: [{ reasons: [/\bQEMU\b/] }],
  });
  t.strictSame(leftovers(), []);
});

t.test('a QEMU that cannot skip idle time is run without, and the report tells', async (t) => {
  const { directory, words, env, report } = fakeRun(t, { text: goodBoot, trial: 'sleep=on' });
  const cache = { KEXEC_LAB_CACHE: join(directory, 'cache') };
  t.equal((await kexecLab(words('mine.yaml'), { ...env, ...cache })).exitCode, 0);
  const found = { time: 'sleep=on', certainty: 'proved', detail: /./ };
  t.match(report(), { environment: { qemu: { aarch64: { idleSkipping: found } } } });
  const script = readFileSync(join(directory, 'runs/latest/aarch64/mine/qemu.sh'), 'utf8');
  t.match(script, '-icount shift=3,sleep=on');
});

t.test('TAP and JSON at once, each whole', async (t) => {
  const { directory, words, env, report } = fakeRun(t, { text: goodBoot });
  const json = join(directory, 'report.json');
  const tap = await kexecLab(
    words('mine.yaml', '--reporter', `tap=${json}.tap`, '--reporter', 'json'),
    env,
  );
  t.strictSame(JSON.parse(tap.stdout), report() as RunReport);
  const { stdout } = await kexecLab(words('mine.yaml', '--reporter', 'tap'), env);
  const complete = Parser.parse(`${stdout}\n`, { strict: true }).find(
    ([event]) => event === 'complete',
  );
  t.match(complete?.[1], { ok: true, count: 1, pass: 1 });
});

t.test('--tail shows the console, with the case in front', async (t) => {
  const { words, env } = fakeRun(t, { text: goodBoot });
  const { stdout } = await kexecLab(words('mine.yaml', '--tail'), env);
  t.match(stdout, '\n[aarch64/mine] kexec-lab: root=/dev/vda1\n');
});

t.test('--dry-run starts nothing and writes nothing', async (t) => {
  const { directory, words, env } = fakeRun(t, { refuse: 'this must not be started' });
  const { stdout, exitCode } = await kexecLab(words('mine.yaml', '--dry-run'), env);
  t.equal(exitCode, 0);
  t.match(stdout, /^# aarch64\/mine\n/);
  t.match(stdout, `-kernel ${directory}/kernel`);
  t.notOk(existsSync(join(directory, 'runs')));
});

t.test('trouble before the first case: its exit code, and TAP bails out', async (t) => {
  const { words, env } = fakeRun(t, { text: goodBoot });
  const blocked = words('mine.yaml', '--out', '/dev/null/runs', '--reporter', 'tap');
  const { stdout, stderr, exitCode } = await kexecLab(blocked, env);
  t.equal(exitCode, 5);
  t.match(stdout, /^TAP version 14\nBail out! .*\/dev\/null\/runs/);
  t.match(stderr, /^\/dev\/null\/runs: .*\n.*--out/);
});
