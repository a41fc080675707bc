import t from 'tap';
import { everyRecorder, judge, knownLogs, mutations, tryOne } from '../../scripts/mutate/mutate.ts';
import { shrink } from '../../scripts/mutate/shrink.ts';

// A few milliseconds each; machines may be slow.
t.setTimeout(1_200_000);

const seeds = { from: 1, count: 4000 };

t.test('no recorder makes a success or takes one away', async (t) => {
  t.strictSame(await everyRecorder(knownLogs()), []);
});

t.test('changed logs show what they must: no false success, no false failure', async (t) => {
  const all = knownLogs();
  const seen = new Set<string>();
  let [tried, missed] = [0, 0];
  for (let seed = seeds.from; seed < seeds.from + seeds.count; seed += 1) {
    const trial = await tryOne(seed, all);
    if (trial === null) continue;
    seen.add(trial.mutation);
    tried += 1;
    const verdict = judge(trial);
    if (verdict === 'right') continue;
    missed += 1;
    if (verdict !== 'false-booted' && verdict !== 'false-failure') continue;
    const smallest = await shrink(trial.bytes, trial.got);
    t.fail(
      `${verdict}: npm run mutate -- --runs 1 --seed ${seed}: ${trial.log}, ${trial.mutation}: ${trial.got}`,
      { smallest: smallest.toString('latin1').slice(0, 4000) },
    );
  }
  t.ok(missed < 0.02 * tried, `${missed} of ${tried} are lost or wrong`);
  t.strictSame(
    mutations.map(({ name }) => name).filter((name) => !seen.has(name)),
    [],
    'every kind of change was tried',
  );
});
