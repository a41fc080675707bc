import type { Arch } from '../arch.ts';
import type { ImageReference } from '../scenario/scenario.ts';
import type { Catalog } from './catalog.ts';

/** A Debian package that went into an image. */
export type PackageVersion = { name: string; version: string; architecture: string; suite: string };

/** What a case asks the image store for. */
export type ImageRequest = {
  arch: Arch;
  kernel: ImageReference | null;
  initramfs: ImageReference | null;
  disk: ImageReference | null;
  /** Recipes by name. Default: those of this installation. */
  catalog?: Catalog | undefined;
};

/** Files ready to boot, with all that a report says about them. Paths are absolute and read-only by contract. */
export type ImageSet = {
  kernel: string | null;
  initramfs: string | null;
  disk: string | null;
  /** `uname -r` of the first kernel and of the kernel on the disk; null where a file of the user's does not tell. */
  releases: { first: string | null; second: string | null };
  packages: PackageVersion[];
  /** Content key per recipe, for the report's environment. */
  keys: Record<string, string>;
};

/** Progress of long work, in the words a user sees. `done`/`total` are bytes or steps where known. */
export type ImageProgress = {
  recipe: string;
  arch: Arch;
  step: string;
  done?: number;
  total?: number;
};
