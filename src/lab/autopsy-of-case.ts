import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Autopsy } from '../autopsy/autopsy.ts';
import { explainSilence } from '../autopsy/autopsy.ts';
import { examine } from '../autopsy/examine.ts';
import { printedLines } from '../autopsy/kernel-log.ts';
import { openDump } from '../autopsy/memory-dump.ts';
import type { Machine } from '../qemu/machine.ts';

/**
 * Reads why a silent machine is silent out of its memory. Its memory lies in `directory` for as long as that
 * takes, and is as large as the machine's.
 *
 * A log that nobody heard is left behind whole, as `memory.log`.
 *
 * @param lines what the console has shown, line by line
 * @param dead whether the machine is proved to be dead, and not only silent
 * @throws UnavailableError when QEMU cannot write it
 */
export async function autopsyOf(
  machine: Machine,
  directory: string,
  lines: ReadonlySet<string>,
  dead: boolean,
): Promise<Autopsy | null> {
  const file = join(directory, 'memory.elf');
  try {
    const { pcs } = await machine.sample();
    await machine.dumpMemory(file);
    const dump = openDump(file, 0);
    try {
      const autopsy = explainSilence(examine(dump), { lines, pcs, dead });
      const unheard = autopsy?.log?.records.flatMap(printedLines).map((line) => `${line}\n`);
      if (unheard !== undefined) await writeFile(join(directory, 'memory.log'), unheard);
      return autopsy;
    } finally {
      dump.close();
    }
  } finally {
    await rm(file, { force: true });
  }
}
