/** The kernels of the archive that a search goes through. */
import type { Arch } from '../arch.ts';
import type { ArchiveKernel } from '../candidate/archive-kernels.ts';
import { flavourOf, kernelSuites, namedKernel } from '../candidate/archive-kernels.ts';
import { parseKernel } from '../candidate/parse-candidate.ts';
import { UsageError } from '../errors.ts';
import { compareVersions } from '../text/versions.ts';

/** A kernel of a search: its word for `--kernel`, what people call it, its version if it is from the archive. */
export type SearchedKernel = { word: string; label: string; version: string | null };

type Ends = { good: string; bad: string };

/**
 * The kernels of the archive from one to another, in the order of their versions: those of the good end's flavour.
 * @throws UsageError if an end is not a kernel of the archive, or the good one is not older
 */
export async function kernelsBetween(
  { good, bad }: Ends,
  arch: Arch,
  list: (arch: Arch, suites: readonly string[]) => Promise<ArchiveKernel[]>,
): Promise<SearchedKernel[]> {
  const [first, last] = [endOf(good, '--good'), endOf(bad, '--bad')];
  const all = await list(arch, [...new Set([...kernelSuites, first.suite, last.suite])]);
  const [older, newer] = [find(first, all, arch), find(last, all, arch)];
  if (compareVersions(older.version, newer.version) >= 0)
    throw new UsageError(
      `the good kernel is not older than the bad one: ${older.version} and ${newer.version}`,
      { hint: 'Exchange --good and --bad, or name the kernels between them yourself, in order.' },
    );
  const flavour = flavourOf(older.name, arch);
  const between = all.filter(
    ({ name, version }) =>
      flavourOf(name, arch) === flavour &&
      compareVersions(version, older.version) > 0 &&
      compareVersions(version, newer.version) < 0,
  );
  return [older, ...between, newer].map(({ suite, name, version }) => ({
    word: `debian:${suite}/${name}`,
    label: name.replace(/^linux-image-/, ''),
    version,
  }));
}

type End = { word: string; option: string; suite: string; package: string | null };

function endOf(word: string, option: string): End {
  const kernel = parseKernel(word, option);
  if (kernel.kind === 'debian')
    return { word, option, suite: kernel.suite, package: kernel.package };
  throw new UsageError(`${option} ${word}: this is not a kernel of the archive`, {
    hint: 'To search among kernels of yours, name all of them in order: kexec-lab bisect ./one ./two ./three.',
  });
}

function find(end: End, all: readonly ArchiveKernel[], arch: Arch): ArchiveKernel {
  const found = namedKernel(end, arch, all);
  if (found !== undefined) return found;
  throw new UsageError(`${end.option} ${end.word}: the archive has no such kernel for ${arch}`, {
    hint: "kexec-lab pairs --help explains how the archive's kernels are named.",
  });
}
