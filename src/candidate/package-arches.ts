import type { Arch } from '../arch.ts';
import { archWith, arches, architectures } from '../arch.ts';
import { UsageError } from '../errors.ts';
import { debianMirror } from '../image/debian-mirror.ts';
import { withIndex } from '../image/package-index.ts';
import type { ReadOptions } from './read-kernel.ts';

/**
 * The architectures a suite has a package for. Debian puts the architecture into the names of its kernels; of any other
 * name apt knows. Throws UsageError for a package that is in none, UnavailableError when the index cannot be had.
 */
export async function archesOfPackage(
  suite: string,
  name: string,
  cache: string,
  { mirror, signal, onStep }: ReadOptions,
): Promise<Arch[]> {
  const named = archInName(name);
  if (named !== null) return [named];
  const found: Arch[] = [];
  for (const arch of arches) {
    const architecture = architectures[arch].debian;
    const step = (text: string) => onStep?.(text);
    const source = () => debianMirror(mirror, signal);
    const options = { cache, suite, architecture, mirror: source, onStep: step, signal };
    const packages = await withIndex(options, (apt) => apt.show([name]));
    if (packages.length > 0) found.push(arch);
  }
  if (found.length > 0) return found;
  throw new UsageError(`--kernel debian:${suite}/${name}: Debian ${suite} has no such package`);
}

/** `linux-image-6.12.95+deb12-cloud-arm64` is for arm64, `linux-image-armmp-lpae` for armhf. */
export function archInName(name: string): Arch | null {
  const [, kernel] = /^linux-.*-(arm64|armmp)(?:-|$)/.exec(name) ?? [];
  return kernel === undefined ? null : (archWith('kernel', kernel) ?? null);
}
