import type { Arch } from '../../arch.ts';
import type { PackageOptions } from '../../debian/packages.ts';
import type { ImageProgress } from '../../model/run.ts';
import type { PlannedEntry } from '../recipes/plan.ts';
import type { Manifest } from '../../model/listing.ts';

/** A finished image that another one is built from. */
export type Input = { directory: string; manifest: Manifest };

/** The arguments of a builder. */
export type BuildContext = {
  arch: Arch;
  /** Returns a finished input by the name of its recipe. */
  input: (name: string) => Input;
  /** An empty directory for temporary files. */
  scratch: string;
  /** An empty directory that becomes the entry. */
  output: string;
  packageOptions: PackageOptions;
  onStep: PackageOptions['onStep'];
  signal: AbortSignal | undefined;
};

/** The result of a builder. */
export type Built = {
  packages: Manifest['packages'];
  /** `uname -r` of the kernel in it; null if unknown. */
  release: string | null;
};

/** How entries are built. */
export type BuildOptions = {
  /** Default: KEXEC_LAB_CACHE, otherwise kexec-lab's directory in the XDG cache directory. */
  cacheDir?: string;
  /** The Debian mirror to download from. Default: KEXEC_LAB_MIRROR, otherwise the host's. */
  mirror?: string;
  onProgress?: (progress: ImageProgress) => void;
  /** Called after an entry was built or, with `refresh`, was found to be up to date. */
  onEntry?: (entry: PlannedEntry, became: 'built' | 'unchanged') => void;
  signal?: AbortSignal;
};
