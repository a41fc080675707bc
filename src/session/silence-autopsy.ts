import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { printedLines } from '../autopsy/kernel-log.ts';
import { runAutopsy } from '../autopsy/run-autopsy.ts';
import type { Autopsy } from '../autopsy/silence.ts';
import { fileReason } from '../file-error.ts';
import type { Outcome } from '../model/boot.ts';
import type { OutcomeId } from '../model/vocabulary.ts';
import type { Machine } from '../qemu/machine.ts';

/** What is known of a silent machine beside its memory. */
type Silence = {
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
  { lines, dead }: Silence,
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
