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

/** The options by which a command is told of a kernel under test. */
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

/** Whether any of them was given. */
export function namesCandidate(words: CandidateWords): boolean {
  const { kernel, initrd, kexecTools, firstKernel } = words;
  return [kernel, initrd, kexecTools, firstKernel].some((word) => word !== undefined);
}

type Options = CandidateWords & { arch: Arch[]; mirror?: string; withDeps?: boolean };

/**
 * The candidate that a command's options name, looked at and kept in the cache.
 * @throws UsageError for what cannot be used, or is for another architecture than `--arch`
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
 * The cases that boot a candidate. Those that do not are left out, with a line on standard error.
 * @throws NothingSelectedError when none is left
 */
export function casesOf(cases: readonly Case[], candidate: Candidate): Case[] {
  const { cases: kept, leftOut } = selectCases(cases, candidate, ownRecipes);
  const names = leftOut.join(', ');
  if (kept.length === 0)
    throw new NothingSelectedError(
      `none of the selected scenarios boots ${candidate.label.kernel}`,
      {
        hint: 'A candidate takes the place of the kernel on the mini disks; kexec-to-distro boots it.',
      },
    );
  if (names !== '')
    process.stderr.write(
      `left out, because the candidate is not on their disk: ${printable(names)}\n`,
    );
  return kept;
}
