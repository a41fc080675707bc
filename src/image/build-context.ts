import type { Arch } from '../arch.ts';
import type { Manifest } from './entry.ts';
import type { PackageOptions } from './packages.ts';

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
