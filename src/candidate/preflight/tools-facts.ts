import { keptFile } from '../../image/brought-files.ts';
import { cacheDirectory } from '../../image/cache-directory.ts';
import { readDebControl } from '../../image/deb-control.ts';
import { debianArchitectures } from '../../image/debian-architectures.ts';
import { debianMirror } from '../../image/debian-mirror.ts';
import type { BuildOptions } from '../../image/ensure-entries.ts';
import { toolsVersion, upstreamVersion } from '../../image/kexec-tools-version.ts';
import { withIndex } from '../../image/package-index.ts';
import { kexecTools } from '../../image/package-selection.ts';
import type { Arch } from '../../scenario/scenario.ts';
import type { Candidate } from '../candidate.ts';
import type { ToolsFacts } from './facts.ts';

/** Which kexec-tools a candidate is loaded with. `suite` is the distribution's, whose they are where none were brought. */
export async function toolsFacts(
  { tools, label }: Candidate,
  arch: Arch,
  suite: string,
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
  const from = tools?.suite ?? suite;
  const { signal } = options;
  const source = () => debianMirror(options.mirror, signal);
  const architecture = debianArchitectures[arch];
  const index = { cache, suite: from, architecture, mirror: source, signal };
  const [found] = await withIndex({ ...index, onStep: () => undefined }, (apt) =>
    apt.show([kexecTools]),
  );
  if (found === undefined) return { version: null, source: `Debian ${from}` };
  const { version } = found;
  return { version: upstreamVersion(version), source: `Debian ${from}: ${kexecTools} ${version}` };
}
