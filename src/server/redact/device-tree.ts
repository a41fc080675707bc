import { readTreeHeader, treeHeaderBytes, treeProperties } from '../../formats/device-tree.ts';
import type { Redactor } from './redact.ts';

/** Properties that identify a machine or seed its random numbers. Their bytes become zeros. */
const identifying =
  /^(local-)?(mac|bd)-address$|^serial-number$|^linux,serial$|^(kaslr|rng)-seed$|^linux,usable-seed$/;

/**
 * A device tree without what identifies the machine, and with secrets in its texts (the command line) replaced by marks of
 * the same length. Null if it is damaged, so that it cannot be examined.
 */
export function redactDeviceTree(
  tree: Buffer,
  redactor: Redactor,
): { data: Buffer; marks: string[] } | null {
  const data = Buffer.from(tree);
  const properties = treeProperties(data);
  if (properties === null) return null;
  const marks: string[] = [];
  for (const { name, value } of properties) {
    if (identifying.test(name)) {
      if (value.some((byte) => byte !== 0)) marks.push(name);
      value.fill(0);
      continue;
    }
    const found = redactor.bytes(value);
    if (!isText(value) || found.marks.length === 0) continue;
    found.data.copy(value);
    marks.push(...found.marks);
  }
  blankRest(data);
  return { data, marks };
}

/** The table of reserved memory starts here in the header, and ends with an entry of zeros. */
const reservedAt = 16;
const reservedBytes = 16;

/** Fills what is outside the parts of a tree: boot loaders that change a tree in place leave old texts there. */
function blankRest(tree: Buffer): void {
  const header = readTreeHeader(tree);
  if (header === null) return;
  const start = tree.readUInt32BE(reservedAt);
  let end = start;
  while (end + reservedBytes <= tree.length) {
    const isLast = tree.subarray(end, end + reservedBytes).every((byte) => byte === 0);
    end += reservedBytes;
    if (isLast) break;
  }
  const parts = [[0, treeHeaderBytes], [start, end], header.structure, header.strings];
  let at = 0;
  for (const [from = 0, to = 0] of parts.sort(([a = 0], [b = 0]) => a - b)) {
    if (from > at) tree.fill(0, at, from);
    at = Math.max(at, to);
  }
  tree.fill(0, at);
}

/** Texts end with a NUL and have no other control characters (Devicetree Specification, 2.2.4). */
function isText(value: Buffer): boolean {
  return (
    value.at(-1) === 0 &&
    value.every((byte) => byte === 0 || byte === 9 || byte === 10 || byte >= 0x20)
  );
}
