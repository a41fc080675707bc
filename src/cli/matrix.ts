import { Command } from 'commander';
import type { Arch } from '../arch.ts';
import { arches } from '../arch.ts';
import { imagesKey } from '../image/recipes/plan.ts';
import { expandCases } from '../scenario/expand.ts';
import type { Case } from '../scenario/scenario.ts';
import { shardOf, weightOf } from '../scenario/shard.ts';
import { findScenarios } from './find-scenarios.ts';
import { archOption, excludeOption, scenariosOption, wholeNumber } from './options.ts';

type MatrixOptions = {
  arch: Arch[];
  scenarios: string[];
  exclude: string[];
  repeat: number;
  shards: number;
  json?: boolean;
};

/** One job of a CI system: `kexec-lab run … --arch <arch> --shard <shard>/<shards>`. */
type Job = { arch: Arch; shard: number; shards: number; name: string; images: string };

/** `kexec-lab matrix`: how to spread a run over several machines. */
export function matrixCommand(): Command {
  return new Command('matrix')
    .description('divide a run into jobs for several machines, one per architecture and shard')
    .argument('<what...>', 'all, names, globs, labels, or scenario files')
    .addOption(archOption())
    .addOption(scenariosOption())
    .addOption(excludeOption())
    .option('--repeat <n>', 'run every case n times', wholeNumber(1), 1)
    .option('--shards <n>', 'at most n shards per architecture', wholeNumber(1), 1)
    .option('--json', "one line of JSON, as GitHub's strategy.matrix takes it")
    .addHelpText('after', helpText)
    .action(matrix);
}

const helpText = `
The "images" value of a job is a cache key: it changes when the images of its cases have to be rebuilt.

Examples:
  kexec-lab matrix all --shards 2
  echo "matrix=$(kexec-lab matrix all --shards 2 --json)" >> "$GITHUB_OUTPUT"`;

function matrix(words: string[], options: MatrixOptions): void {
  const scenarios = findScenarios(words, options.scenarios, options.exclude);
  const cases = expandCases(scenarios, { only: options.arch, repeat: options.repeat });
  const jobs = arches.flatMap((arch) =>
    jobsOf(
      arch,
      cases.filter((case_) => case_.arch === arch),
      options.shards,
    ),
  );
  const text = options.json
    ? JSON.stringify({ include: jobs.map(({ job }) => job) })
    : jobs.map(row).join('\n');
  process.stdout.write(`${text}\n`);
}

/** No job without a case: there are never more shards than cases. */
function jobsOf(arch: Arch, cases: Case[], most: number): { job: Job; cases: Case[] }[] {
  const shards = Math.min(most, cases.length);
  return Array.from({ length: shards }, (_, at) => {
    const shard = at + 1;
    const own = shardOf(cases, { index: shard, count: shards });
    const name = shards === 1 ? arch : `${arch}-${shard}-of-${shards}`;
    return { job: { arch, shard, shards, name, images: imagesKey(own) }, cases: own };
  });
}

function row({ job, cases }: { job: Job; cases: Case[] }): string {
  const weight = cases.reduce((sum, case_) => sum + weightOf(case_), 0);
  const number = `${cases.length} case${cases.length === 1 ? '' : 's'}`;
  return `${job.name.padEnd(16)}  ${number.padStart(9)}  weight ${String(weight).padStart(6)}  images ${job.images}`;
}
