import type { Arch } from '../../arch.ts';
import type { KernelKind, ZImageLayout } from '../../formats/kernel.ts';

/** What is known of the kernel without starting it. */
export type KernelFacts = {
  arch: Arch;
  /** As the user named it. */
  name: string;
  kind: KernelKind;
  /** Why it is no kernel that can be started, as the end of a sentence; null: nothing is wrong with it. */
  trouble: string | null;
  /** How the payload of an EFI zboot image is compressed. */
  zbootCompression: string | null;
  layout: ZImageLayout | null;
  release: string | null;
  /** Its configuration, and what that file is called; null where it did not come along. */
  config: { name: string; values: ReadonlyMap<string, string> } | null;
  /** Names of what is built in, with `_`; null where nothing tells. */
  builtIn: ReadonlySet<string> | null;
  /** Names of the modules it has of those the machines need; null where none came along. */
  modules: ReadonlySet<string> | null;
};

/** What is known of an initramfs that came with the kernel. */
export type InitrdFacts = {
  name: string;
  /** Why it is none, as the end of a sentence. */
  trouble: string | null;
  /** Releases of the kernels whose modules are in it; null where it could not be read. */
  releases: readonly string[] | null;
  modules: ReadonlySet<string>;
};

export type ToolsFacts = {
  /** kexec-tools' own version, such as 2.0.25; null where nothing tells. */
  version: string | null;
  /** Where that was read. */
  source: string;
};

/** The disk the second kernel is to find its root on. */
export type DiskFacts = {
  /** Its partitions, the first one first, and what is on each. */
  partitions: readonly { filesystem: string }[];
  source: string;
};

export type Facts = {
  kernel: KernelFacts;
  /** Null: the lab makes one of the kernel's own modules. */
  initrd: InitrdFacts | null;
  tools: ToolsFacts;
  disk: DiskFacts;
  /** The command line the second kernel is given. */
  cmdline: string;
};
