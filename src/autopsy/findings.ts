import type { DeviceTree } from './device-tree.ts';
import { findDeviceTrees } from './device-tree.ts';
import { findFirstWords, firstWordsBudget, readFirstWordsLog } from './first-words-log.ts';
import type { GuestMemory } from './guest-memory.ts';
import { Budget, occurrences, Unreadable, UnreadList } from './guest-memory.ts';
import type { KernelImage } from './kernel-image.ts';
import { findKernelImages } from './kernel-image.ts';
import type { KernelLog } from './kernel-log.ts';
import { describeLog } from './kernel-log.ts';
import { readPrintkRing } from './printk-ring.ts';
import { addressSpaceOf, findVmcoreinfoTexts, parseVmcoreinfo, releaseOf } from './vmcoreinfo.ts';
/** What a guest's memory holds of what became of it. */
export type Findings = {
  /** Every kernel's log once, in the order of their addresses. */
  logs: KernelLog[];
  deviceTrees: DeviceTree[];
  images: KernelImage[];
  /** Where the purgatory of kexec-tools keeps the words it has for a digest that does not match. Physical addresses. */
  purgatories: number[];
  /** What was found and is not what it says it is, and what was left out since there is too much of it; each in a few words. */
  unreadable: string[];
};

/** kexec-tools, purgatory/purgatory.c. */
const digestWords = Buffer.from('sha256 digests do not match :(\n\0');

/** What is taken at most of each. Real memory holds a handful; what holds more was filled to keep its reader busy. */
const most = { descriptions: 256, logs: 32, purgatories: 256 };

/** Descriptors of all rings together: two of the largest rings there are. */
const mostDescriptors = 2 ** 21;

/**
 * Looks through a guest's memory. Takes about a second per gigabyte, whatever is in it. What is in it makes it throw nothing:
 * what cannot be read is named, and the rest is read.
 */
export function examine(memory: GuestMemory): Findings {
  const unread = new UnreadList();
  return {
    logs: findLogs(memory, unread),
    deviceTrees: findDeviceTrees(memory, unread),
    images: findKernelImages(memory, unread),
    purgatories: findPurgatories(memory, unread),
    unreadable: unread.all(),
  };
}

function findPurgatories(memory: GuestMemory, unread: UnreadList): number[] {
  const found: number[] = [];
  for (const address of occurrences(memory, digestWords)) {
    if (found.length === most.purgatories) {
      unread.add('there are too many purgatories to name all');
      break;
    }
    found.push(address);
  }
  return found;
}

function findLogs(memory: GuestMemory, unread: UnreadList): KernelLog[] {
  const logs = [...describedLogs(memory, unread), ...undescribedLogs(memory, unread)];
  return logs
    .filter((log) => log.foundBy === 'vmcoreinfo' || !logs.some((other) => isSame(other, log)))
    .sort((a, b) => a.address - b.address);
}

/** The logs of kernels that say where theirs is. */
function describedLogs(memory: GuestMemory, unread: UnreadList): KernelLog[] {
  const logs: KernelLog[] = [];
  const budget = new Budget(mostDescriptors);
  const texts = findVmcoreinfoTexts(memory, most.descriptions);
  if (texts.length === most.descriptions) unread.add('there are too many descriptions of kernels');
  for (const text of texts) {
    const release = releaseOf(text);
    try {
      const info = parseVmcoreinfo(text);
      if (info === null) continue;
      const toPhysical = addressSpaceOf(info, memory.ranges);
      const ring = readPrintkRing(memory, info, toPhysical, budget);
      if (ring === null) continue;
      if (logs.length === most.logs) throw new Unreadable('there are too many logs to read all');
      logs.push({ ...describeLog('vmcoreinfo', ring.address, ring.records), release });
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      unread.add(`the log of kernel ${release ?? '(nameless)'}: ${error.message}`);
    }
  }
  return logs;
}

/** The logs of kernels that died before they had said where theirs is. */
function undescribedLogs(memory: GuestMemory, unread: UnreadList): KernelLog[] {
  const logs: KernelLog[] = [];
  const budget = firstWordsBudget();
  for (const address of findFirstWords(memory)) {
    const records = readFirstWordsLog(memory, address, budget);
    if (records !== null) logs.push(describeLog('first-words', address, records));
    if (logs.length === most.logs || budget.reads.exhausted) {
      unread.add('there are too many beginnings of logs to read all');
      break;
    }
  }
  return logs;
}

/** A log can be found in both ways, and a kernel that moved to a larger buffer leaves the beginning in the old one. */
function isSame(other: KernelLog, log: KernelLog): boolean {
  const alike = other.release === log.release && other.cmdline === log.cmdline;
  return alike && other.foundBy === 'vmcoreinfo';
}
