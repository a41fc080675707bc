import type { KernelImage, KernelLog } from '../model/examination.ts';

/**
 * The death of a second kernel on a GICv3. LPIs, once enabled, cannot be disabled, so a kernel that finds them enabled keeps
 * the previous kernel's LPI tables, and fills the property table with its default (irq-gic-v3-its.c: `gic_reserve_range`,
 * `its_setup_lpi_prop_table`). Only UEFI's memory map tells kexec and the second kernel that this memory is taken. Without
 * it, kexec may have put anything there: the second kernel's own code, for example.
 */
export type LpiTakeover = {
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
