import { hasMagic } from './magic.ts';

/** A section of a PE/COFF file, and where its content is in the file. Bytes. */
export type PeSection = { name: string; offset: number; size: number };

/** Where the last section of a PE/COFF file ends; 0 for other files. A kernel with an EFI stub is a PE/COFF file. */
export function peFileSize(header: Buffer): number {
  return Math.max(0, ...peSections(header).map(({ offset, size }) => offset + size));
}

/** The machine that a PE/COFF file is for (`IMAGE_FILE_MACHINE_…` of include/linux/pe.h); null for other files. */
export function peMachine(header: Buffer): number | null {
  const pe = peHeader(header);
  return pe === null ? null : header.readUInt16LE(pe + 4);
}

/** The sections of a PE/COFF file, from its beginning. Empty for other files. */
export function peSections(header: Buffer): PeSection[] {
  const pe = peHeader(header);
  if (pe === null) return [];
  const table = pe + 24 + header.readUInt16LE(pe + 20);
  return Array.from({ length: header.readUInt16LE(pe + 6) }, (_, index) => table + index * 40)
    .filter((at) => at + 40 <= header.length)
    .map((at) => ({
      name: header.toString('latin1', at, at + 8).replace(/\0.*/s, ''),
      offset: header.readUInt32LE(at + 20),
      size: header.readUInt32LE(at + 16),
    }));
}

/** The offset of the header; null if there is none. */
function peHeader(header: Buffer): number | null {
  if (header.length < 0x40 || !hasMagic(header, 'pe')) return null;
  const pe = header.readUInt32LE(0x3c);
  const isThere = pe + 24 <= header.length && header.toString('latin1', pe, pe + 4) === 'PE\0\0';
  return isThere ? pe : null;
}
