import type { Arch } from '../../arch.ts';
import { architectures } from '../../arch.ts';
import { readDebControl } from '../../debian/deb-file.ts';
import { debianMirror } from '../../debian/mirror.ts';
import { resolvePackages } from '../../debian/packages.ts';
import { toolsVersion } from '../../formats/kernel.ts';
import { cacheDirectory } from '../../host/directories.ts';
import type { BuildOptions } from '../../image/build/build-context.ts';
import { toolsSelection } from '../../image/recipes/package-selection.ts';
import { kexecTools } from '../../image/recipes/recipe.ts';
import { keptFile } from '../../image/store/kept-files.ts';
import { upstreamVersion } from '../../text/versions.ts';
import type { Candidate } from '../candidate.ts';

export type ToolsFacts = {
  /** The upstream version of kexec-tools, such as 2.0.25; null if unknown. */
  version: string | null;
  /** The compressions that its libraries unpack (`gzip`, `lzma`, `zstd`); null if unknown. */
  unpacks: ReadonlySet<string> | null;
  /** Where the version was found. */
  source: string;
};

/** The kexec-tools that load a candidate: its own, otherwise those of `suites`, the distribution's. */
export async function toolsFacts(
  { tools, label }: Candidate,
  arch: Arch,
  suites: readonly string[],
  options: BuildOptions,
): Promise<ToolsFacts> {
  const cache = cacheDirectory(options.cacheDir);
  const name = label.kexecTools ?? '';
  if (tools !== null && 'program' in tools)
    return {
      version: await toolsVersion(keptFile(cache, tools.program)),
      unpacks: null,
      source: name,
    };
  if (tools !== null && 'deb' in tools) {
    const { version } = await readDebControl(keptFile(cache, tools.deb), options.signal);
    return {
      version: upstreamVersion(version),
      unpacks: null,
      source: `${name}: ${kexecTools} ${version}`,
    };
  }
  const { signal } = options;
  const mirror = () => debianMirror(options.mirror, signal);
  const architecture = architectures[arch].debian;
  const from = tools === null ? suites : [tools.suite];
  const [found] = await resolvePackages(toolsSelection(from, arch), {
    cache,
    architecture,
    mirror,
    onStep: () => undefined,
    signal,
  });
  if (found === undefined) return { version: null, unpacks: null, source: name };
  const { version, suite, dependsOn } = found;
  return {
    version: upstreamVersion(version),
    unpacks: unpackedBy(dependsOn),
    source: `Debian ${suite}: ${kexecTools} ${version}`,
  };
}

/** The compressions that a program can unpack whose package depends on these. */
export function unpackedBy(packages: readonly string[]): Set<string> {
  return new Set(libraries.filter(([, name]) => packages.includes(name)).map(([what]) => what));
}

/** The packages of the libraries that kexec-tools unpack with, if they were built with them. */
const libraries = [
  ['gzip', 'zlib1g'],
  ['lzma', 'liblzma5'],
  ['zstd', 'libzstd1'],
] as const;
