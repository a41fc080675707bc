import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { printedLines } from '../autopsy/kernel-log.ts';
import { runAutopsy } from '../autopsy/run-autopsy.ts';
import type { Autopsy } from '../autopsy/silence.ts';
import { unreadableMemory } from '../autopsy/silence.ts';
import { KexecLabError } from '../errors.ts';
import { fileReason } from '../file-error.ts';
import type { Outcome } from '../model/boot.ts';
import type { OutcomeId } from '../model/vocabulary.ts';
import type { Machine } from '../qemu/machine.ts';

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
    const why = error instanceof Error ? error.message : String(error);
    const place = error instanceof KexecLabError ? '' : ' (an error in kexec-lab)';
    note(`the machine's memory could not be read: ${why}${place}`);
    return unreadableMemory(`${why}${place}`);
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
