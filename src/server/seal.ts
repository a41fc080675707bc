/** Makes what a server file consists of out of a raw capture: content is examined, and secrets are replaced by marks. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { CapturedEntry, LackReason, ServerManifest } from '../model/server.ts';
import { isPlainName, isPlainPath, plainName, plainPath, uniqueNames } from './entry-names.ts';
import { examine } from './examine.ts';
import type { RawRecord } from './raw-capture.ts';
import type { Redactor } from './redact/redact.ts';
import { createRedactor } from './redact/redact.ts';
import type { Blob } from './server-file.ts';

type Sealed = {
  entries: CapturedEntry[];
  blobs: Blob[];
  /** Paths and the names of texts are two kinds of names. */
  uniquePath: (path: string) => string;
  uniqueName: (name: string) => string;
};

/** Texts that are sent only so that they can be found in the others. */
const onlyForSearch = ['hostname', 'machine-id', 'user'];

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
  const sealed: Sealed = {
    entries: [],
    blobs: [],
    uniquePath: uniqueNames(),
    uniqueName: uniqueNames(),
  };
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
  { entries, blobs, uniquePath, uniqueName }: Sealed,
): Promise<void> {
  const pathOf = (place: string) => uniquePath(plainPath(redactor.path(place)));
  const lack = (place: string, reason: LackReason) =>
    entries.push({ kind: 'lack', path: pathOf(place), reason });
  if (record.kind === 'lack') {
    lack(record.path, record.reason);
    return;
  }
  if (
    record.kind !== 'text' &&
    !(isPlainPath(record.path) && (record.kind === 'file' || isPlainName(record.target)))
  ) {
    lack(record.path, 'odd-name');
    return;
  }
  if (record.kind === 'link') {
    const { kind, path, target } = record;
    entries.push({ kind, path: pathOf(path), target: redactor.path(target) });
    return;
  }
  if (record.kind === 'text' && onlyForSearch.includes(record.name)) return;
  const examined = await examine(record, path.join(scratch, `sealed-${entries.length}`), redactor);
  if (examined === null) {
    lack('path' in record ? record.path : `/${record.name}`, 'unexamined');
    return;
  }
  const { content, removed } = examined;
  const { size, sha256 } = content;
  blobs.push({ sha256, file: content.file });
  const found = { size, sha256, ...(Object.keys(removed).length > 0 && { removed }) };
  const name = examined.name ?? (record.kind === 'text' ? record.name : null);
  entries.push(
    name === null && record.kind === 'file'
      ? { kind: 'file', path: pathOf(record.path), program: record.program, ...found }
      : { kind: 'text', name: uniqueName(plainName(name ?? '')), ...found },
  );
}
