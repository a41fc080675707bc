/** Everything that can have become of a boot. The order is the one documentation lists them in. */
export const outcomeIds = [
  'booted',
  'bye-hang',
  'kexec-missing',
  'kexec-load-failed',
  'kexec-refused',
  'root-mount-failed',
  'root-missing',
  'initramfs-corrupt',
  'no-init',
  'kernel-panic',
  'kernel-hang',
  'console-lost',
  'wrong-kernel',
  'reboot-loop',
  'rescue-shell',
  'firmware-stuck',
  'kernel-silent',
  'irq-storm',
  'entropy-blocked',
  'qemu-exited',
  'no-output',
  'unknown',
] as const;

export type OutcomeId = (typeof outcomeIds)[number];

export const stages = ['firmware', 'kernel', 'initramfs', 'kexec', 'userspace'] as const;

/** Where in a boot something happened. `kexec` is from the first sign of a kexec to the next kernel's first word. */
export type Stage = (typeof stages)[number];

/** One piece of proof. Console evidence has a line; CPU samples, silence and QEMU's own words have none. */
export type Evidence = {
  /** 1-based line of the raw console (a line ends at `\n`), or null for what did not come over the console. */
  line: number | null;
  /** The line with escape sequences and control characters removed, or a sentence about the samples. */
  text: string;
  /** The signature that matched, or `cpu-samples`, `silence`, `stopped` (the lab gave up), `qemu`, `screen`, `last-line`. */
  signature: string;
};

/** What happened, and what says so. */
export type Outcome = {
  id: OutcomeId;
  /** How many kernels had spoken since power-on when it was decided; 0 is firmware. */
  generation: number;
  stage: Stage;
  /** The cause first; what supports it after it. */
  evidence: Evidence[];
  /** What the evidence names: `device`, `reason`, `panic`, `release`, … */
  captures: Record<string, string>;
  /** One or two sentences: what this means. */
  meaning: string;
  /** One or two sentences: what usually cures it. Empty for `booted`. */
  cure: string;
};
