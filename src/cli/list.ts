import { Command } from 'commander';
import type { Arch } from '../arch.ts';
import { arches } from '../arch.ts';
import { imagesKey } from '../image/recipes/plan.ts';
import type { Job, MatrixDocument } from '../model/listing.ts';
import { printable, printableJson } from '../report/printable.ts';
import { standardOutput } from '../report/reporter.ts';
import { createStyle } from '../report/style.ts';
import type { Case, Scenario } from '../scenario/scenario.ts';
import { expandCases, shardOf, weightOf } from '../scenario/select.ts';
import { findScenarios } from './find-scenarios.ts';
import { archOption, excludeOption, scenariosOption, wholeNumber } from './options.ts';

type ListOptions = { json?: boolean; scenarios: string[]; exclude: string[] };

/** `kexec-lab list`: lists scenarios. */
export function listCommand(): Command {
  return new Command('list')
    .description('list scenarios')
    .argument('[what...]', 'names, globs, labels or files', ['all'])
    .option('--json', 'print JSON with stories, setups and expectations')
    .addOption(scenariosOption())
    .addOption(excludeOption())
    .addHelpText('after', '\nExamples:\n  kexec-lab list\n  kexec-lab list "arm-*" --json')
    .action(list);
}

function list(words: string[], { json, scenarios, exclude }: ListOptions): void {
  const found = findScenarios(words, scenarios, exclude);
  process.stdout.write(json ? `${printableJson(found)}\n` : table(found));
}

function table(scenarios: Scenario[]): string {
  const rows = [
    ['NAME', 'ARCH', 'EXPECTED', 'LABELS', 'TITLE'],
    ...scenarios.map((scenario) => [
      scenario.name,
      arches.filter((arch) => scenario.arches.includes(arch)).join(' '),
      expectedOutcomes(scenario),
      scenario.labels.join(' '),
      printable(scenario.title),
    ]),
  ];
  return createStyle(standardOutput())
    .table(rows)
    .map((line) => `${line}\n`)
    .join('');
}

/** One outcome if all architectures agree, otherwise one per architecture. */
function expectedOutcomes({ perArch }: Scenario): string {
  const outcomes = arches.flatMap((arch) => perArch[arch]?.expect.outcome ?? []);
  return [...new Set(outcomes)].join(' | ');
}

type MatrixOptions = {
  arch: Arch[];
  scenarios: string[];
  exclude: string[];
  repeat: number;
  shards: number;
  json?: boolean;
};

/** `kexec-lab matrix`: divides a run among several machines. */
export function matrixCommand(): Command {
  return new Command('matrix')
    .description('divide a run into jobs for several machines, one per architecture and shard')
    .argument('<what...>', 'all, names, globs, labels, or scenario files')
    .addOption(archOption())
    .addOption(scenariosOption())
    .addOption(excludeOption())
    .option('--repeat <n>', 'run every case n times', wholeNumber(1), 1)
    .option('--shards <n>', 'at most n shards per architecture', wholeNumber(1), 1)
    .option('--json', "print one line of JSON for GitHub's strategy.matrix")
    .addHelpText('after', helpText)
    .action(matrix);
}

const helpText = `
The "images" value of a job is a cache key. It changes when the images of its cases have to be rebuilt.

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
  const document: MatrixDocument = { include: jobs.map(({ job }) => job) };
  const text = options.json
    ? JSON.stringify(document)
    : createStyle(standardOutput()).table(jobs.map(cellsOf)).join('\n');
  process.stdout.write(`${text}\n`);
}

/** The jobs of one architecture, each with at least one case. */
function jobsOf(arch: Arch, cases: Case[], most: number): { job: Job; cases: Case[] }[] {
  const shards = Math.min(most, cases.length);
  return Array.from({ length: shards }, (_, at) => {
    const shard = at + 1;
    const own = shardOf(cases, { index: shard, count: shards });
    const name = shards === 1 ? arch : `${arch}-${shard}-of-${shards}`;
    return { job: { arch, shard, shards, name, images: imagesKey(own) }, cases: own };
  });
}

function cellsOf({ job, cases }: { job: Job; cases: Case[] }): string[] {
  const weight = cases.reduce((sum, case_) => sum + weightOf(case_), 0);
  const number = `${cases.length} case${cases.length === 1 ? '' : 's'}`;
  return [
    job.name.padEnd(16),
    number.padStart(9),
    `weight ${String(weight).padStart(6)}`,
    `images ${job.images}`,
  ];
}
