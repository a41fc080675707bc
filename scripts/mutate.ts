import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { judge, knownLogs, tryOne } from './mutate/mutate.ts';

const help = `Changes the logs of test/logs in ways whose truth is known, and holds the recogniser to it.

Usage: npm run mutate -- [--runs N] [--seed S] [--keep DIRECTORY]

  --runs N    how many changed logs (default: 5000)
  --seed S    the first seed (default: a random one); each run uses the next. One run again: --runs 1 --seed S
  --keep DIR  write the changed logs that were judged wrongly into DIR
`;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5000' },
    seed: { type: 'string' },
    keep: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help) {
  process.stdout.write(help);
  process.exit(0);
}
const first = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const runs = Number(values.runs);
const all = knownLogs();
const counts = new Map<string, number>();
for (let seed = first; seed < first + runs; seed += 1) {
  const trial = await tryOne(seed, all);
  if (trial === null) continue;
  const verdict = judge(trial);
  counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  if (verdict === 'right') continue;
  process.stdout.write(
    `${verdict}  seed ${seed}  ${trial.log}: ${trial.mutation}: want ${trial.truth.join('|')}${trial.generation === null ? '' : ` (generation ${trial.generation})`}, got ${trial.got} (generation ${trial.gotGeneration})\n`,
  );
  if (values.keep !== undefined) {
    mkdirSync(values.keep, { recursive: true });
    writeFileSync(`${values.keep}/${seed}.log`, trial.bytes);
  }
}
const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
const rows = [...counts].map(([name, count]) => `${count} ${name}`).join(', ');
process.stdout.write(`${total} changed logs from seed ${first} on: ${rows}\n`);
process.exitCode = total === (counts.get('right') ?? 0) ? 0 : 1;
