import { addressSpaceOf } from './address-space.ts';
import type { DeviceTree } from './device-tree.ts';
import { findDeviceTrees } from './device-tree.ts';
import { firstWords, readFirstWordsLog } from './first-words-log.ts';
import type { GuestMemory } from './guest-memory.ts';
import { occurrences } from './guest-memory.ts';
import type { KernelImage } from './kernel-image.ts';
import { findKernelImages } from './kernel-image.ts';
import type { KernelLog } from './kernel-log.ts';
import { describeLog } from './kernel-log.ts';
import { readPrintkRing } from './printk-ring.ts';
import { findVmcoreinfos } from './vmcoreinfo.ts';

/** What a guest's memory holds of what became of it. */
export type Findings = {
  /** Every kernel's log once, in the order of their addresses. */
  logs: KernelLog[];
  deviceTrees: DeviceTree[];
  images: KernelImage[];
  /** Where the purgatory of kexec-tools keeps the words it has for a digest that does not match. Physical addresses. */
  purgatories: number[];
};

/** kexec-tools, purgatory/purgatory.c. */
const digestWords = Buffer.from('sha256 digests do not match :(\n\0');

/** Looks through a guest's memory. Takes about a second per gigabyte. */
export function examine(memory: GuestMemory): Findings {
  return {
    logs: findLogs(memory),
    deviceTrees: findDeviceTrees(memory),
    images: findKernelImages(memory),
    purgatories: [...occurrences(memory, digestWords)],
  };
}

function findLogs(memory: GuestMemory): KernelLog[] {
  const logs: KernelLog[] = [];
  for (const info of findVmcoreinfos(memory)) {
    const ring = readPrintkRing(memory, info, addressSpaceOf(info, memory.ranges));
    if (ring === null) continue;
    logs.push({ ...describeLog('vmcoreinfo', ring.address, ring.records), release: info.release });
  }
  for (const address of occurrences(memory, firstWords)) {
    const records = readFirstWordsLog(memory, address);
    if (records !== null) logs.push(describeLog('first-words', address, records));
  }
  return logs
    .filter((log) => log.foundBy === 'vmcoreinfo' || !logs.some((other) => isSame(other, log)))
    .sort((a, b) => a.address - b.address);
}

/** A log can be found in both ways, and a kernel that moved to a larger buffer leaves the beginning in the old one. */
function isSame(other: KernelLog, log: KernelLog): boolean {
  const alike = other.release === log.release && other.cmdline === log.cmdline;
  return alike && other.foundBy === 'vmcoreinfo';
}
