/** From the words of a user to the pairs that they ask for. */
import type { Arch } from '../arch.ts';
import type { ArchiveKernel } from '../candidate/archive-kernels.ts';
import { archiveKernels } from '../candidate/archive-kernels.ts';
import type { Candidate } from '../candidate/candidate.ts';
import { providerKernel } from '../candidate/candidate.ts';
import type { CandidateWords } from '../candidate/parse-candidate.ts';
import { parseFirstKernel } from '../candidate/parse-candidate.ts';
import { NothingSelectedError } from '../errors.ts';
import type { Case } from '../scenario/scenario.ts';
import type { PairCase } from './cells.ts';
import { fromEach } from './cells.ts';
import { findKernels } from './kernels.ts';
import { planTable } from './tables.ts';

/** Where kernels come from. Each question is asked once, however many pairs need the answer. */
export type Archive = {
  read: (words: CandidateWords) => Promise<Candidate>;
  list: (arch: Arch, suites: readonly string[]) => Promise<ArchiveKernel[]>;
};

/** @param options.onStep called before each step that takes long, and for a suite that is left out */
export function openArchive(options: {
  mirror?: string;
  signal?: AbortSignal;
  onStep: (step: string) => void;
}): Archive {
  const onLeftOut = (suite: string, why: string) => {
    options.onStep(`Debian ${suite} is left out: ${why.split('\n')[0] ?? ''}`);
  };
  return {
    read: remember(async (words) => {
      const { readCandidate } = await import('../candidate/read-candidate.ts');
      return readCandidate(words, options);
    }),
    list: remember((arch, suites) => archiveKernels(arch, suites, { ...options, onLeftOut })),
  };
}

/** A function that does the work for equal arguments once. */
function remember<Words extends unknown[], Result>(
  work: (...words: Words) => Result,
): (...words: Words) => Result {
  const known = new Map<string, Result>();
  return (...words) => {
    const key = JSON.stringify(words);
    const found = known.get(key) ?? work(...words);
    known.set(key, found);
    return found;
  };
}

/**
 * All pairs of the kernels that words name, a table for each machine and each kexec-tools.
 * @param bases the case to boot, one for each machine
 * @throws NothingSelectedError if no machine has kernels on both sides; UsageError for a word that names no kernel
 */
export async function planPairs(
  bases: readonly Case[],
  words: { from: readonly string[]; to: readonly string[] },
  { kexecTools, cure = false }: { kexecTools: readonly string[]; cure?: boolean },
  { read, list }: Archive,
): Promise<PairCase[]> {
  const tools = kexecTools.length > 0 ? kexecTools : [undefined];
  const planned: PairCase[] = [];
  for (const base of bases) {
    const readSecond = (word: string) => read({ kernel: word });
    const kernels = {
      from: await firstKernels(words.from, base.arch, { read, list }),
      to: await findKernels(words.to, base.arch, { list, read: readSecond }),
    };
    for (const each of tools) planned.push(...planTable(base, kernels, { kexecTools: each, cure }));
  }
  if (planned.length > 0) return planned;
  throw new NothingSelectedError('no machine has a kernel on both sides', {
    hint: 'Name kernels for the same architecture on both sides, or leave --arch out.',
  });
}

function firstKernels(words: readonly string[], arch: Arch, { read, list }: Archive) {
  return findKernels(words, arch, {
    list,
    read: (word) => {
      parseFirstKernel(word, '--from');
      return read({ firstKernel: word });
    },
  });
}

/**
 * Each case once for each first kernel that words name. Cases that do not start with the provider's kernel are left out.
 * @throws NothingSelectedError if none is left; UsageError for a word that names no kernel
 */
export async function fromKernels(
  cases: readonly Case[],
  words: readonly string[],
  archive: Archive,
): Promise<Case[]> {
  const found: Case[] = [];
  for (const arch of new Set(cases.map((case_) => case_.arch))) {
    const kernels = await firstKernels(words, arch, archive);
    const ofArch = cases.filter((case_) => case_.arch === arch);
    const started = ofArch.filter(({ setup }) => setup.kernel === providerKernel);
    found.push(...fromEach(started, kernels));
  }
  if (found.length > 0) return found;
  throw new NothingSelectedError('no selected scenario starts with one of the kernels of --from', {
    hint: 'Name kernels for the architecture, and scenarios in which the provider boots the first kernel, such as kexec-to-distro.',
  });
}
