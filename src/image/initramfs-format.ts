import { statSync } from 'node:fs';
import { readInitramfs } from './initramfs-names.ts';

/**
 * Why a file is no initramfs, as the end of a sentence that begins with the file's name; null when it looks like one.
 * An initramfs is a chain of cpio archives, of which the last may be compressed.
 */
export async function initramfsTrouble(file: string): Promise<string | null> {
  if (statSync(file).size === 0) return 'is empty';
  return (await readInitramfs(file)).trouble;
}
