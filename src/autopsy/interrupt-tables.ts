import type { BrokenReservations, KernelLog, KernelImage } from '../model/examination.ts';
import type { GuestMemory } from './guest-memory.ts';
import { rangeAt } from './guest-memory.ts';

/**
 * The death of a second kernel on a GICv3. LPIs, once enabled, cannot be disabled, so a kernel that finds them enabled keeps
 * the previous kernel's LPI tables, and fills the property table with its default (irq-gic-v3-its.c: `gic_reserve_range`,
 * `its_setup_lpi_prop_table`). Only UEFI's memory map tells kexec and the second kernel that this memory is taken. Without
 * it, kexec may have put anything there: the second kernel's own code, for example.
 */
type LpiTakeover = {
  /** Physical address of the property table; null if the log does not name it. */
  table: number | null;
  /** The image of the second kernel that lies on the table; null if none does. */
  image: KernelImage | null;
  /** The instruction that the kernel died of, in hexadecimal, if it is the content of the table; otherwise null. */
  ranTable: string | null;
};

/** The properties of four LPIs: priority 0xa0 (0xc0 since 6.11), group 1, and whether each is enabled. */
const tableAsCode = /^\s*Code: .*\(((?:[ac][23]){4})\)/;

/** What the log of a second kernel shows about the tables; null if it has not taken them over, or nothing lay there. */
export function findLpiTakeover(
  { records }: KernelLog,
  images: readonly KernelImage[],
): LpiTakeover | null {
  const texts = records.map(({ text }) => text);
  if (!texts.some((text) => text.startsWith('GICv3: Using preallocated redistributor tables')))
    return null;
  const named = texts.map(
    (text) => /^GICv3: using LPI property table @(0x[0-9a-f]+)/.exec(text)?.[1],
  );
  const address = named.find(Boolean);
  const table = address === undefined ? null : Number(address);
  const image =
    images.find(
      (one) => table !== null && one.address <= table && table < one.address + one.size,
    ) ?? null;
  const ranTable = texts.map((text) => tableAsCode.exec(text)?.[1]).find(Boolean) ?? null;
  return image === null && ranTable === null ? null : { table, image, ranTable };
}

/** A sentence about it. @param whose the second kernel, as the subject of a sentence */
export function describeLpiTakeover(whose: string, { table, ranTable }: LpiTakeover): string {
  const where = table === null ? '' : ` at 0x${table.toString(16)}`;
  const proof =
    ranTable === null
      ? ''
      : ` The instruction at the fault is ${ranTable}, the content of that table.`;
  return `According to its log in memory, ${whose} took over the LPI tables that the first kernel had set up in the GICv3, and filled the property table${where}, where kexec had put its own code.${proof}`;
}

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
