/** The kernels that words name, for one axis of a table. */
import type { Arch } from '../arch.ts';
import { archiveKernels, kernelSuites } from '../candidate/archive-kernels.ts';
import type { Candidate } from '../candidate/candidate.ts';
import { parseKernel } from '../candidate/parse-candidate.ts';
import type { PairKernel } from '../model/pairs.ts';

/** Stands for every kernel of the archive, or after `debian:SUITE/` for every one of a suite. */
const all = 'all';

type FindOptions = Parameters<typeof archiveKernels>[2] & {
  /** Reads a kernel. Its architectures decide whether it is in the table. */
  read: (word: string) => Promise<Pick<Candidate, 'arches'>>;
};

/**
 * The kernels that words name, each once: `all`, `debian:SUITE/all`, several of `debian:…` with commas between them, or one
 * kernel as `--kernel` takes it. Kernels for other architectures are left out.
 * @throws UsageError for a word that names no kernel; UnavailableError if the archive cannot be read
 */
export async function findKernels(
  words: readonly string[],
  arch: Arch,
  options: FindOptions,
): Promise<PairKernel[]> {
  const found = new Map<string, PairKernel>();
  for (const word of words.flatMap(splitWord)) {
    const suites = suitesOf(word);
    if (suites === null) {
      const { arches } = await options.read(word);
      if (arches.includes(arch)) found.set(word, { word, label: labelOf(word) });
      continue;
    }
    for (const { suite, name } of await archiveKernels(arch, suites, options)) {
      const named = `debian:${suite}/${name}`;
      found.set(named, { word: named, label: labelOf(named) });
    }
  }
  return distinct([...found.values()]);
}

/** `debian:bookworm,debian:sid` are two kernels; `a.deb,b.deb` are the packages of one. */
function splitWord(word: string): string[] {
  const parts = word.split(',');
  return parts.every((part) => part === all || part.startsWith('debian:')) ? parts : [word];
}

/** The suites whose kernels a word names all; null for a word that names one kernel. */
function suitesOf(word: string): readonly string[] | null {
  if (word === all) return kernelSuites;
  const kernel = parseKernel(word, '--from or --to');
  return kernel.kind === 'debian' && kernel.package === all ? [kernel.suite] : null;
}

function labelOf(word: string): string {
  return /^debian:[^/]+\/linux-image-(\d.*)$/.exec(word)?.[1] ?? word;
}

/** The same release may be in two suites as different packages: those labels get the name of the suite. */
function distinct(kernels: readonly PairKernel[]): PairKernel[] {
  const isAlone = ({ label }: PairKernel) =>
    kernels.filter((other) => other.label === label).length === 1;
  return kernels.map((kernel) => {
    const [, suite] = /^debian:([^/]+)\//.exec(kernel.word) ?? [];
    if (isAlone(kernel) || suite === undefined) return kernel;
    return { ...kernel, label: `${kernel.label} (${suite})` };
  });
}
