import type { MemoryRange } from './guest-memory.ts';
import { Unreadable } from './unreadable.ts';
import type { Vmcoreinfo } from './vmcoreinfo.ts';

/** From a kernel's virtual addresses to physical ones; null where it has none that can be told without its page tables. */
export type ToPhysical = (address: bigint) => number | null;

/** Where the kernel's half begins as Debian builds 32-bit arm (CONFIG_VMSPLIT_3G). */
const armPageOffset = 0xc000_0000n;

/** What arm64 can be configured for (ARM64_VA_BITS), from the smallest to the largest. */
const vaBitsRange = { least: 36n, most: 52n };

/**
 * The two linear parts of a kernel's address space: its image, and all of its memory. (arch/arm64/include/asm/memory.h,
 * arch/arm/include/asm/memory.h; the numbers are in `arch_crash_save_vmcoreinfo`.)
 *
 * @param ram what memory there is; on 32-bit arm its beginning is where the linear map begins
 * @throws Unreadable where the kernel says that its addresses have a size that none have
 */
export function addressSpaceOf({ numbers }: Vmcoreinfo, ram: readonly MemoryRange[]): ToPhysical {
  const vaBits = numbers.get('VA_BITS');
  const start = numbers.get('PHYS_OFFSET');
  const imageOffset = numbers.get('kimage_voffset');
  if (vaBits === undefined || start === undefined || imageOffset === undefined) {
    const from = BigInt(ram[0]?.from ?? 0);
    return (address) =>
      address < armPageOffset || address >= 1n << 32n
        ? null
        : Number(address - armPageOffset + from);
  }
  if (vaBits < vaBitsRange.least || vaBits > vaBitsRange.most) {
    throw new Unreadable(`NUMBER(VA_BITS) is ${vaBits}`);
  }
  const pageOffset = (1n << 64n) - (1n << vaBits);
  // The linear map is the lower half of the kernel's addresses; the image is above it, with the modules.
  const linearEnd = (1n << 64n) - (1n << (vaBits - 1n));
  return (address) => {
    if (address < pageOffset) return null;
    const physical = address < linearEnd ? address - pageOffset + start : address - imageOffset;
    const value = BigInt.asUintN(64, physical);
    return value < 1n << 48n ? Number(value) : null;
  };
}
