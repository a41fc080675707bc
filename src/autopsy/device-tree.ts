import { hasMagic, magics } from '../formats/magic.ts';
import type { DeviceTree } from '../model/examination.ts';
import type { GuestMemory, UnreadList } from './guest-memory.ts';
import { Budget, occurrences } from './guest-memory.ts';

const headerSize = 40;

/** The kernel rejects larger trees (MAX_FDT_SIZE). Bytes. */
const largest = 2 * 2 ** 20;

/** The kernel rejects deeper trees (FDT_MAX_DEPTH). */
const deepest = 64;

/** Names are shorter (Devicetree Specification, 2.2.1: 31 characters, and a unit's address). Bytes. */
const longestName = 256;

/** Command lines are shorter (COMMAND_LINE_SIZE is 2048 on arm64). Bytes. */
const longestBootargs = 4096;

/** Numbers in a `reg` have as many cells at most (OF_MAX_ADDR_CELLS). */
const mostCells = 4;

/** The total size of all trees that are read. A machine has a few, each at most 1 MiB. A small tree counts as a page. Bytes. */
const mostBytes = 128 * 2 ** 20;
const page = 4096;
const mostTrees = 64;

const tokens = { beginNode: 1, endNode: 2, property: 3, nop: 4, end: 9 };

/** All whole device trees in memory: Devicetree Specification 0.4, chapter 5. Data that only starts like a tree is ignored. */
export function findDeviceTrees(memory: GuestMemory, unread: UnreadList): DeviceTree[] {
  const trees: DeviceTree[] = [];
  const budget = new Budget(mostBytes);
  const accept = (bytes: Buffer, hit: number): boolean =>
    hit + headerSize > bytes.length || readHeader(bytes.subarray(hit)) !== null;
  for (const address of occurrences(memory, magics.deviceTree.bytes, { every: 8, accept })) {
    const header = readHeader(memory.read(address, headerSize));
    if (header === null) continue;
    if (trees.length === mostTrees || !budget.spend(Math.max(header.size, page))) {
      unread.add('there are too many device trees to read them all');
      break;
    }
    const found = readDeviceTree(memory.read(address, header.size));
    if (found !== null) trees.push({ address, ...found });
  }
  return trees;
}

/** Reads the tree at the start of `bytes`; null if it is incomplete. */
export function readDeviceTree(bytes: Buffer): Omit<DeviceTree, 'address'> | null {
  const header = readHeader(bytes);
  if (header === null || header.size > bytes.length) return null;
  const { structure, strings } = header;
  try {
    return walk(bytes.subarray(...structure), bytes.subarray(...strings));
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

type Header = { size: number; structure: [number, number]; strings: [number, number] };

/** The header of a tree; null if it is invalid. */
function readHeader(bytes: Buffer): Header | null {
  if (bytes.length < headerSize || !hasMagic(bytes, 'deviceTree')) return null;
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

/** The kind of node that a walk is in. Nodes below these do not matter to a boot. */
type Node = 'root' | 'chosen' | 'memory' | 'other';

function nodeOf(name: string, depth: number): Node {
  if (depth === 0) return 'root';
  if (depth > 1) return 'other';
  if (/^memory(@|$)/.test(name)) return 'memory';
  return name === 'chosen' ? 'chosen' : 'other';
}

/** @throws RangeError if an offset points outside the blocks */
function walk(structure: Buffer, strings: Buffer): Omit<DeviceTree, 'address'> | null {
  const path: Node[] = [];
  let bootargs: string | null = null;
  let memory = 0n;
  let cells = { address: 2, size: 1 };
  let at = 0;
  for (;;) {
    const token = structure.readUInt32BE(at);
    at += 4;
    if (token === tokens.beginNode) {
      const name = stringAt(structure, at, longestName);
      if (path.length === deepest) return null;
      path.push(nodeOf(name, path.length));
      at = aligned(at + Buffer.byteLength(name) + 1);
    } else if (token === tokens.endNode) {
      path.pop();
    } else if (token === tokens.property) {
      const length = structure.readUInt32BE(at);
      const name = stringAt(strings, structure.readUInt32BE(at + 4), longestName);
      const value = structure.subarray(at + 8, at + 8 + length);
      if (value.length < length) return null;
      at = aligned(at + 8 + length);
      const node = path.at(-1);
      if (node === 'root' && name === '#address-cells')
        cells = { ...cells, address: value.readUInt32BE(0) };
      if (node === 'root' && name === '#size-cells')
        cells = { ...cells, size: value.readUInt32BE(0) };
      if (cells.address > mostCells || cells.size > mostCells) return null;
      if (node === 'chosen' && name === 'bootargs') bootargs = stringAt(value, 0, longestBootargs);
      if (node === 'memory' && name === 'reg') memory += sizesIn(value, cells);
    } else if (token === tokens.end) {
      return path.length === 0 ? { bootargs, memory: Number(memory) } : null;
    } else if (token !== tokens.nop) return null;
  }
}

/** The sum of the sizes in a `reg`: pairs of an address and a size, each of the given number of 32-bit cells. */
function sizesIn(reg: Buffer, cells: { address: number; size: number }): bigint {
  const step = 4 * (cells.address + cells.size);
  let sum = 0n;
  for (let at = 0; step > 0 && at + step <= reg.length; at += step) {
    const size = reg.subarray(at + 4 * cells.address, at + step);
    sum += size.length === 0 ? 0n : BigInt(`0x${size.toString('hex')}`);
  }
  return sum;
}

/** @throws RangeError if the string is longer than `longest` bytes */
function stringAt(bytes: Buffer, at: number, longest: number): string {
  const near = bytes.subarray(at, at + longest + 1);
  const end = near.indexOf(0);
  if (end === -1) throw new RangeError('unterminated string');
  return near.toString('utf8', 0, end);
}

function aligned(at: number): number {
  return (at + 3) & ~3;
}
