import type { Arch } from '../arch.ts';
import type { Expectation } from '../model/result.ts';
import type { Step } from './step.ts';

/** A recipe: one of images/ by name, or the user's by its absolute path. Or a finished file of the user's. */
export type ImageReference = string | { file: string };

export const storages = ['virtio', 'nbd'] as const;
export type Storage = (typeof storages)[number];

/** The kernel under test as `--kernel`, `--initrd` and `--kexec-tools` take it; paths are absolute. */
export type SecondKernel = { kernel: string; initrd?: string; kexecTools?: string };

/** What the scenario boots; one per architecture after `overrides` have been merged in. */
export type Setup = {
  /** Name of a machine profile in qemu/, or absolute path of the user's own. Default: the architecture's own (`aarch64`, `arm`). */
  machine: string;
  /** The kernel QEMU starts. Default recipe: `provider-kernel`; null: the firmware looks for one itself. */
  kernel: ImageReference | null;
  /**
   * Its initramfs. Default recipe: `provider-initramfs` (with kexec); `provider-initramfs-bare` has neither kexec nor
   * nbd tools; null: none, which is the default where the kernel is null.
   */
  initramfs: ImageReference | null;
  /** The disk behind /dev/vda. Default recipe: `mini-disk`; null: no disk. */
  disk: ImageReference | null;
  /** The kernel on the disk, in the place of the distribution's; it is what the kexec starts. Default: the recipe's. */
  secondKernel?: SecondKernel;
  /** How the server reaches its disk: as /dev/vda, or over the network as /dev/nbd0. Default: `virtio`. */
  storage: Storage;
  /** Whether the disk refuses to be written, to all of the guest. Default: false. */
  readOnly: boolean;
  /**
   * The first kernel's command line, behind what the machine profile needs (`console=…`). Default: `root=/dev/vda`, and
   * nothing where there is no such kernel.
   */
  cmdline: string;
  /** Server tags, handed to the provider's initramfs in order (`KEXEC_KERNEL`, `KEXEC_APPEND`, …). */
  tags: Record<string, string>;
  /** What is wrong with the metadata API: takes no connections, or answers the first states 429. Default: nothing. */
  metadata: { down?: boolean; busy?: number };
  /** What a guest reset does: end the run (`exit`, the default) or start the machine anew (`reboot`). */
  onReset: 'exit' | 'reboot';
};

/** A command whose output says what runs: typed in the shell on the console (`run`), or over ssh. */
export type CommandProof = {
  by: 'run' | 'ssh';
  command: string;
  /** The first line it must print. Null: the release of the kernel that is meant to run. */
  output: string | null;
};

/**
 * What shows that `booted` is true: the lines that the lab's own images print (`lab`: release, root device and command
 * line), a login prompt after a kexec that was seen (`login`: neither release nor root), or a command's output.
 */
export type Proof = 'lab' | 'login' | CommandProof;

/** Bounds on one case, in seconds of guest time where the machine's clock is the guest's, else scaled host seconds. */
export type Limits = {
  /** Power-on to outcome. */
  total: number;
  /** Longest silence of a guest that is not proved dead before the case ends as what it looks like. */
  silence: number;
};

/** What is done on one architecture, and what should come of it. */
export type Plan = {
  setup: Setup;
  steps: Step[];
  expect: Expectation;
  /** Left out: `lab`. */
  proof?: Proof;
  limits: Limits;
  /** The line of the scenario's file that each part of `expect` is in: by key, captures as `captures.<name>`. */
  lines?: Record<string, number>;
};

/** One scenario file, validated, with defaults filled in. */
export type Scenario = {
  name: string;
  title: string;
  /** The story behind it: prose, Markdown. */
  story: string;
  /** The YAML file it came from. */
  file: string;
  labels: string[];
  arches: Arch[];
  /** The setup and expectation of each architecture in `arches`. */
  perArch: Partial<Record<Arch, Plan>>;
};

/** One thing to run: a scenario on an architecture, the n-th repeat of it (1-based). */
export type Case = Plan & {
  id: string;
  scenario: Scenario;
  arch: Arch;
  repeat: number;
};
