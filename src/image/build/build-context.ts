import type { Arch } from '../../arch.ts';
import type { PackageOptions } from '../../debian/packages.ts';
import type { ImageProgress } from '../../model/run.ts';
import type { PlannedEntry } from '../recipes/plan.ts';
import type { Manifest } from '../store/entry.ts';

/** A finished image that goes into another one. */
export type Input = { directory: string; manifest: Manifest };

/** What a builder works with. */
export type BuildContext = {
  arch: Arch;
  /** A finished input by its recipe's name. */
  input: (name: string) => Input;
  /** Empty directory for what is thrown away. */
  scratch: string;
  /** Empty directory that becomes the entry. */
  output: string;
  packageOptions: PackageOptions;
  onStep: PackageOptions['onStep'];
  signal: AbortSignal | undefined;
};

/** What a builder has to say about its result. */
export type Built = {
  packages: Manifest['packages'];
  /** `uname -r` of the kernel in it; null where nothing tells. */
  release: string | null;
};

export type BuildOptions = {
  /** Default: KEXEC_LAB_CACHE, else the XDG cache directory. */
  cacheDir?: string;
  /** Debian mirror to download from. Default: KEXEC_LAB_MIRROR, else the one the host uses. */
  mirror?: string;
  onProgress?: (progress: ImageProgress) => void;
  /** Called when an entry has been built, or (a refresh) has been found to be what would be built now. */
  onEntry?: (entry: PlannedEntry, became: 'built' | 'unchanged') => void;
  signal?: AbortSignal;
};
