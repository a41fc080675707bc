import { open, writeFile, truncate } from 'node:fs/promises';
import { panicOf, panicWords } from '../autopsy/kernel-log.ts';
import { runAutopsy } from '../autopsy/run-autopsy.ts';
import { KexecLabError } from '../errors.ts';

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
    const why = error instanceof Error ? error.message : String(error);
    const place = error instanceof KexecLabError ? '' : ' (an error in kexec-lab)';
    note(`the saved dump could not be read: ${why}${place}`);
    return null;
  }
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
