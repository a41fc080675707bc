import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import type { Arch } from '../../arch.ts';
import { arches } from '../../arch.ts';
import { answerOf } from '../../bisect/answer.ts';
import { readFacts } from '../../bisect/facts.ts';
import type { SearchedKernel } from '../../bisect/kernels.ts';
import { kernelsBetween } from '../../bisect/kernels.ts';
import type { BootKernel } from '../../bisect/run-search.ts';
import { runSearch } from '../../bisect/run-search.ts';
import type { Tally } from '../../bisect/search.ts';
import type { Candidate } from '../../candidate/candidate.ts';
import { exitCodes, UsageError } from '../../errors.ts';
import type { Bisection } from '../../model/bisect.ts';
import type { Archive } from '../../pairs/plan-pairs.ts';
import { openArchive } from '../../pairs/plan-pairs.ts';
import { bisectText } from '../../report/bisect-text.ts';
import { printableJson } from '../../report/printable.ts';
import { standardOutput } from '../../report/reporter.ts';
import { count } from '../../report/result-text.ts';
import { createStyle } from '../../report/style.ts';
import { runCases } from '../../run/run.ts';
import type { Case } from '../../scenario/scenario.ts';
import { showImageProgress } from '../images-build.ts';
import { oneOf } from '../options.ts';
import { casesOf } from '../run-options.ts';
import type { BootOptions } from './boot-options.ts';
import { addBootOptions, casesOfScenario, interruptible, tell, tellSteps } from './boot-options.ts';

type BisectOptions = BootOptions & {
  good?: string;
  bad?: string;
  scenario: string;
  arch?: Arch;
  firstKernel?: string;
  kexecTools?: string;
  rate: number;
  cost?: boolean;
};

/** The largest probability of each step to go the wrong way. */
const risk = 0.001;

/** `kexec-lab bisect`: which kernel broke it. */
export function bisectCommand(): Command {
  const command = new Command('bisect')
    .description(
      'find the first kernel that fails, among packages of the archive or kernels of yours',
    )
    .argument('[candidate...]', 'kernels of yours in order, from good to bad')
    .option('--good <candidate>', 'a kernel that works, of the archive')
    .option('--bad <candidate>', 'a newer kernel that fails, of the archive')
    .option('--scenario <scenario>', 'the scenario that shows the failure', 'kexec-to-distro')
    .option(
      '--arch <arch>',
      `architecture: ${arches.join(' or ')} (default: aarch64)`,
      oneOf(arches),
    )
    .option(
      '--first-kernel <source>',
      'kernel that the machine starts with: debian:SUITE[/PACKAGE]',
    )
    .option('--kexec-tools <source>', 'kexec-tools that load the kernels')
    .option(
      '--rate <share>',
      'a bad kernel fails in at least this share of its boots, from 0.1 to 1',
      parseRate,
      0.7,
    )
    .option('--cost', 'find what makes the second kernel slower, in guest time');
  addBootOptions(command, {
    ...{ out: 'runs', written: 'the records of the boots', printed: 'the answer' },
  });
  return command.addHelpText('after', helpText).action(bisect);
}

const helpText = `
Examples:
  kexec-lab bisect --good debian:bookworm --bad debian:sid
  kexec-lab bisect --good debian:trixie --bad debian:experimental --scenario uefi-kernel-from-firmware --rate 1
  kexec-lab bisect ./build-1 ./build-2 ./build-3 ./build-4

Kernels of the archive are tried in the order of their versions, in the flavour of the good one. The good end is not
booted; the bad one is, to learn the failure. A kernel counts as good after so many boots that a bad one would have
passed them all with a probability below 0.1 %: six at the usual rate, one with --rate 1.

Exit codes:
  0    the first bad kernel was found
  1    the bad kernel did not fail
  2    invalid arguments
  5    the lab could not boot a kernel, or a tool is missing
  130  interrupted`;

function parseRate(text: string): number {
  const rate = Number(text);
  if (/^[\d.]+$/.test(text) && rate >= 0.1 && rate <= 1) return rate;
  throw new InvalidArgumentError('It must be from 0.1 to 1.');
}

async function bisect(words: string[], options: BisectOptions): Promise<void> {
  const { mirror, jobs, cost = false, rate } = options;
  const arch = options.arch ?? 'aarch64';
  await interruptible(async (signal) => {
    const archive = openArchive({ ...(mirror && { mirror }), signal, onStep: tellSteps() });
    const ends = endsOf(words, options);
    const base = await baseCase(arch, options);
    const kernels = await kernelsOf(words, ends, arch, archive);
    const read = (kernel: number) => readKernel(kernels[kernel], options, archive);
    casesOf([base], await read(0));
    tell(
      `${count(kernels.length, 'kernel')} from ${nameOf(kernels[0])} to ${nameOf(kernels.at(-1))}`,
    );
    const boot = createBoot(base, read, { ...options, jobs }, signal);
    const onTally = (kernel: number, tally: Tally) => {
      const place = `${kernel + 1}/${kernels.length}`;
      tell(`${place.padStart(7)}  ${nameOf(kernels[kernel])}: ${tallyInWords(tally, cost)}`);
    };
    const search = await runSearch(kernels.length, boot, { rate, risk, cost, onTally });
    const factsOf = async (kernel: number) =>
      readFacts(await read(kernel), arch, { ...(mirror && { mirror }), signal });
    const answer = await answerOf(search, kernels, factsOf);
    show({ schema: 'kexec-lab/bisect@1', arch, scenario: base.scenario.name, ...answer }, options);
  });
}

/** @throws UsageError unless both ends, or at least two kernels, are named */
function endsOf(
  words: readonly string[],
  { good, bad }: BisectOptions,
): { good: string; bad: string } | null {
  const named = good !== undefined || bad !== undefined;
  if (words.length >= 2 && !named) return null;
  if (words.length === 0 && good !== undefined && bad !== undefined) return { good, bad };
  throw new UsageError('name a good and a bad kernel, or kernels in order', {
    hint: 'For example: kexec-lab bisect --good debian:bookworm --bad debian:sid; or kexec-lab bisect ./build-1 ./build-2 ./build-3.',
  });
}

/** The case that every kernel boots. */
async function baseCase(arch: Arch, options: BisectOptions): Promise<Case> {
  const [base, ...others] = await casesOfScenario(options.scenario, [arch], options);
  if (base !== undefined && others.length === 0) return base;
  throw new UsageError(`--scenario ${options.scenario}: this is more than one case`, {
    hint: 'Name one scenario, on one machine. kexec-lab list shows them.',
  });
}

async function kernelsOf(
  words: readonly string[],
  ends: { good: string; bad: string } | null,
  arch: Arch,
  { list }: Archive,
): Promise<SearchedKernel[]> {
  if (ends !== null) return kernelsBetween(ends, arch, list);
  return words.map((word) => ({ word, label: word, version: null }));
}

function readKernel(
  kernel: SearchedKernel | undefined,
  { firstKernel, kexecTools }: BisectOptions,
  { read }: Archive,
): Promise<Candidate> {
  return read({
    kernel: kernel?.word,
    ...(firstKernel !== undefined && { firstKernel }),
    ...(kexecTools !== undefined && { kexecTools }),
  });
}

/** Boots a kernel as often as there are jobs, so that the first failure ends its boots early. */
function createBoot(
  base: Case,
  read: (kernel: number) => Promise<Candidate>,
  options: BisectOptions,
  signal: AbortSignal,
): BootKernel {
  return async (kernel, boots) => {
    const candidate = await read(kernel);
    const repeats = Array.from({ length: Math.min(boots, options.jobs) }, (_, at) => at + 1);
    const cases = repeats.map((repeat) => ({ ...base, id: `${base.id}#${repeat}`, repeat }));
    const progress = showImageProgress();
    let directory = '';
    const { results } = await runCases(
      cases,
      { ...options, retries: 0, tail: false, candidate, signal, onNotice: tell },
      (event) => {
        if (event.type === 'run-started') ({ directory } = event);
        if (event.type === 'images-progress') progress.show(event.progress);
      },
    );
    progress.end();
    signal.throwIfAborted();
    return results.map((result) => ({ result, directory: join(directory, result.directory) }));
  };
}

/** How many boots went how: `6 did not fail`, `1 failed, 1 did not fail`. */
function tallyInWords({ passes, fails, others }: Tally, cost: boolean): string {
  const parts: [number, string][] = [
    [fails, cost ? 'slow' : 'failed'],
    [passes, cost ? 'fast' : 'did not fail'],
    [others, 'ended otherwise'],
  ];
  return parts.flatMap(([number, what]) => (number > 0 ? [`${number} ${what}`] : [])).join(', ');
}

function show(bisection: Bisection, { json }: BisectOptions): void {
  const output = standardOutput();
  if (json) output.write(`${printableJson(bisection)}\n`);
  else output.write(bisectText(bisection, createStyle(output)));
  process.exitCode = bisection.result === null ? exitCodes.fail : exitCodes.ok;
}

function nameOf(kernel: SearchedKernel | undefined): string {
  return kernel?.label ?? '';
}
