/** Examines the content of one record of a capture: secrets are replaced by marks. */
import { createHash } from 'node:crypto';
import { open, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { UnavailableError } from '../errors.ts';
import { compressionOf } from '../formats/decompress.ts';
import { formatOf } from '../formats/magic.ts';
import { efiText } from './efi-variables.ts';
import type { RawContent, RawRecord } from './raw-capture.ts';
import { redactDeviceTree } from './redact/device-tree.ts';
import { isSecretPath } from './redact/initrd-paths.ts';
import { redactInitrd } from './redact/initrd.ts';
import type { Redactor } from './redact/redact.ts';

/** The largest file that is examined as text. Bytes. */
const longestText = 16 * 2 ** 20;
/** The longest of UEFI's variables that is read: more than firmware stores. Bytes. */
const longestVariable = 2 ** 20;

type Examined = {
  content: RawContent;
  /** How many replacements of each kind. */
  removed: Record<string, number>;
  /** Set if the file becomes a text of that name. */
  name?: string;
};

/** Formats without secrets: programs and kernels. */
const harmless = ['elf', 'image', 'zImage', 'zboot'] as const;

/**
 * Examines the content of a record by what it is, not by its name: text, device tree, initramfs, program. Null: it may
 * contain secrets that cannot be found.
 */
export async function examine(
  record: Extract<RawRecord, { file: string }>,
  output: string,
  redactor: Redactor,
): Promise<Examined | null> {
  const { file, size, sha256 } = record;
  const same: Examined = { content: { file, size, sha256 }, removed: {} };
  const place = record.kind === 'file' ? record.path : '';
  // Modules and their lists come from packages.
  if (/^(\/usr)?\/lib\/modules\//.test(place)) return same;
  // Lists such as `password: crypto`: which modules GRUB's own modules need.
  if (/^\/boot\/grub2?\/\w+-efi\/[\w-]+\.(?:lst|mod)$/.test(place)) return same;
  const head = await beginningOf(file);
  if (place.startsWith('/sys/firmware/efi/efivars/')) {
    if (size > longestVariable) return null;
    const { name, text } = efiText(path.basename(place), await readFile(file));
    return { ...(await changed(output, Buffer.from(text), redactor)), name };
  }
  if (isSecretPath(place.slice(1), head)) return null;
  if (formatOf(head, ['deviceTree']) !== undefined) {
    const tree = size > longestText ? null : redactDeviceTree(await readFile(file), redactor);
    return tree === null
      ? null
      : { content: await store(output, tree.data), removed: counted(tree.marks) };
  }
  if (formatOf(head, harmless) !== undefined || isPackedKernel(place, head)) return same;
  if (formatOf(head, ['uImage']) !== undefined)
    return uImage(same, head[uImageType], output, redactor);
  if (formatOf(head, ['pe']) !== undefined)
    // A unified kernel image has an initrd in it.
    return size > longestText || head.includes('.initrd')
      ? null
      : changed(output, await readFile(file), redactor);
  if (compressionOf(head) !== null || formatOf(head, ['newc', 'newcWithChecksums']) !== undefined)
    return initrd(same, output, redactor);
  if (size > longestText) return null;
  const data = await readFile(file);
  return data.includes(0) ? null : changed(output, data, redactor);
}

/** A compressed Image has the magic number of its compression only. */
function isPackedKernel(place: string, head: Buffer): boolean {
  return /^\/boot\/(vmlinu[xz]|Image)/.test(place) && compressionOf(head) !== null;
}

/** Where U-Boot's legacy images say what is in them, and the numbers of a kernel and a script (include/image.h). */
const uImageType = 30;
const uImageTypes = { kernel: 2, script: 6 };

/** A script is a text. Other types have an initrd in them. */
async function uImage(
  same: Examined,
  type: number | undefined,
  output: string,
  redactor: Redactor,
): Promise<Examined | null> {
  if (type === uImageTypes.kernel) return same;
  if (type !== uImageTypes.script || same.content.size > longestText) return null;
  return changed(output, await readFile(same.content.file), redactor);
}

async function beginningOf(file: string): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(1024), 0, 1024, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function initrd(
  same: Examined,
  output: string,
  redactor: Redactor,
): Promise<Examined | null> {
  try {
    const { blanked, unexamined } = await redactInitrd(same.content.file, output, redactor);
    if (unexamined.length > 0) return null;
    if (blanked.length === 0) return same;
    return { content: await contentOf(output), removed: { 'file in the initrd': blanked.length } };
  } catch (error) {
    if (error instanceof UnavailableError) return null;
    throw error;
  }
}

async function changed(output: string, data: Buffer, redactor: Redactor): Promise<Examined> {
  const found = redactor.bytes(data);
  return { content: await store(output, found.data), removed: counted(found.marks) };
}

async function store(file: string, data: Buffer): Promise<RawContent> {
  await writeFile(file, data, { mode: 0o600 });
  return { file, size: data.length, sha256: createHash('sha256').update(data).digest('hex') };
}

async function contentOf(file: string): Promise<RawContent> {
  const data = await readFile(file);
  return { file, size: data.length, sha256: createHash('sha256').update(data).digest('hex') };
}

function counted(marks: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const mark of marks) counts[mark] = (counts[mark] ?? 0) + 1;
  return counts;
}
