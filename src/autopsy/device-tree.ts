import type { TreeProperty } from '../formats/device-tree.ts';
import { readTreeHeader, textAt, treeHeaderBytes, treeProperties } from '../formats/device-tree.ts';
import { magics } from '../formats/magic.ts';
import type { DeviceTree } from '../model/examination.ts';
import type { GuestMemory, UnreadList } from './guest-memory.ts';
import { Budget, occurrences } from './guest-memory.ts';

/** Command lines are shorter (COMMAND_LINE_SIZE is 2048 on arm64). Bytes. */
const longestBootargs = 4096;

/** Numbers in a `reg` have as many cells at most (OF_MAX_ADDR_CELLS). */
const mostCells = 4;

/** The total size of all trees that are read. A machine has a few, each at most 1 MiB. A small tree counts as a page. Bytes. */
const mostBytes = 128 * 2 ** 20;
const page = 4096;
const mostTrees = 64;

/** All whole device trees in memory: Devicetree Specification 0.4, chapter 5. Data that only starts like a tree is ignored. */
export function findDeviceTrees(memory: GuestMemory, unread: UnreadList): DeviceTree[] {
  const trees: DeviceTree[] = [];
  const budget = new Budget(mostBytes);
  const accept = (bytes: Buffer, hit: number): boolean =>
    hit + treeHeaderBytes > bytes.length || readTreeHeader(bytes.subarray(hit)) !== null;
  for (const address of occurrences(memory, magics.deviceTree.bytes, { every: 8, accept })) {
    const header = readTreeHeader(memory.read(address, treeHeaderBytes));
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
  const properties = treeProperties(bytes);
  if (properties === null) return null;
  try {
    return describe(properties);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** @throws RangeError if a value is shorter than it must be */
function describe(properties: readonly TreeProperty[]): Omit<DeviceTree, 'address'> | null {
  let bootargs: string | null = null;
  let memory = 0n;
  let cells = { address: 2, size: 1 };
  for (const { nodes, name, value } of properties) {
    const [, node = ''] = nodes;
    if (nodes.length === 1 && name === '#address-cells')
      cells = { ...cells, address: value.readUInt32BE(0) };
    if (nodes.length === 1 && name === '#size-cells')
      cells = { ...cells, size: value.readUInt32BE(0) };
    if (cells.address > mostCells || cells.size > mostCells) return null;
    // Nodes further down do not matter to a boot.
    if (nodes.length !== 2) continue;
    if (node === 'chosen' && name === 'bootargs') bootargs = textAt(value, 0, longestBootargs);
    if (/^memory(@|$)/.test(node) && name === 'reg') memory += sizesIn(value, cells);
  }
  return { bootargs, memory: Number(memory) };
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
