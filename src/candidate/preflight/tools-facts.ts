import type { Arch } from '../../arch.ts';
import { architectures } from '../../arch.ts';
import { keptFile } from '../../image/brought-files.ts';
import { cacheDirectory } from '../../image/cache-directory.ts';
import { readDebControl } from '../../image/deb-control.ts';
import { debianMirror } from '../../image/debian-mirror.ts';
import type { BuildOptions } from '../../image/ensure-entries.ts';
import { toolsVersion, upstreamVersion } from '../../image/kexec-tools-version.ts';
import { kexecTools, toolsSelection } from '../../image/package-selection.ts';
import { resolvePackages } from '../../image/packages.ts';
import type { Candidate } from '../candidate.ts';
import type { ToolsFacts } from './facts.ts';

/** Which kexec-tools a candidate is loaded with. Those of `suites`, the distribution's, are used where none were brought. */
export async function toolsFacts(
  { tools, label }: Candidate,
  arch: Arch,
  suites: readonly string[],
  options: BuildOptions,
): Promise<ToolsFacts> {
  const cache = cacheDirectory(options.cacheDir);
  const name = label.kexecTools ?? '';
  if (tools !== null && 'program' in tools)
    return { version: await toolsVersion(keptFile(cache, tools.program)), source: name };
  if (tools !== null && 'deb' in tools) {
    const { version } = await readDebControl(keptFile(cache, tools.deb), options.signal);
    return { version: upstreamVersion(version), source: `${name}: ${kexecTools} ${version}` };
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
  if (found === undefined) return { version: null, source: name };
  const { version, suite } = found;
  return { version: upstreamVersion(version), source: `Debian ${suite}: ${kexecTools} ${version}` };
}
