import type { Command } from 'commander';
import type { Arch } from '../arch.ts';
import { arches } from '../arch.ts';
import type { Candidate } from '../candidate/candidate.ts';
import { checkArches, selectCases } from '../candidate/candidate.ts';
import type { CandidateWords } from '../candidate/parse-candidate.ts';
import { NothingSelectedError } from '../errors.ts';
import { ensureRequirements } from '../host/install.ts';
import { requirementsFor } from '../host/requirements.ts';
import { ownRecipes } from '../image/recipes/recipe.ts';
import { printable } from '../report/printable.ts';
import { type Case } from '../scenario/scenario.ts';

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
  const needs = new Map(arches.map((arch) => [arch, new Set(['images' as const])]));
  await ensureRequirements(requirementsFor(needs), withDeps);
  const { readCandidate } = await import('../candidate/read-candidate.ts');
  const candidate = await readCandidate(options, {
    ...(mirror && { mirror }),
    ...(signal && { signal }),
    onStep: (step) => process.stderr.write(`${printable(step)}\n`),
  });
  checkArches(candidate, options.arch);
  return candidate;
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
