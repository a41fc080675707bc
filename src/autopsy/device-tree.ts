import type { GuestMemory } from './guest-memory.ts';
import { occurrences } from './guest-memory.ts';

/** A flattened device tree that is whole, with what a boot depends on. */
export type DeviceTree = {
  /** Physical address. */
  address: number;
  /** The command line it hands to a kernel; null where it has none. */
  bootargs: string | null;
  /** Bytes of RAM it tells of; 0 where it tells of none. */
  memory: bigint;
};

const magic = Buffer.from([0xd0, 0x0d, 0xfe, 0xed]);
const headerSize = 40;

/** Larger ones a kernel does not take (MAX_FDT_SIZE). Bytes. */
const largest = 2 * 2 ** 20;

const tokens = { beginNode: 1, endNode: 2, property: 3, nop: 4, end: 9 };

/** All whole device trees in memory: Devicetree Specification 0.4, chapter 5. What only begins like one is left out. */
export function findDeviceTrees(memory: GuestMemory): DeviceTree[] {
  const trees: DeviceTree[] = [];
  for (const address of occurrences(memory, magic)) {
    if (address % 8 !== 0) continue;
    const header = readHeader(memory.read(address, headerSize));
    const found = header === null ? null : readDeviceTree(memory.read(address, header.size));
    if (found !== null) trees.push({ address, ...found });
  }
  return trees;
}

/** Reads the tree that `bytes` begin with; null where they hold no whole one. */
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

/** A tree's header; null for one that cannot be right. */
function readHeader(bytes: Buffer): Header | null {
  if (bytes.length < headerSize || !bytes.subarray(0, 4).equals(magic)) return null;
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

function walk(structure: Buffer, strings: Buffer): Omit<DeviceTree, 'address'> | null {
  const path: string[] = [];
  let bootargs: string | null = null;
  let memory = 0n;
  let cells = { address: 2, size: 1 };
  let at = 0;
  for (;;) {
    const token = structure.readUInt32BE(at);
    at += 4;
    if (token === tokens.beginNode) {
      const name = stringAt(structure, at);
      path.push(name);
      at = aligned(at + Buffer.byteLength(name) + 1);
    } else if (token === tokens.endNode) {
      path.pop();
    } else if (token === tokens.property) {
      const length = structure.readUInt32BE(at);
      const name = stringAt(strings, structure.readUInt32BE(at + 4));
      const value = structure.subarray(at + 8, at + 8 + length);
      if (value.length < length) return null;
      at = aligned(at + 8 + length);
      const node = path.slice(1).join('/');
      if (node === '' && name === '#address-cells')
        cells = { ...cells, address: value.readUInt32BE(0) };
      if (node === '' && name === '#size-cells') cells = { ...cells, size: value.readUInt32BE(0) };
      if (node === 'chosen' && name === 'bootargs') bootargs = stringAt(value, 0);
      if (/^memory(@|$)/.test(node) && name === 'reg') memory += sizesIn(value, cells);
    } else if (token === tokens.end) {
      return path.length === 0 ? { bootargs, memory } : null;
    } else if (token !== tokens.nop) return null;
  }
}

/** The sum of the sizes in a `reg`: pairs of an address and a size, of so many 32-bit cells each. */
function sizesIn(reg: Buffer, cells: { address: number; size: number }): bigint {
  const step = 4 * (cells.address + cells.size);
  let sum = 0n;
  for (let at = 0; step > 0 && at + step <= reg.length; at += step) {
    const size = reg.subarray(at + 4 * cells.address, at + step);
    sum += size.length === 0 ? 0n : BigInt(`0x${size.toString('hex')}`);
  }
  return sum;
}

function stringAt(bytes: Buffer, at: number): string {
  const end = bytes.indexOf(0, at);
  if (end === -1) throw new RangeError('a text without an end');
  return bytes.toString('utf8', at, end);
}

function aligned(at: number): number {
  return (at + 3) & ~3;
}
