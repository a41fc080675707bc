import type { Arch } from '../arch.ts';
import type { KernelSource, ToolsSource } from '../image/recipe.ts';
/**
 * A kernel that somebody is about to roll out, and what comes with it. Local files and downloads are in the cache, where
 * their SHA-256 finds them: two candidates with the same value are the same.
 */
export type Candidate = {
  kernel: KernelSource;
  /** SHA-256 of the initramfs that came with it; null: the lab makes one. */
  initrd: string | null;
  /** Null: those of the distribution. */
  tools: ToolsSource | null;
  /** The kernel the machine starts with and that has to kexec into it. Null: the lab's usual provider's. */
  firstKernel: KernelSource | null;
  /** What it can be run on. */
  arches: Arch[];
  /** MiB its files take beyond what a distribution's kernel and initramfs take. */
  extraMiB: number;
  label: CandidateLabel;
};

/** What the user called it, for reports. */
export type CandidateLabel = {
  kernel: string;
  initrd: string | null;
  kexecTools: string | null;
  firstKernel: string | null;
};
