import { rm, writeFile, open, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { printedLines, panicOf, panicWords, tellingLines } from '../autopsy/kernel-log.ts';
import { runAutopsy } from '../autopsy/run-autopsy.ts';
import type { Autopsy } from '../autopsy/silence.ts';
import { unreadableMemory } from '../autopsy/silence.ts';
import { lpiCure, reservationsCure } from '../boot/explain/cures.ts';
import { KexecLabError } from '../errors.ts';
import { fileReason } from '../file-error.ts';
import { kexecMarker } from '../model/vocabulary.ts';
import type { Outcome, Evidence } from '../model/boot.ts';
import type { OutcomeId, SilenceReason } from '../model/vocabulary.ts';
import type { Machine } from '../qemu/machine.ts';

// The memory of a case: that of its machine, if it ends silent, and the dump that its crash kernel saves.

/** What an autopsy needs besides the machine. */
type Silence = {
  outcome: Outcome;
  /** Where the memory dump is kept for as long as it is read, and where `memory.log` stays. */
  directory: string;
  /** What the console has shown, line by line. */
  lines: ReadonlySet<string>;
  /** Receives what could not be read or written. */
  note: (text: string) => void;
  signal: AbortSignal;
};

/**
 * Looks in a machine's memory for the reason of its silence. Never throws: without a reason the outcome stays as it is.
 * @returns null if the boot did not end in silence, or the memory explains nothing
 */
export async function explainSilence(
  machine: Machine,
  { outcome, directory, lines, note, signal }: Silence,
): Promise<Autopsy | null> {
  if (!isSilent(outcome)) return null;
  try {
    const silent = { lines, dead: isDead(outcome) };
    const { autopsy, notes } = await autopsyOf(machine, directory, silent, signal);
    for (const text of notes) note(`the machine's memory: ${text}`);
    return autopsy;
  } catch (error) {
    if (signal.aborted) return null;
    const why = reasonOf(error);
    note(`the machine's memory could not be read: ${why}`);
    return unreadableMemory(why);
  }
}

/** What is known about a silent machine besides its memory. */
type SilentMachine = {
  /** What the console has shown, line by line. */
  lines: ReadonlySet<string>;
  /** Whether the machine is proved to hang, and not only silent. */
  dead: boolean;
};

/** Why the machine is silent, if its memory shows it; and what could not be read or written, in a few words each. */
type AutopsyOfCase = { autopsy: Autopsy | null; notes: string[] };

/**
 * Reads from a machine's memory why it is silent, in a separate process with limits. Until that is done, `directory`
 * contains a dump as large as the machine's memory. A kernel log that never reached the console is written to `memory.log`.
 *
 * @throws UnavailableError when QEMU cannot write the dump, or reading it reaches a limit; UsageError for a damaged dump;
 *   the reason of `signal`
 */
export async function autopsyOf(
  machine: Machine,
  directory: string,
  { lines, dead }: SilentMachine,
  signal?: AbortSignal,
): Promise<AutopsyOfCase> {
  const file = join(directory, 'memory.elf');
  try {
    const sample = await machine.sample();
    await machine.dumpMemory(file);
    const pcs = sample.pcs.map((pc) => pc.toString(16));
    const request = { file, base: 0, lines: [...lines], pcs, dead };
    const { findings, silence, unheard } = await runAutopsy(request, { signal });
    const { logs, unreadable } = findings;
    const log = unheard === null ? null : (logs[unheard] ?? null);
    const printed = log?.records.flatMap(printedLines).map((line) => `${line}\n`);
    const notes =
      printed === undefined ? [] : await writeLog(join(directory, 'memory.log'), printed);
    const autopsy = silence === null ? null : { ...silence, log };
    return { autopsy, notes: [...unreadable, ...notes] };
  } finally {
    await rm(file, { force: true });
  }
}

/** @returns a note if the file cannot be written; its contents are known all the same */
async function writeLog(file: string, lines: string[]): Promise<string[]> {
  return writeFile(file, lines).then(
    () => [],
    (error: unknown) => [`memory.log cannot be written: ${fileReason(error)}`],
  );
}

/** Outcomes in which the machine is silent. */
const silent: readonly OutcomeId[] = ['bye-hang', 'console-lost', 'kernel-hang', 'kernel-silent'];

/** Outcomes in which the machine is proved to hang. */
const dead: readonly OutcomeId[] = ['bye-hang', 'kernel-hang', 'kernel-silent'];

/** Whether a boot ended in a silence that the machine's memory may explain. */
export function isSilent({ id, stage }: Pick<Outcome, 'id' | 'stage'>): boolean {
  return silent.includes(id) || (id === 'unknown' && stage === 'kexec');
}

/** Whether a boot ended with a machine that is proved to hang. */
export function isDead({ id }: Pick<Outcome, 'id'>): boolean {
  return dead.includes(id);
}

/**
 * The outcome with the result of the autopsy: the reason in its meaning, the log that the console did not show in its
 * evidence. A silence that proved nothing is a hang if the second kernel has panicked: its CPUs may be busy after that and
 * look alive.
 */
export function withMemory(outcome: Outcome, autopsy: Autopsy | null): Outcome {
  if (autopsy === null) return outcome;
  const { reason, sentence, log } = autopsy;
  const lines = log === null ? [] : tellingLines(log);
  const unheard = lines.map((text): Evidence => ({ line: null, text, signature: 'guest-memory' }));
  const died = outcome.id === 'unknown' && provesDeath(autopsy);
  return {
    ...outcome,
    ...(died && { id: 'bye-hang' }),
    meaning: `${died ? afterJump : outcome.meaning} ${sentence}`,
    cure: cures[reason] ?? outcome.cure,
    evidence: [...outcome.evidence, ...unheard],
  };
}

const afterJump =
  'The first kernel began the jump, then nothing: the second kernel ran and panicked without printing anything.';

/** Whether a log in memory is that of a kernel which a provider's initramfs started by kexec, and which has panicked. */
export function provesDeath(autopsy: Autopsy | null): boolean {
  const log = autopsy?.log ?? null;
  if (log === null) return false;
  return (log.cmdline?.includes(kexecMarker) ?? false) && panicOf(log) !== undefined;
}

const early =
  "Search for the message together with the kernel's release, and boot the previous kernel. With earlycon on its command line, the new kernel prints messages this early.";

/** The cure for a known reason. If the reason is unknown, the cure of the silent outcome remains. */
const cures: Partial<Record<SilenceReason, string>> = {
  'device-tree-lost':
    'On 32-bit arm, give kexec --image-size with a size well above that of the unpacked kernel, such as --image-size=67108864: otherwise kexec places the device tree where kernels with a larger text offset unpack themselves. If you use --dtb, check that file.',
  'device-tree-without-memory':
    "Omit --dtb, so that kexec passes on the device tree of the running kernel, or use a tree that describes the machine's memory.",
  'lpi-tables-taken-over': lpiCure,
  'efi-reservations-overwritten': reservationsCure,
  'page-size-unsupported':
    'Install a kernel with pages of 4 KiB (in Debian, linux-image-arm64 or linux-image-cloud-arm64 instead of …-16k and …-64k).',
  'early-panic': early,
  'early-oops': early,
  'digest-mismatch':
    'Stop the devices that write to memory by themselves before the jump. Linux stops those on PCI; under Linux 5.10 and 6.1, a network card on virtio-mmio keeps receiving, so unbind its driver (docs/gicv3.md#a-network-card-that-still-receives).',
  'image-damaged':
    'Install the kernel file again, and compare its size with the one in its package: an interrupted update or a full /boot can truncate it.',
};

/** What a dump that a crash kernel has saved shows. */
export type SavedDump = {
  /** The kernel that died; null if the dump does not name it. */
  release: string | null;
  /** Its panic, such as `sysrq triggered crash`. */
  panic: string;
};

/** Makes the empty disk on which a guest leaves what it hands over. It takes no space until it is written to. */
export async function makeOutputDisk(file: string, mebibytes: number): Promise<void> {
  await writeFile(file, '');
  await truncate(file, mebibytes * 2 ** 20);
}

/**
 * Reads the dump that a guest has copied to its output disk. Never throws: without a dump there is nothing to report.
 * @param note receives why a dump could not be read
 * @returns null if the disk is empty, cannot be read, or shows no panic
 */
export async function readSavedDump(
  file: string,
  note: (text: string) => void,
  signal: AbortSignal,
): Promise<SavedDump | null> {
  try {
    if (await isEmpty(file)) return null;
    const request = { file, base: 0, lines: [], pcs: [], dead: false };
    const { findings, missingBytes } = await runAutopsy(request, { signal });
    if (missingBytes > 0) note(`the saved dump is truncated: ${missingBytes} bytes are missing`);
    for (const text of findings.unreadable) note(`the saved dump cannot be read whole: ${text}`);
    const log = findings.logs.find((one) => panicOf(one) !== undefined);
    if (log === undefined) note('the saved dump shows no panic');
    return log === undefined ? null : { release: log.release, panic: panicWords(log) ?? '' };
  } catch (error) {
    if (signal.aborted) return null;
    note(`the saved dump could not be read: ${reasonOf(error)}`);
    return null;
  }
}

/** Why memory could not be read, in words. */
function reasonOf(error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  return error instanceof KexecLabError ? why : `${why} (an error in kexec-lab)`;
}

async function isEmpty(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(4096), 0, 4096, 0);
    return buffer.every((byte) => byte === 0);
  } finally {
    await handle.close();
  }
}
