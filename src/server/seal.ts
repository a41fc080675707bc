/** Makes what a server file consists of out of a raw capture: content is examined, and secrets are replaced by marks. */
import { createHash } from 'node:crypto';
import { open, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { UnavailableError } from '../errors.ts';
import { compressionOf } from '../formats/decompress.ts';
import { formatOf } from '../formats/magic.ts';
import type { CapturedEntry, ServerManifest } from '../model/server.ts';
import { efiText } from './efi-variables.ts';
import { redactDeviceTree } from './redact/device-tree.ts';
import { redactInitrd } from './redact/initrd.ts';
import type { RawContent, RawRecord } from './raw-capture.ts';
import type { Redactor } from './redact/redact.ts';
import { createRedactor } from './redact/redact.ts';
import type { Blob } from './server-file.ts';

type Sealed = { entries: CapturedEntry[]; blobs: Blob[] };

/** Texts that are sent only so that they can be found in the others. */
const onlyForSearch = ['hostname', 'machine-id', 'user'];

/** The largest file that is examined as text. Bytes. */
const longestText = 16 * 2 ** 20;

/**
 * Examines every record of a capture.
 * @param records in the order of the stream; their content is in files of `scratch`
 * @param scratch a directory for what is changed
 */
export async function seal(
  records: readonly RawRecord[],
  scratch: string,
  { capturedBy, today }: { capturedBy: string; today: string },
): Promise<{ manifest: ServerManifest; blobs: Blob[] }> {
  const textOf = async (name: string): Promise<string> => {
    const record = records.find((each) => each.kind === 'text' && each.name === name);
    return record === undefined || !('file' in record)
      ? ''
      : (await readFile(record.file, 'utf8')).trim();
  };
  const hostName = await textOf('hostname');
  const machineId = await textOf('machine-id');
  const redactor = createRedactor({
    hostNames: hostName === '' ? [] : [hostName],
    machineIds: /^[0-9a-f]{32}$/.test(machineId) ? [machineId] : [],
  });
  const sealed: Sealed = { entries: [], blobs: [] };
  for (const record of records) await sealRecord(record, scratch, redactor, sealed);
  return {
    manifest: {
      schema: 'kexec-lab/server@1',
      capturedBy,
      capturedOn: today,
      asRoot: (await textOf('user')) === '0',
      entries: sealed.entries,
    },
    blobs: sealed.blobs,
  };
}

async function sealRecord(
  record: RawRecord,
  scratch: string,
  redactor: Redactor,
  { entries, blobs }: Sealed,
): Promise<void> {
  if (record.kind === 'lack') {
    entries.push({ ...record, path: redactor.path(record.path) });
    return;
  }
  if (record.kind === 'link') {
    const { kind, path, target } = record;
    entries.push({ kind, path: redactor.path(path), target: redactor.path(target) });
    return;
  }
  if (record.kind === 'text' && onlyForSearch.includes(record.name)) return;
  const examined = await examine(record, path.join(scratch, `sealed-${entries.length}`), redactor);
  if (examined === null) {
    const place = 'path' in record ? record.path : `/${record.name}`;
    entries.push({ kind: 'lack', path: redactor.path(place), reason: 'unexamined' });
    return;
  }
  const { content, removed } = examined;
  const { size, sha256 } = content;
  blobs.push({ sha256, file: content.file });
  const found = { size, sha256, ...(Object.keys(removed).length > 0 && { removed }) };
  const name = examined.name ?? (record.kind === 'text' ? record.name : null);
  entries.push(
    name === null && record.kind === 'file'
      ? { kind: 'file', path: redactor.path(record.path), program: record.program, ...found }
      : { kind: 'text', name: name ?? '', ...found },
  );
}

type Examined = {
  content: RawContent;
  /** How many replacements of each kind. */
  removed: Record<string, number>;
  /** Set if the file becomes a text of that name. */
  name?: string;
};

/** Formats without secrets: programs, kernels, and the boot loaders of UEFI. */
const harmless = ['elf', 'image', 'zImage', 'zboot', 'uImage'] as const;

/**
 * Examines the content of a record by what it is, not by its name: text, device tree, initramfs, program. Null: it may
 * contain secrets that cannot be found.
 */
async function examine(
  record: Extract<RawRecord, { file: string }>,
  output: string,
  redactor: Redactor,
): Promise<Examined | null> {
  const { file, size, sha256 } = record;
  const same: Examined = { content: { file, size, sha256 }, removed: {} };
  const place = record.kind === 'file' ? record.path : '';
  // Modules and their lists come from packages.
  if (/^(\/usr)?\/lib\/modules\//.test(place)) return same;
  const head = await beginningOf(file);
  if (place.startsWith('/sys/firmware/efi/efivars/')) {
    const { name, text } = efiText(path.basename(place), await readFile(file));
    return { ...(await changed(output, Buffer.from(text), redactor)), name };
  }
  if (formatOf(head, ['deviceTree']) !== undefined) {
    const tree = redactDeviceTree(await readFile(file), redactor);
    return tree === null
      ? null
      : { content: await store(output, tree.data), removed: counted(tree.marks) };
  }
  if (formatOf(head, harmless) !== undefined || isKernel(place)) return same;
  if (formatOf(head, ['pe']) !== undefined)
    return size > longestText ? null : changed(output, await readFile(file), redactor);
  if (compressionOf(head) !== null || formatOf(head, ['newc', 'newcWithChecksums']) !== undefined)
    return initrd(same, output, redactor);
  if (size > longestText) return null;
  const data = await readFile(file);
  return data.includes(0) ? null : changed(output, data, redactor);
}

/** A compressed Image has the magic number of its compression only. */
function isKernel(place: string): boolean {
  return /^\/boot\/(vmlinu[xz]|Image)/.test(place);
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
