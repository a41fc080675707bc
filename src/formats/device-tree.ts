import { hasMagic } from './magic.ts';

/** Bytes of a tree's header. */
export const treeHeaderBytes = 40;

/** The kernel rejects larger trees (MAX_FDT_SIZE). Bytes. */
const largest = 2 * 2 ** 20;

/** The kernel rejects deeper trees (FDT_MAX_DEPTH). */
const deepest = 64;

/** Names are shorter (Devicetree Specification, 2.2.1: 31 characters, and a unit's address). Bytes. */
const longestName = 256;

const tokens = { beginNode: 1, endNode: 2, property: 3, nop: 4, end: 9 };

type Header = { size: number; structure: [number, number]; strings: [number, number] };

/** A property of a device tree. */
export type TreeProperty = {
  /** The names of the nodes that it is in, outermost first. The root's name is empty. */
  nodes: string[];
  name: string;
  /** A part of the tree's own bytes. */
  value: Buffer;
};

/** The header of a flattened device tree (Devicetree Specification 0.4, chapter 5); null if it is invalid. */
export function readTreeHeader(bytes: Buffer): Header | null {
  if (bytes.length < treeHeaderBytes || !hasMagic(bytes, 'deviceTree')) return null;
  const word = (index: number) => bytes.readUInt32BE(4 * index);
  const [size, structAt, stringsAt, version, compatible] = [
    word(1),
    word(2),
    word(3),
    word(5),
    word(6),
  ];
  const structure: [number, number] = [structAt, structAt + word(9)];
  const strings: [number, number] = [stringsAt, stringsAt + word(8)];
  const inside = size <= largest && structure[1] <= size && strings[1] <= size;
  const known = version >= 17 && compatible <= 17;
  return inside && known ? { size, structure, strings } : null;
}

/** The properties of the tree at the start of `bytes`, in order; null if the tree is incomplete or damaged. */
export function treeProperties(bytes: Buffer): TreeProperty[] | null {
  const header = readTreeHeader(bytes);
  if (header === null || header.size > bytes.length) return null;
  const { structure, strings } = header;
  try {
    return walk(bytes.subarray(...structure), bytes.subarray(...strings));
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** @throws RangeError if an offset points outside the blocks */
function walk(structure: Buffer, strings: Buffer): TreeProperty[] | null {
  const nodes: string[] = [];
  const found: TreeProperty[] = [];
  let at = 0;
  for (;;) {
    const token = structure.readUInt32BE(at);
    at += 4;
    if (token === tokens.beginNode) {
      const name = textAt(structure, at, longestName);
      if (nodes.length === deepest) return null;
      nodes.push(name);
      at = aligned(at + Buffer.byteLength(name) + 1);
    } else if (token === tokens.endNode) {
      nodes.pop();
    } else if (token === tokens.property) {
      const length = structure.readUInt32BE(at);
      const name = textAt(strings, structure.readUInt32BE(at + 4), longestName);
      const value = structure.subarray(at + 8, at + 8 + length);
      if (value.length < length) return null;
      at = aligned(at + 8 + length);
      found.push({ nodes: [...nodes], name, value });
    } else if (token === tokens.end) {
      return nodes.length === 0 ? found : null;
    } else if (token !== tokens.nop) return null;
  }
}

/**
 * The text that ends with a NUL at this place.
 * @throws RangeError if it is longer than `longest` bytes
 */
export function textAt(bytes: Buffer, at: number, longest: number): string {
  const near = bytes.subarray(at, at + longest + 1);
  const end = near.indexOf(0);
  if (end === -1) throw new RangeError('unterminated string');
  return near.toString('utf8', 0, end);
}

function aligned(at: number): number {
  return (at + 3) & ~3;
}
