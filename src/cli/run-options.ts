import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { Option } from 'commander';
import type { Arch } from '../arch.ts';
import { arches } from '../arch.ts';
import type { Candidate } from '../candidate/candidate.ts';
import { checkArches, selectCases } from '../candidate/candidate.ts';
import type { CandidateWords } from '../candidate/parse-candidate.ts';
import { exitCodes, NothingSelectedError } from '../errors.ts';
import { ensureRequirements } from '../host/install.ts';
import { requirementsFor } from '../host/requirements.ts';
import { ownRecipes } from '../image/recipes/recipe.ts';
import type { CaseResult } from '../model/result.ts';
import { printableLines, printable } from '../report/printable.ts';
import type { ReporterOptions, ReporterOutput } from '../report/reporter.ts';
import type { ReporterGuard } from '../report/reporters.ts';
import { createReporter, parseRequest, reporterNames } from '../report/reporters.ts';
import { shortPath, splitPlace } from '../report/result-text.ts';
import { ownScenarios } from '../scenario/load.ts';
import { type Case } from '../scenario/scenario.ts';
import { shellQuote } from '../text/shell.ts';
import { readerHasGone, outputEvents } from './interrupt.ts';
import { collect } from './options.ts';

/** Adds the options that name a kernel under test. */
export function addCandidateOptions(command: Command): Command {
  return command
    .option(
      '--kernel <candidate>',
      'kernel under test: debian:SUITE, debian:SUITE/PACKAGE, comma-separated .deb files, a directory, an image, or https://...#sha256=HEX',
    )
    .option(
      '--initrd <file>',
      'initramfs of the kernel under test (default: built with the modules it needs)',
    )
    .option(
      '--kexec-tools <source>',
      'kexec-tools that load it: debian:SUITE, a .deb, or a kexec program',
    )
    .option(
      '--first-kernel <source>',
      'kernel that the machine starts with and kexecs from: debian:SUITE or debian:SUITE/PACKAGE',
    );
}

/** Whether any of these options was given. */
export function namesCandidate(words: CandidateWords): boolean {
  const { kernel, initrd, kexecTools, firstKernel } = words;
  return [kernel, initrd, kexecTools, firstKernel].some((word) => word !== undefined);
}

type Options = CandidateWords & { arch: Arch[]; mirror?: string; withDeps?: boolean };

/**
 * Reads the candidate that the options name, and keeps it in the cache.
 * @throws UsageError if it cannot be used, or is for another architecture than `--arch`
 */
export async function candidateOf(options: Options, signal?: AbortSignal): Promise<Candidate> {
  const { mirror, withDeps = false } = options;
  await ensureImageTools(withDeps);
  const { readCandidate } = await import('../candidate/read-candidate.ts');
  const candidate = await readCandidate(options, {
    ...(mirror && { mirror }),
    ...(signal && { signal }),
    onStep: (step) => process.stderr.write(`${printable(step)}\n`),
  });
  checkArches(candidate, options.arch);
  return candidate;
}

/** Makes sure that kernels can be downloaded and unpacked. @throws UnavailableError if a tool is missing */
export async function ensureImageTools(withDeps: boolean): Promise<void> {
  const needs = new Map(arches.map((arch) => [arch, new Set(['images' as const])]));
  await ensureRequirements(requirementsFor(needs), withDeps);
}

/**
 * The cases that boot a candidate. The others are left out, with a line on standard error.
 * @throws NothingSelectedError if none is left
 */
export function casesOf(cases: readonly Case[], candidate: Candidate): Case[] {
  const { cases: kept, leftOut } = selectCases(cases, candidate, ownRecipes);
  const names = leftOut.join(', ');
  if (kept.length === 0)
    throw new NothingSelectedError(
      `none of the selected scenarios boots ${candidate.label.kernel}`,
      {
        hint: 'A candidate replaces the kernel on the mini disks. Select a scenario that boots one, such as kexec-to-distro.',
      },
    );
  if (names !== '')
    process.stderr.write(`left out because they do not boot the candidate: ${printable(names)}\n`);
  return kept;
}

/** `--reporter`, the same in every command. */
export function reporterOption(): Option {
  const names = reporterNames.join(', ');
  return new Option(
    '--reporter <name[=file]>',
    `write a report to standard output or a file: ${names} (repeatable)`,
  )
    .argParser(collect((text) => parseRequest(text).request))
    .default([], 'list on a terminal, otherwise plain; also beside reports in files');
}

type OpenReporter = Pick<ReporterGuard, 'onEvent' | 'onError'> & {
  /**
   * Ends the reports. A report that could not be written is named on standard error, and turns exit code 0 into 5. Any
   * other exit code is more important and is kept.
   */
  close(): Promise<void>;
};

/**
 * Opens the reporters. Until they are closed, they handle failures of standard output: a full disk does not stop the run,
 * and a closed pipe stops it only if no report goes to a file.
 * @throws UsageError for requests that cannot be combined, or a file that cannot be written
 */
export function openReporter(
  requests: string[],
  options: ReporterOptions,
  output?: () => ReporterOutput,
): OpenReporter {
  const reporter = createReporter(requests, options, output);
  const others = requests.some((request) => request.includes('='));
  const onFailed = (error: Error) => {
    if (!readerHasGone(error)) reporter.outputFailed(error);
    else if (others) reporter.outputFailed(null);
    else outputEvents.emit('closed');
  };
  outputEvents.on('failed', onFailed);
  return {
    onEvent: reporter.onEvent.bind(reporter),
    onError: reporter.onError.bind(reporter),
    async close() {
      await reporter.close();
      // A stream reports failures after the write. Once this empty write is done, all earlier ones have been reported.
      await new Promise<unknown>((resolve) => process.stdout.write('', resolve));
      outputEvents.off('failed', onFailed);
      const trouble = reporter.trouble();
      if (trouble === null) return;
      process.stderr.write(`${printableLines(trouble.describe())}\n`);
      process.exitCode ||= exitCodes.unavailable;
    },
  };
}

/** The command that runs a case again. It names a built-in scenario by its name, any other by its file. */
export function rerunCommand({ scenario: name, arch, place, variant }: CaseResult): string {
  const scenario = variant?.of ?? name;
  const program = process.env.npm_command === 'exec' ? 'npx kexec-lab' : 'kexec-lab';
  const { file } = splitPlace(place);
  const own = dirname(file) === ownScenarios;
  // The run may come from another machine, with kexec-lab in another place.
  const builtIn = own || (!existsSync(file) && existsSync(join(ownScenarios, `${scenario}.yaml`)));
  const what = builtIn ? scenario : shellQuote(shortPath(file));
  const options = variant?.options.map(shellQuote) ?? [];
  return [program, 'run', what, '--arch', arch, ...options, '--tail'].join(' ');
}
