/** Boots the same cases with the current kernel and with a new one. */
import type { Candidate } from '../candidate/candidate.ts';
import type { Loaded } from '../compare/record.ts';
import { recordOf } from '../compare/record.ts';
import type { RunReport } from '../model/run.ts';
import { printable } from '../report/printable.ts';
import type { ReporterOutput } from '../report/reporter.ts';
import { createStyle } from '../report/style.ts';
import { prepareImages } from '../run/prepare.ts';
import type { RunOptions } from '../run/run-case.ts';
import { runCases } from '../run/run.ts';
import type { Case } from '../scenario/scenario.ts';
import { openReporter } from './run-options.ts';

type Sides = {
  cases: Case[];
  /** Results of the current kernel, if they are known; otherwise it is booted. */
  known: Loaded | null;
  /** Undefined: the kernel that the images contain. */
  current: Candidate | undefined;
  candidate: Candidate;
};

type BootOptions = Omit<RunOptions, 'retries' | 'tail' | 'candidate' | 'signal'> & {
  /** The name of the current kernel where `current` is undefined. */
  own: string;
  /** Where the progress goes. */
  output: ReporterOutput;
};

type Booted = { before: Loaded | null; after: Loaded | null };

/**
 * Boots both sides, first the current kernel. Meanwhile the images of the new one are built, since a machine uses only one CPU.
 * Null: the user interrupted it.
 */
export async function bootSides(
  { cases, known, current, candidate }: Sides,
  options: BootOptions,
  signal: AbortSignal,
): Promise<Booted> {
  const ending = new AbortController();
  let prepared: Promise<void> | undefined;
  const prepare = (): void => {
    const until = AbortSignal.any([signal, ending.signal]);
    prepared ??= prepareImages(cases, { ...options, candidate, signal: until });
  };
  try {
    const before = known ?? (await boot('baseline', cases, current, options, signal, prepare));
    const after = await boot('candidate', cases, candidate, options, signal);
    return { before, after };
  } finally {
    ending.abort();
    await prepared;
  }
}

async function boot(
  side: string,
  cases: Case[],
  candidate: Candidate | undefined,
  { output, own, ...options }: BootOptions,
  signal: AbortSignal,
  onBoot: () => void = () => undefined,
): Promise<Loaded | null> {
  if (signal.aborted) return null;
  const { encode } = createStyle(output);
  output.write(encode(`\n${side}: ${printable(candidate?.label.kernel ?? own)}\n`));
  const reporter = openReporter(
    [],
    // The comparison shows the differences.
    { rerun: () => '', differences: false },
    () => output,
  );
  let report: RunReport;
  let directory = '';
  try {
    report = await runCases(
      cases,
      { ...options, candidate, retries: 0, tail: false, signal },
      (event) => {
        if (event.type === 'run-started') ({ directory } = event);
        if (event.type === 'case-stage') onBoot();
        reporter.onEvent(event);
      },
    );
  } finally {
    await reporter.close();
  }
  if (report.summary.interrupted > 0) return null;
  return { record: recordOf(report), run: { directory, report } };
}
