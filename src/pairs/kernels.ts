/** The kernels that words name, for one axis of a table. */
import type { Arch } from '../arch.ts';
import type { ArchiveKernel } from '../candidate/archive-kernels.ts';
import { kernelSuites } from '../candidate/archive-kernels.ts';
import type { Candidate } from '../candidate/candidate.ts';
import type { PairKernel } from '../model/pairs.ts';
import { globPattern } from '../text/glob.ts';

/** Stands for every kernel of the archive. */
const all = 'all';

type FindOptions = {
  /** The kernels of suites, as `archiveKernels` lists them. */
  list: (arch: Arch, suites: readonly string[]) => Promise<Pick<ArchiveKernel, 'suite' | 'name'>[]>;
  /** Reads a kernel. Its architectures decide whether it is in the table. */
  read: (word: string) => Promise<Pick<Candidate, 'arches'>>;
};

/**
 * The kernels that words name, each once: `all`, a pattern such as `debian:trixie/6.12.*`, several of `debian:…` with
 * commas between them, or one kernel as `--kernel` takes it. Kernels for other architectures are left out.
 * @throws UsageError for a word that names no kernel; UnavailableError if the archive cannot be read
 */
export async function findKernels(
  words: readonly string[],
  arch: Arch,
  options: FindOptions,
): Promise<PairKernel[]> {
  const found = new Map<string, PairKernel>();
  for (const word of words.flatMap(splitWord)) {
    const pattern = patternOf(word);
    if (pattern === null) {
      const { arches } = await options.read(word);
      if (arches.includes(arch)) found.set(word, { word, label: labelOf(word) });
      continue;
    }
    for (const { suite, name } of await options.list(arch, pattern.suites)) {
      if (!pattern.matches(name)) continue;
      const named = `debian:${suite}/${name}`;
      found.set(named, { word: named, label: labelOf(named) });
    }
  }
  return distinct([...found.values()]);
}

/** `debian:bookworm,debian:sid` are two kernels; `a.deb,b.deb` are the packages of one. */
export function splitWord(word: string): string[] {
  const parts = word.split(',');
  return parts.every((part) => part === all || part.startsWith('debian:')) ? parts : [word];
}

/** The suites and the packages that a pattern is about; null for a word that names one kernel. */
export function patternOf(
  word: string,
): { suites: readonly string[]; matches: (name: string) => boolean } | null {
  const text = word === all ? 'debian:*/*' : word;
  const [, suite, name] = /^debian:([^/]+)\/([^/]+)$/.exec(text) ?? [];
  if (suite === undefined || name === undefined || !/[*?]/.test(text)) return null;
  const ofSuite = globPattern(suite);
  const known = kernelSuites.filter((each) => ofSuite.test(each));
  const ofName = globPattern(name);
  return {
    suites: /[*?]/.test(suite) ? known : [suite],
    matches: (text) => ofName.test(text) || ofName.test(text.replace(packagePrefix, '')),
  };
}

const packagePrefix = /^linux-image-/;

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
