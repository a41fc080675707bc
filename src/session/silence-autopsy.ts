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

/** What the autopsy of a case needs beside the machine. */
type Silence = {
  outcome: Outcome;
  /** Where the memory is kept meanwhile, and what is found in it for good. */
  directory: string;
  /** What the console has shown, line by line. */
  lines: ReadonlySet<string>;
  /** Told what could not be read or kept. */
  note: (text: string) => void;
  signal: AbortSignal;
};

/**
 * Looks in a machine's memory for the reason of its silence. Never fails: the outcome rests on the console and the CPUs.
 * @returns null if the boot did not end in silence, or the memory tells nothing
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

/** What is known of a silent machine beside its memory. */
type SilentMachine = {
  /** What the console has shown, line by line. */
  lines: ReadonlySet<string>;
  /** Whether the machine is proved to be dead, and not only silent. */
  dead: boolean;
};

/** The reason for silence, if its memory tells one; and what could not be read or kept, in a few words each. */
type AutopsyOfCase = { autopsy: Autopsy | null; notes: string[] };

/**
 * Reads why a silent machine is silent out of its memory, in a process with limits. Its memory lies in `directory` for as
 * long as that takes, and is as large as the machine's.
 *
 * A log that never reached the console is written whole to `memory.log`.
 *
 * @throws UnavailableError when QEMU cannot write it, or reading it reaches a limit; UsageError for a dump that is
 *   damaged; the reason of `signal`
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

/** Why it cannot be written, if it cannot: what is in it is known all the same. */
async function writeLog(file: string, lines: string[]): Promise<string[]> {
  return writeFile(file, lines).then(
    () => [],
    (error: unknown) => [`memory.log cannot be written: ${fileReason(error)}`],
  );
}

/** Outcomes that say no more than that nothing is heard. */
const silent: readonly OutcomeId[] = ['bye-hang', 'console-lost', 'kernel-hang', 'kernel-silent'];

/** Of a machine that is proved to be dead. */
const dead: readonly OutcomeId[] = ['bye-hang', 'kernel-hang', 'kernel-silent'];

/** Whether a boot has ended in a silence that the machine's memory may explain. */
export function isSilent({ id, stage }: Pick<Outcome, 'id' | 'stage'>): boolean {
  return silent.includes(id) || (id === 'unknown' && stage === 'kexec');
}

/** Whether a boot has ended in a machine that is proved to be dead. */
export function isDead({ id }: Pick<Outcome, 'id'>): boolean {
  return dead.includes(id);
}
