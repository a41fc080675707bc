/** What a zImage tells about the kernel it unpacks, in bytes. */
export type ZImageLayout = {
  /** How far from the start of RAM it runs; null where an older kernel does not say. */
  textOffset: number | null;
  /** Code and data when unpacked. */
  data: number;
  bss: number;
};

/** `KLSZ`: the tag of arch/arm/boot/compressed/vmlinux.lds.S that holds the sizes. */
const sizesTag = 0x5a534c4b;
/** The second magic number, of an image that has tags. */
const tagsMagic = 0x45454545;

/**
 * Reads the table of tags in a zImage, which kexec-tools plan the memory by. Null where there is none
 * (older kernels) or where it leads out of the file.
 *
 * A tag is a length in words, its name, then its words: here where in the file the unpacked size is, the bss, and (with
 * six words) the text offset.
 */
export function zImageLayout(file: Buffer): ZImageLayout | null {
  if (file.length < 0x3c || file.readUInt32LE(0x34) !== tagsMagic) return null;
  let at = file.readUInt32LE(0x38);
  for (;;) {
    if (at + 16 > file.length) return null;
    const words = file.readUInt32LE(at);
    if (words < 2) return null;
    if (file.readUInt32LE(at + 4) === sizesTag && words >= 4) {
      const sizeAt = file.readUInt32LE(at + 8);
      if (sizeAt + 4 > file.length) return null;
      const hasOffset = words >= 5 && at + 20 <= file.length;
      return {
        textOffset: hasOffset ? file.readUInt32LE(at + 16) : null,
        data: file.readUInt32LE(sizeAt),
        bss: file.readUInt32LE(at + 12),
      };
    }
    at += 4 * words;
  }
}
