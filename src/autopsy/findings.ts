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
/** What a guest's memory contains about its boot. */
export type Findings = {
  /** Every kernel's log once, in the order of their addresses. */
  logs: KernelLog[];
  deviceTrees: DeviceTree[];
  images: KernelImage[];
  /** Where the purgatory of kexec-tools keeps its message for a digest mismatch. Physical addresses. */
  purgatories: number[];
  /** Structures that were found but cannot be read, and what was skipped because there is too much of it; short phrases. */
  unreadable: string[];
};

/** kexec-tools, purgatory/purgatory.c. */
const digestWords = Buffer.from('sha256 digests do not match :(\n\0');

/** The most of each that is read. Real memory holds a few; a memory with more was filled to keep its reader busy. */
const most = { descriptions: 256, logs: 32, purgatories: 256 };

/** Descriptors in all rings together: as many as two rings of the largest size. */
const mostDescriptors = 2 ** 21;

/**
 * Searches a guest's memory. Takes about a second per gigabyte, whatever its contents. No contents make it throw:
 * it lists what it cannot read, and reads the rest.
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
      unread.add('there are too many purgatories to list them all');
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

/** Logs of kernels that describe where their log is. */
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
      if (logs.length === most.logs)
        throw new Unreadable('there are too many logs to read them all');
      logs.push({ ...describeLog('vmcoreinfo', ring.address, ring.records), release });
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      unread.add(`the log of kernel ${release ?? '(nameless)'}: ${error.message}`);
    }
  }
  return logs;
}

/** Logs of kernels that died before they described where their log is. */
function undescribedLogs(memory: GuestMemory, unread: UnreadList): KernelLog[] {
  const logs: KernelLog[] = [];
  const budget = firstWordsBudget();
  for (const address of findFirstWords(memory)) {
    const records = readFirstWordsLog(memory, address, budget);
    if (records !== null) logs.push(describeLog('first-words', address, records));
    if (logs.length === most.logs || budget.reads.exhausted) {
      unread.add('there are too many starts of logs to read them all');
      break;
    }
  }
  return logs;
}

/** A log can be found both ways, and a kernel that moved to a larger buffer leaves the start of its log in the old one. */
function isSame(other: KernelLog, log: KernelLog): boolean {
  const alike = other.release === log.release && other.cmdline === log.cmdline;
  return alike && other.foundBy === 'vmcoreinfo';
}
