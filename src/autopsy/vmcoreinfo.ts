import type { GuestMemory } from './guest-memory.ts';
import { occurrences, textAt } from './guest-memory.ts';
import { Unreadable } from './unreadable.ts';

/** A kernel's description of itself for those who read its memory: Documentation/admin-guide/kdump/vmcoreinfo.rst. */
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
 * its start; one that died before has none.
 *
 * @param most no more than so many: real memory holds two or three
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

/** What the kernel calls itself; null for a format string, a fragment. */
export function releaseOf(text: string): string | null {
  const release = /^OSRELEASE=(\S{1,64})$/m.exec(text)?.[1];
  return release === undefined || release.includes('%') ? null : release;
}

/** How the values of each kind of line are written. What is longer than a 64-bit number is none. */
const values = {
  SYMBOL: /^[0-9a-f]{1,16}$/,
  OFFSET: /^\d{1,9}$/,
  SIZE: /^\d{1,9}$/,
  NUMBER: /^(?:0x[0-9a-f]{1,16}|-?\d{1,20})$/,
} as const;

/**
 * Null for a text that names no printk ring: a format string, a fragment, a kernel before 5.10. Other lines that are not
 * as they should be are left out.
 * @throws Unreadable where it does not say where the ring is
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
