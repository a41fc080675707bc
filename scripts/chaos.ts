// Runs `kexec-lab run` again and again, and harms each run once at a random moment: QEMU killed or stopped for 20 s, the
// server of a network disk killed, the disk under --out full, Ctrl-C. Whatever is done to a run: no verdict `fail`, no
// exit code that is not documented, no process left, no `latest` that leads nowhere. Prints one line per run, and exits
// with 1 if any run missed that. Needs `npm run build`; see --help.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chaosRun } from './chaos/chaos-run.ts';
import { harms } from './chaos/harm.ts';
import { randomFrom } from './chaos/random.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '50' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e9)) },
    what: { type: 'string', multiple: true, default: ['quick', 'nbd-dies'] },
    harm: { type: 'string', multiple: true, default: [...harms] },
    within: { type: 'string', default: '60' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  process.stdout
    .write(`npm run chaos -- [--runs N] [--seed N] [--what SELECTION]... [--harm NAME]... [--within SECONDS]

  --runs    how many runs (50)
  --seed    of the random numbers; the same seed does the same harm at the same moments
  --what    what each run boots (quick, and nbd-dies for its network disk)
  --harm    what may be done: ${harms.join(', ')} (all, in turn)
  --within  the harm is done in the first so many seconds of a run (60)
`);
  process.exit(0);
}

const wanted = harms.filter((harm) => values.harm.includes(harm));
if (wanted.length !== new Set(values.harm).size) {
  process.stderr.write(`--harm takes: ${harms.join(', ')}\n`);
  process.exit(2);
}
const runs = Number(values.runs);
const random = randomFrom(Number(values.seed));
process.stdout.write(`seed ${values.seed}\n`);
const root = mkdtempSync(join(tmpdir(), 'kexec-lab-chaos-'));
let missed = 0;
for (let run = 1; run <= runs; run += 1) {
  const harm = wanted[(run - 1) % wanted.length] ?? 'interrupt';
  const afterMs = Math.round(random() * Number(values.within) * 1000);
  const { seconds, what, misses } = await chaosRun({
    ...{ what: values.what, harm, afterMs, random },
    out: join(root, String(run)),
  });
  const moment = `${harm} after ${(afterMs / 1000).toFixed(1)} s`;
  const place = `${String(run).padStart(String(runs).length)}/${runs}`;
  process.stdout.write(`${place}  ${moment.padEnd(28)} ${what}  (${seconds.toFixed(0)} s)\n`);
  for (const miss of misses) process.stdout.write(`    MISSED: ${miss}\n`);
  if (misses.length > 0) missed += 1;
  else rmSync(join(root, String(run)), { recursive: true, force: true });
}
process.stdout.write(`${runs - missed} of ${runs} runs came through\n`);
if (missed === 0) rmSync(root, { recursive: true, force: true });
else process.stdout.write(`what the others left is in ${root}\n`);
process.exitCode = missed === 0 ? 0 : 1;
