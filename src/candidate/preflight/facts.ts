import type { Arch } from '../../arch.ts';
import type { KernelKind, ZImageLayout } from '../../formats/kernel.ts';

/** What is known about a kernel without booting it. */
export type KernelFacts = {
  arch: Arch;
  /** The user's name for it. */
  name: string;
  kind: KernelKind;
  /** Why it is not a bootable kernel, as the end of a sentence; null if nothing is wrong. */
  trouble: string | null;
  /** The compression of an EFI zboot image's payload. */
  zbootCompression: string | null;
  layout: ZImageLayout | null;
  release: string | null;
  /** Its configuration and the name of that file; null if unknown. */
  config: { name: string; values: ReadonlyMap<string, string> } | null;
  /** Names of built-in modules, with `_`; null if unknown. */
  builtIn: ReadonlySet<string> | null;
  /** Names of the modules that it has, of those that the machines need; null if it has none. */
  modules: ReadonlySet<string> | null;
};

/** What is known about an initramfs that belongs to the kernel. */
export type InitrdFacts = {
  name: string;
  /** Why it is not a valid initramfs, as the end of a sentence; null if nothing is wrong. */
  trouble: string | null;
  /** Releases of the kernels whose modules are in it; null if it could not be unpacked. */
  releases: readonly string[] | null;
  modules: ReadonlySet<string>;
};

export type ToolsFacts = {
  /** The upstream version of kexec-tools, such as 2.0.25; null if unknown. */
  version: string | null;
  /** Where the version was found. */
  source: string;
};

/** The disk with the second kernel's root file system. */
export type DiskFacts = {
  /** Its partitions in order, with the file system of each. */
  partitions: readonly { filesystem: string }[];
  source: string;
};

export type Facts = {
  kernel: KernelFacts;
  /** Null if the lab builds one with the kernel's modules. */
  initrd: InitrdFacts | null;
  tools: ToolsFacts;
  disk: DiskFacts;
  /** The second kernel's command line. */
  cmdline: string;
};
