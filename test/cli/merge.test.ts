import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { CaseResult } from '../../src/model/result.ts';
import type { RunReport } from '../../src/model/run.ts';
import { goodBoot } from '../run/cases.ts';
import { fakeRun } from './fake-run.ts';
import { kexecLab } from './kexec-lab.ts';

// Every test here starts the program several times, and a machine may be slow.
t.setTimeout(1_200_000);

const names = ['mine.yaml', 'other.yaml', 'broken.yaml'];

/** Without what no two runs have in common: times, and the id. */
function comparable({ results, summary, environment, schema, exitCode }: RunReport): object {
  const timeless = (each: CaseResult) => ({
    ...each,
    wallSeconds: 0,
    stages: each.stages.map(({ name, generation, guestSeconds }) => [
      name,
      generation,
      guestSeconds,
    ]),
    price: each.price === null,
    entropy: each.entropy.length,
    attempts: each.attempts.map(({ verdict, outcome }) => [verdict, outcome]),
  });
  return {
    ...{ schema, exitCode, environment },
    summary: { ...summary, wallSeconds: 0 },
    results: results.map(timeless),
  };
}

t.test('two shards merged are one run that was not divided', async (t) => {
  const { directory, words, env, report } = fakeRun(t, { text: goodBoot });
  const whole = await kexecLab(words(...names, '--jobs', '1'), env);
  t.equal(whole.exitCode, 2, 'one of the scenarios is wrong');
  const undivided = report() as RunReport;

  const shards = join(directory, 'shards');
  for (const shard of ['1/2', '2/2']) {
    const part = await kexecLab(
      [...words(...names, '--jobs', '1', '--shard', shard), '--out', shards],
      env,
    );
    t.match(part.exitCode, /^[02]$/);
  }
  t.equal(readdirSync(shards).length, 3, 'two runs, and latest');
  const out = join(directory, 'merged');
  const junit = join(directory, 'report.xml');
  const merged = await kexecLab([
    ...['merge', shards, '--out', out],
    ...['--reporter', 'json', '--reporter', `tap=${junit}`],
  ]);
  t.equal(merged.stderr, '');
  t.equal(merged.exitCode, whole.exitCode);
  const file = JSON.parse(readFileSync(join(out, 'latest/report.json'), 'utf8')) as RunReport;
  t.strictSame(JSON.parse(merged.stdout), file);
  t.strictSame(comparable(file), comparable(undivided));
  t.match(readFileSync(junit, 'utf8'), /^TAP version 14\n1\.\.3\n/);
  const console = 'aarch64/mine/console.raw';
  t.strictSame(
    readFileSync(join(out, 'latest', console)),
    readFileSync(join(directory, 'runs/latest', console)),
    'the evidence has come along',
  );

  const again = await kexecLab(['merge', join(out, 'latest'), '--out', join(directory, 'again')]);
  t.equal(again.exitCode, whole.exitCode, 'a merged run is a run');
});

t.test('a shard too few: nothing is written', async (t) => {
  const { directory, words, env } = fakeRun(t, { text: goodBoot });
  await kexecLab(words('mine.yaml', 'other.yaml', '--shard', '1/2'), env);
  const out = join(directory, 'merged');
  const { stderr, exitCode } = await kexecLab(['merge', join(directory, 'runs'), '--out', out]);
  t.equal(exitCode, 2);
  t.match(stderr, /events\.jsonl: .* 1 .*\b2\b.* aarch64\//);
  t.notOk(existsSync(out));
});

t.test('a shard that is empty, and shards that make no sense', async (t) => {
  const { words } = fakeRun(t, {});
  const empty = await kexecLab(words('mine.yaml', '--shard', '2/2'));
  t.equal(empty.exitCode, 4);
  t.match(empty.stderr, /\b2 .*\b2\b.* 1 /);
  for (const shard of ['0/2', '3/2', '1', 'a/b', '1/0', '-1/2']) {
    const { exitCode, stderr } = await kexecLab(words('mine.yaml', `--shard=${shard}`));
    t.equal(exitCode, 2, shard);
    t.match(stderr, `'--shard <i/n>' argument '${shard}'`);
  }
});
