import { pageSizeOf } from '../formats/kernel.ts';
import { magics } from '../formats/magic.ts';
import type { Findings, KernelImage, KernelLog } from '../model/examination.ts';
import { findDeviceTrees } from './device-tree.ts';
import { findBrokenReservations } from './interrupt-tables.ts';
import { findFirstWords, firstWordsBudget, readFirstWordsLog } from './first-words-log.ts';
import type { GuestMemory } from './guest-memory.ts';
import { Budget, occurrences, Unreadable, UnreadList } from './guest-memory.ts';
import { describeLog, readPrintkRing } from './kernel-log.ts';
import { addressSpaceOf, findVmcoreinfoTexts, parseVmcoreinfo, releaseOf } from './vmcoreinfo.ts';

/** kexec-tools, purgatory/purgatory.c. */
const digestWords = Buffer.from('sha256 digests do not match :(\n\0');

/** The most of each that is read. Real memory holds a few; a memory with more was filled to keep its reader busy. */
const most = { descriptions: 256, logs: 32, purgatories: 256 };

/** Descriptors in all rings together: as many as two rings of the largest size. */
const mostDescriptors = 2 ** 21;

/**
 * Searches a guest's memory. Takes about a second per gigabyte, whatever its contents. No contents make it throw:
 * it lists what it cannot read, and reads the rest.
 * @param pcs program counters of the CPUs; none are known of a dump from elsewhere
 */
export function examine(memory: GuestMemory, pcs: readonly bigint[] = []): Findings {
  const unread = new UnreadList();
  const logs = findLogs(memory, unread);
  return {
    logs,
    deviceTrees: findDeviceTrees(memory, unread),
    images: findKernelImages(memory, unread),
    purgatories: findPurgatories(memory, unread),
    brokenReservations: findBrokenReservations(memory, logs),
    parked: findParked(memory, pcs),
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

/**
 * `wfe`, `wfi`, and a branch back to the first. An arm64 kernel parks a CPU there that cannot run it
 * (arch/arm64/kernel/head.S: `__no_granule_support`). The MMU is off then, so its program counter is a physical address.
 */
const parkingLoop = Buffer.from([0xd503205f, 0xd503207f, 0x17fffffe].flatMap(littleEndian));

function littleEndian(word: number): number[] {
  return [0, 8, 16, 24].map((shift) => (word >>> shift) & 0xff);
}

function findParked(memory: GuestMemory, pcs: readonly bigint[]): number[] {
  const { length } = parkingLoop;
  const parks = (pc: number) =>
    [pc, pc - 4, pc - 8].some((at) => at >= 0 && memory.read(at, length).equals(parkingLoop));
  return pcs.map(Number).filter((pc) => Number.isSafeInteger(pc) && parks(pc));
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

/** Documentation/arch/arm64/booting.rst: the header is 64 bytes, its magic at 56, the image's size at 16. */
const magic = magics.image;
const header = { size: 64, imageSizeAt: 16 };

/** A kernel starts at a multiple of this. Copies that have not been moved there yet can lie anywhere. */
const alignment = 2 * 2 ** 20;

/** No kernel is larger: a larger number is not a size. Bytes. */
const largest = 512 * 2 ** 20;

const page = 4096;

const zeros = Buffer.alloc(page);

/** How much is read in total: many times the zeros at the ends of a machine's images. Bytes. */
const mostBytes = 2 ** 29;
const mostImages = 64;

/** The arm64 images in memory at addresses where a kernel can start. */
function findKernelImages(memory: GuestMemory, unread: UnreadList): KernelImage[] {
  const images: KernelImage[] = [];
  const budget = new Budget(mostBytes);
  for (const at of occurrences(memory, magic.bytes, { every: alignment, at: magic.at })) {
    const address = at - magic.at;
    const bytes = memory.read(address, header.size);
    if (bytes.length < header.size) continue;
    const size = Number(bytes.readBigUInt64LE(header.imageSizeAt));
    if (size === 0 || size >= largest) continue;
    const filled = filledOf(memory, address, size, budget);
    if (filled === null || images.length === mostImages) {
      unread.add('there are too many kernel images to examine them all');
      break;
    }
    images.push({ address, size, filled, pageSize: pageSizeOf(bytes) });
  }
  return images;
}

/** Null if the budget is exhausted first. */
function filledOf(
  memory: GuestMemory,
  address: number,
  size: number,
  budget: Budget,
): number | null {
  for (let at = Math.ceil(size / page) * page; at >= page; at -= page) {
    if (!budget.spend(page)) return null;
    const bytes = memory.read(address + at - page, page);
    if (bytes.equals(zeros.subarray(0, bytes.length))) continue;
    return at - page + bytes.findLastIndex((byte) => byte !== 0) + 1;
  }
  return 0;
}
