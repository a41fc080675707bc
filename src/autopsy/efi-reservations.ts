import type { BrokenReservations, KernelLog } from '../model/examination.ts';
import type { GuestMemory } from './guest-memory.ts';
import { rangeAt } from './guest-memory.ts';

/**
 * The list of memory that stays reserved across a kexec: the first kernel puts its LPI tables on it, and the next one reads
 * it before it reserves anything. Each entry names the next by its physical address. UEFI keeps the first entry; the others
 * are ordinary pages of the first kernel. A kernel for 32-bit arm moves itself and its packed content behind the place where
 * it unpacks itself, and does not know what lies there. (Linux, arch/arm/boot/compressed/head.S; drivers/firmware/efi/efi.c: `efi_mem_reserve_persistent`)
 */
const layout = { size: 0, count: 4, next: 8, length: 16 };

const page = 4096;
/** An entry fills a page, with 8 bytes at least for each area. */
const mostAreas = page / 8;
/** Each page has room for some hundred areas, and an ITS needs one area per CPU. */
const mostEntries = 64;

/** The lists that the logs name and that are broken. */
export function findBrokenReservations(
  memory: GuestMemory,
  logs: readonly Pick<KernelLog, 'records'>[],
): BrokenReservations[] {
  const lists = new Set(logs.map(reservationList).filter((list) => list !== null));
  return [...lists].flatMap((list) => {
    const entry = brokenEntry(memory, list);
    return entry === null ? [] : [{ list, entry }];
  });
}

/** Where a kernel's log says that the list begins: `efi: … MEMRESERVE=0x7c26df90`. Null if it does not say it. */
export function reservationList({ records }: Pick<KernelLog, 'records'>): number | null {
  for (const { text } of records) {
    const found = /^efi: .*\bMEMRESERVE=(0x[0-9a-f]+)/.exec(text)?.[1];
    if (found !== undefined) return Number(found);
  }
  return null;
}

/** The first entry after that of UEFI which is not an entry; null if all are, or the memory cannot be read. */
function brokenEntry(memory: GuestMemory, list: number): number | null {
  let next = nextOf(memory, memory.read(list, layout.length));
  for (let entries = 0; next !== null && next !== 0 && entries < mostEntries; entries += 1) {
    const bytes = memory.read(next, layout.length);
    if (bytes.length < layout.length) return null;
    const [size, count] = [bytes.readInt32LE(layout.size), bytes.readInt32LE(layout.count)];
    const after = nextOf(memory, bytes);
    const isEntry = size > 0 && size <= mostAreas && count >= 0 && count <= size;
    if (!isEntry || after === null || after % page !== 0) return next;
    next = after;
  }
  return null;
}

/** 64 bits, or 32 on an arm kernel without LPAE, where other data follows. Null: no such memory. */
function nextOf(memory: GuestMemory, bytes: Buffer): number | null {
  if (bytes.length < layout.length) return null;
  const next = [Number(bytes.readBigUInt64LE(layout.next)), bytes.readUInt32LE(layout.next)];
  return next.find((each) => each === 0 || rangeAt(memory.ranges, each) !== -1) ?? null;
}
