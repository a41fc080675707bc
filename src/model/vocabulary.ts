/**
 * The closed lists of words that records use. Types, schemas and tables are derived from these lists. This file does not
 * load zod, so the core and the start of the program can use the lists.
 */

/** Boot outcomes, in the order of the documentation. */
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
  'dumped',
  'dump-not-saved',
  'crash-not-reserved',
  'crash-load-failed',
  'kernel-hang',
  'console-lost',
  'wrong-kernel',
  'degraded',
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

/** Whether a system came up on the intended kernel, with or without losses. It can prove its release and root device. */
export function isUp(outcome: OutcomeId): boolean {
  return outcome === 'booted' || outcome === 'degraded';
}

/** Each outcome in one line, for `kexec-lab help outcomes`, the man page and docs/diagnose.md. */
export const outcomeSummaries: Record<OutcomeId, string> = {
  booted: 'the system came up on the intended kernel',
  'bye-hang': 'the kexec ended in silence: the second kernel printed nothing',
  'kexec-missing': 'the kexec program is missing or cannot be started',
  'kexec-load-failed': 'kexec did not load the second kernel',
  'kexec-refused': 'the running kernel does not allow the kexec',
  'root-mount-failed': 'the root device exists, but mounting it failed',
  'root-missing': 'the root device never appeared',
  'initramfs-corrupt': 'the kernel could not unpack its initramfs',
  'no-init': 'the kernel could not start a first program',
  'kernel-panic': 'the kernel panicked, or an oops stopped it',
  dumped: 'the kernel panicked, its crash kernel saved a dump, and the machine came back',
  'dump-not-saved': 'the kernel panicked, and its crash kernel did not save a dump',
  'crash-not-reserved': 'no memory is reserved for a crash kernel',
  'crash-load-failed': 'the crash kernel could not be loaded',
  'kernel-hang': 'the kernel began to boot and makes no progress',
  'console-lost': 'the second kernel runs, but not on this console (live runs only)',
  'wrong-kernel': 'a system came up, but not on the intended kernel',
  degraded:
    'the system came up after a kexec, but has lost CPUs, memory, interrupts, its clock or its disk',
  'reboot-loop': 'the machine is reset or kexecs repeatedly',
  'rescue-shell': 'the boot ended in a rescue shell; the console does not show why',
  'firmware-stuck': 'the firmware or the boot loader did not start a kernel',
  'kernel-silent': 'a boot loader or an EFI stub started a kernel, which printed nothing',
  'irq-storm': 'an interrupt without a handler, then no progress',
  'entropy-blocked': 'a program waits for random numbers',
  'qemu-exited': 'QEMU exited before there was an outcome (live runs only)',
  'no-output': 'the console printed nothing at all',
  unknown: 'none of the above is shown',
};

export const stages = ['firmware', 'kernel', 'initramfs', 'kexec', 'userspace'] as const;

/**
 * Where in a boot something happened. `kexec` lasts from the first sign of a kexec to the first line of the next
 * kernel.
 */
export type Stage = (typeof stages)[number];

/**
 * How sure a diagnosis is.
 *
 * - `proved`: by more than the console: the CPUs were sampled, the system named its own kernel, or QEMU exited.
 * - `shown`: a line of the console says so.
 * - `likely`: inferred from where the console ends.
 * - `unknown`: the console does not show it.
 */
export const certainties = ['proved', 'shown', 'likely', 'unknown'] as const;
export type Certainty = (typeof certainties)[number];

export const verdicts = ['pass', 'fail', 'error', 'unavailable', 'interrupted'] as const;

/**
 * `pass` and `fail` are about the system under test, `error` is about the scenario, `unavailable` about the lab.
 * `interrupted`: the run was stopped, so there is no result.
 */
export type Verdict = (typeof verdicts)[number];

export const stepStatuses = ['done', 'failed', 'pending'] as const;

/** Why a machine fell silent, as far as its memory shows. `unreadable`: the memory could not be read. */
export const silenceReasons = [
  'device-tree-without-memory',
  'device-tree-lost',
  'lpi-tables-taken-over',
  'efi-reservations-overwritten',
  'page-size-unsupported',
  'early-panic',
  'early-oops',
  'console-lost',
  'stopped-early',
  'digest-mismatch',
  'image-damaged',
  'never-spoke',
  'unreadable',
] as const;

export type SilenceReason = (typeof silenceReasons)[number];

/**
 * How a machine's clock runs, best first: by the instructions it executes, with idle time skipped (`-icount sleep=off`) or
 * waited out (`-icount sleep=on`), or by the host's clock.
 */
export const guestTimes = ['sleep=off', 'sleep=on', 'host'] as const;
export type GuestTime = (typeof guestTimes)[number];

/** What a candidate does to a scenario compared to the baseline, worst first. */
export const comparisonClasses = [
  'regressed',
  'changed',
  'lost',
  'unstable',
  'neither',
  'costlier',
  'unknown',
  'new',
  'fixed',
  'same',
] as const;

export type ComparisonClass = (typeof comparisonClasses)[number];

export const costChanges = ['costlier', 'cheaper', 'undecided'] as const;
export const decisions = ['ROLL', 'HOLD'] as const;

/** What a requirement of the host is for: booting machines, or building the images they boot (once). */
export const requirementPurposes = ['boot', 'images'] as const;
export type RequirementPurpose = (typeof requirementPurposes)[number];

/** How a replay ended: `played` to the end of the recording, `stalled` without progress, or `stopped` at the stop point. */
export const replayEndings = ['played', 'stalled', 'stopped'] as const;
export type ReplayEnding = (typeof replayEndings)[number];

/** `stop`: it cannot work. `warn`: it may not work without preparation. `note`: it could not be checked. */
export const severities = ['stop', 'warn', 'note'] as const;
export type Severity = (typeof severities)[number];

// Words that this program and its guests have to agree on. Scripts in images/ and scenarios/ repeat them, since a guest cannot
// import this file: change both.

/** On the command line of every kernel that a provider's initramfs starts by kexec (Scaleway's own marker). */
export const kexecMarker = 'is_in_kexec=yes';

/**
 * Server tags for `images/provider-initramfs`: more options for kexec, and words to append to the second kernel's
 * command line.
 */
export const flagsTag = 'KEXEC_LAB_FLAGS';
export const appendTag = 'KEXEC_LAB_APPEND';
