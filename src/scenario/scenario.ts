import type { Arch } from '../arch.ts';
import type { Expectation, Variant } from '../model/result.ts';
import type { Shape } from '../qemu/shape.ts';
import type { Step } from './step.ts';

/** A recipe (of images/ by name, the user's by absolute path), or a finished file of the user's. */
export type ImageReference = string | { file: string };

export const storages = ['virtio', 'nbd'] as const;
export type Storage = (typeof storages)[number];

/** The kernel under test as `--kernel`, `--initrd` and `--kexec-tools` take it; paths are absolute. */
export type SecondKernel = { kernel: string; initrd?: string; kexecTools?: string };

/** What a scenario boots on one architecture, with `per-arch` applied. */
export type Setup = {
  /** Name of a machine profile in qemu/, or absolute path of the user's. Default: the architecture's own (`aarch64`, `arm`). */
  machine: string;
  /** What is different about this machine than about its profile. */
  shape?: Shape;
  /** The first kernel, which QEMU starts. Default recipe: `provider-kernel`; null: the firmware looks for one. */
  kernel: ImageReference | null;
  /**
   * Its initramfs. Default recipe: `provider-initramfs` (with kexec); `provider-initramfs-bare` has neither kexec nor
   * nbd tools; null: none, which is the default where the kernel is null.
   */
  initramfs: ImageReference | null;
  /** The disk behind /dev/vda. Default recipe: `mini-disk`; null: no disk. */
  disk: ImageReference | null;
  /** The kernel under test, which the kexec starts. It replaces the kernel of the disk's recipe. */
  secondKernel?: SecondKernel;
  /** How the server reaches its disk: as /dev/vda, or over the network as /dev/nbd0. Default: `virtio`. */
  storage: Storage;
  /** Whether the disk refuses all writes. Default: false. */
  readOnly: boolean;
  /** MiB of an empty disk for what the guest hands over; it is kept with the records. Left out: none. */
  output?: number;
  /**
   * The first kernel's command line, after what the machine profile needs (`console=…`). Default: `root=/dev/vda`; empty if
   * the firmware looks for the kernel.
   */
  cmdline: string;
  /** Server tags, handed to the provider's initramfs in order (`KEXEC_KERNEL`, `KEXEC_APPEND`, …). */
  tags: Record<string, string>;
  /** Faults of the metadata API: it refuses connections, or answers the first `busy` states with 429. Default: none. */
  metadata: { down?: boolean; busy?: number };
  /** What a guest reset does: end the run (`exit`, the default) or restart the machine (`reboot`). */
  onReset: 'exit' | 'reboot';
};

/** A command whose output proves what runs: typed in the shell on the console (`run`), or over ssh. */
export type CommandProof = {
  by: 'run' | 'ssh';
  command: string;
  /** The first line it must print. Null: the release of the kernel that is meant to run. */
  output: string | null;
};

/**
 * What shows that `booted` is true: the lines that the lab's own images print (`lab`: release, root device and command
 * line), the same lines where no word of the command line marks the second kernel (`system`), a login prompt after a kexec
 * that was seen (`login`: neither release nor root), or a command's output.
 */
export type Proof = 'lab' | 'system' | 'login' | CommandProof;

/** Limits of a case, in seconds of guest time if the machine's clock is the guest's, otherwise in scaled host seconds. */
export type Limits = {
  /** Power-on to outcome. */
  total: number;
  /** Longest silence of a guest that is not proved dead; then the case ends with the most likely outcome. */
  silence: number;
};

/** What is done on one architecture, and the expected result. */
export type Plan = {
  setup: Setup;
  steps: Step[];
  expect: Expectation;
  /** Default: `lab`. */
  proof?: Proof;
  limits: Limits;
  /** The line in the file of each part of `expect`: by key, captures as `captures.<name>`. */
  lines?: Record<string, number>;
};

/** One scenario file, validated, with defaults filled in. */
export type Scenario = {
  name: string;
  title: string;
  /** Why it happens, in Markdown. */
  story: string;
  /** The YAML file it came from. */
  file: string;
  labels: string[];
  arches: Arch[];
  /** Where it boots on another machine than its own. */
  variant?: Variant;
  /** The setup and expectation of each architecture in `arches`. */
  perArch: Partial<Record<Arch, Plan>>;
};

/** A scenario on one architecture, in one repeat (1-based). */
export type Case = Plan & {
  id: string;
  scenario: Scenario;
  arch: Arch;
  repeat: number;
};
