import type { GuestMemory } from './guest-memory.ts';
import { occurrences, textAt } from './guest-memory.ts';

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

/** It never is longer than a page. */
const longest = 4096;

/**
 * The descriptions of all kernels that left one, without copies. A kernel writes it in the middle of its start; one that died
 * before has none.
 */
export function findVmcoreinfos(memory: GuestMemory): Vmcoreinfo[] {
  const texts = new Set<string>();
  for (const address of occurrences(memory, Buffer.from('OSRELEASE='))) {
    texts.add(textAt(memory, address, longest));
  }
  return [...texts].flatMap((text) => parseVmcoreinfo(text) ?? []);
}

/** Null for a text that names no printk ring: a format string, a fragment, a kernel before 5.10. */
export function parseVmcoreinfo(text: string): Vmcoreinfo | null {
  const release = /^OSRELEASE=(\S+)$/m.exec(text)?.[1];
  if (release === undefined || release.includes('%')) return null;
  const all = (kind: string) =>
    [...text.matchAll(new RegExp(`^${kind}\\(([\\w.]+)\\)=(-?(?:0x)?[0-9a-f]+)$`, 'gm'))].map(
      ([, name = '', value = '']) => [name, value] as const,
    );
  const symbols = new Map(all('SYMBOL').map(([name, value]) => [name, BigInt(`0x${value}`)]));
  if (!symbols.has('prb')) return null;
  const decimal = (kind: string) =>
    new Map(all(kind).map(([name, value]) => [name, Number(value)] as const));
  return {
    release,
    symbols,
    offsets: decimal('OFFSET'),
    sizes: decimal('SIZE'),
    numbers: new Map(all('NUMBER').map(([name, value]) => [name, toBigInt(value)] as const)),
  };
}

function toBigInt(value: string): bigint {
  return value.startsWith('-') ? -BigInt(value.slice(1)) : BigInt(value);
}
