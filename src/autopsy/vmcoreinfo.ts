import type { MemoryRange, GuestMemory } from './guest-memory.ts';
import { Unreadable, occurrences, textAt } from './guest-memory.ts';

/** A kernel's description of itself for readers of its memory: Documentation/admin-guide/kdump/vmcoreinfo.rst. */
export type Vmcoreinfo = {
  release: string;
  /** Virtual addresses. */
  symbols: Map<string, bigint>;
  /** Bytes; `struct.member`. */
  offsets: Map<string, number>;
  sizes: Map<string, number>;
  numbers: Map<string, bigint>;
};

/** A kernel writes its description at the beginning of a page, and it is never longer (`crash_save_vmcoreinfo_init`). */
const page = 4096;

/**
 * The descriptions of all kernels that left one and name a printk ring, without copies. A kernel writes it in the middle of
 * its start; a kernel that died earlier has none.
 *
 * @param most the maximum number of texts; real memory contains two or three
 */
export function findVmcoreinfoTexts(memory: GuestMemory, most: number): string[] {
  const texts = new Set<string>();
  for (const address of occurrences(memory, Buffer.from('OSRELEASE='), { every: page })) {
    const text = textAt(memory, address, page);
    if (releaseOf(text) !== null && text.includes('\nSYMBOL(prb)=')) texts.add(text);
    if (texts.size === most) break;
  }
  return [...texts];
}

/** The kernel's release; null for a format string or a fragment. */
export function releaseOf(text: string): string | null {
  const release = /^OSRELEASE=(\S{1,64})$/m.exec(text)?.[1];
  return release === undefined || release.includes('%') ? null : release;
}

/** The format of the values of each kind of line. Values longer than a 64-bit number are ignored. */
const values = {
  SYMBOL: /^[0-9a-f]{1,16}$/,
  OFFSET: /^\d{1,9}$/,
  SIZE: /^\d{1,9}$/,
  NUMBER: /^(?:0x[0-9a-f]{1,16}|-?\d{1,20})$/,
} as const;

/**
 * Null for a text without a printk ring: a format string, a fragment, or a kernel before 5.10. Other lines that are
 * malformed are ignored.
 * @throws Unreadable if the address of the ring is malformed
 */
export function parseVmcoreinfo(text: string): Vmcoreinfo | null {
  const release = releaseOf(text);
  if (release === null || !/^SYMBOL\(prb\)=/m.test(text)) return null;
  const all = (kind: keyof typeof values) =>
    [...text.matchAll(new RegExp(`^${kind}\\(([\\w.]{1,64})\\)=(\\S{1,20})$`, 'gm'))]
      .map(([, name = '', value = '']) => [name, value] as const)
      .filter(([, value]) => values[kind].test(value));
  const symbols = new Map(all('SYMBOL').map(([name, value]) => [name, BigInt(`0x${value}`)]));
  if (!symbols.has('prb')) throw new Unreadable('SYMBOL(prb) is not an address');
  const decimal = (kind: 'OFFSET' | 'SIZE') =>
    new Map(all(kind).map(([name, value]) => [name, Number(value)] as const));
  return {
    release,
    symbols,
    offsets: decimal('OFFSET'),
    sizes: decimal('SIZE'),
    numbers: new Map(all('NUMBER').map(([name, value]) => [name, BigInt(value)] as const)),
  };
}

/** Translates a kernel's virtual address; null if that needs the page tables. */
export type ToPhysical = (address: bigint) => number | null;

/** Where the kernel's half starts in Debian's 32-bit arm kernels (CONFIG_VMSPLIT_3G). */
const armPageOffset = 0xc000_0000n;

/** The smallest and the largest configuration of arm64 (ARM64_VA_BITS). */
const vaBitsRange = { least: 36n, most: 52n };

/** A kernel built for 52 bits keeps its image within the addresses of CPUs that have fewer (VA_BITS_MIN). */
const fewestOf52 = 48n;

/**
 * The two linear parts of a kernel's address space: its image, and all of its memory. (arch/arm64/include/asm/memory.h,
 * arch/arm/include/asm/memory.h; the numbers are in `arch_crash_save_vmcoreinfo`.)
 *
 * @param ram the memory that exists; on 32-bit arm the linear map starts at its start
 * @throws Unreadable if the kernel gives an impossible address size
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
  // The linear map ends where the modules begin (PAGE_END), with the image above them. Linux before 6.0 does not say where.
  const imageBits = vaBits > fewestOf52 ? fewestOf52 : vaBits;
  const linearEnd = numbers.get('MODULES_VADDR') ?? (1n << 64n) - (1n << (imageBits - 1n));
  return (address) => {
    if (address < pageOffset) return null;
    const physical = address < linearEnd ? address - pageOffset + start : address - imageOffset;
    const value = BigInt.asUintN(64, physical);
    return value < 1n << 48n ? Number(value) : null;
  };
}

/** Offsets and sizes in the structures of a printk ring, as the kernel describes them. Bytes. */
export type RingLayout = {
  /** Of a machine word. */
  width: 4 | 8;
  /** `struct printk_ringbuffer`, with the members of the rings in it. */
  ring: {
    size: number;
    countBits: number;
    descs: number;
    infos: number;
    head: number;
    tail: number;
    textBits: number;
    text: number;
  };
  desc: { size: number; state: number; begin: number; next: number };
  info: { size: number; time: number; length: number };
};

/** Limits far above the real sizes: `printk_ringbuffer` has about a hundred bytes, the others fewer. Bytes. */
const most = { printk_ringbuffer: 4096, prb_desc: 256, printk_info: 256 };

/**
 * The layout of a kernel's printk ring.
 * @throws Unreadable if the kernel does not describe it, or the description is impossible
 */
export function ringLayoutOf({ offsets, sizes, numbers }: Vmcoreinfo): RingLayout {
  const size = (name: keyof typeof most): number => {
    const value = sizes.get(name);
    if (value === undefined) throw new Unreadable(`SIZE(${name}) is missing`);
    if (value === 0 || value > most[name]) throw new Unreadable(`SIZE(${name}) is ${value}`);
    return value;
  };
  const offset = (name: string): number => {
    const value = offsets.get(name);
    if (value === undefined) throw new Unreadable(`OFFSET(${name}) is missing`);
    if (value >= most.printk_ringbuffer) throw new Unreadable(`OFFSET(${name}) is ${value}`);
    return value;
  };
  const width = sizes.get('atomic_long_t') ?? (numbers.has('VA_BITS') ? 8 : 4);
  if (width !== 4 && width !== 8) throw new Unreadable(`SIZE(atomic_long_t) is ${width}`);
  const counter = offset('atomic_long_t.counter');
  const descs = offset('printk_ringbuffer.desc_ring');
  const texts = offset('printk_ringbuffer.text_data_ring');
  const place = offset('prb_desc.text_blk_lpos');
  return {
    width,
    ring: {
      size: size('printk_ringbuffer'),
      countBits: descs + offset('prb_desc_ring.count_bits'),
      descs: descs + offset('prb_desc_ring.descs'),
      infos: descs + offset('prb_desc_ring.infos'),
      head: descs + offset('prb_desc_ring.head_id') + counter,
      tail: descs + offset('prb_desc_ring.tail_id') + counter,
      textBits: texts + offset('prb_data_ring.size_bits'),
      text: texts + offset('prb_data_ring.data'),
    },
    desc: {
      size: size('prb_desc'),
      state: offset('prb_desc.state_var') + counter,
      begin: place + offset('prb_data_blk_lpos.begin'),
      next: place + offset('prb_data_blk_lpos.next'),
    },
    info: {
      size: size('printk_info'),
      time: offset('printk_info.ts_nsec'),
      length: offset('printk_info.text_len'),
    },
  };
}
