import { treeProperties } from '../../formats/device-tree.ts';
import type { Redactor } from './redact.ts';

/** Properties that identify a machine or seed its random numbers. Their bytes become zeros. */
const identifying = /^(local-)?mac-address$|^serial-number$|^(kaslr|rng)-seed$|^linux,usable-seed$/;

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
  return { data, marks };
}

/** Texts end with a NUL and have no other control characters (Devicetree Specification, 2.2.4). */
function isText(value: Buffer): boolean {
  return (
    value.at(-1) === 0 &&
    value.every((byte) => byte === 0 || byte === 9 || byte === 10 || byte >= 0x20)
  );
}
