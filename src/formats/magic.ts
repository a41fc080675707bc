/** The bytes that mark a format, and where in a file they are. */
export type Magic = { bytes: Buffer; at: number };

/** The magic numbers of every binary format that the lab knows. */
export const magics = {
  // Compression. gzip with its only method, deflate (RFC 1952).
  gzip: hex('1f8b08'),
  xz: hex('fd377a585a00'),
  zstd: hex('28b52ffd'),
  bzip2: hex('425a68'),
  lzma: hex('5d0000'),
  lzo: hex('894c5a4f'),
  /** The legacy format of lz4, which is the only one that the kernel unpacks. */
  lz4: hex('02214c18'),
  lz4Frame: hex('04224d18'),

  // Kernels and programs.
  /** An arm64 Image (Documentation/arch/arm64/booting.rst). */
  image: text('ARM\x64', 0x38),
  zImage: hex('18286f01', 0x24),
  /** A zImage with a table of tags. */
  zImageTags: hex('45454545', 0x34),
  /** An EFI zboot image, which is also a PE file (drivers/firmware/efi/libstub/zboot-header.S). */
  zboot: text('zimg', 4),
  /** U-Boot's legacy image. */
  uImage: hex('27051956'),
  /** An x86 kernel (Documentation/arch/x86/boot.rst). */
  x86Kernel: text('HdrS', 0x202),
  pe: text('MZ'),
  elf: text('\x7fELF'),
  deviceTree: hex('d00dfeed'),

  // Archives. A .deb is an ar archive; newc is the cpio format of an initramfs.
  ar: text('!<arch>\n'),
  newc: text('070701'),
  newcWithChecksums: text('070702'),
  tar: text('ustar', 257),
  zip: hex('504b0304'),

  // Disks.
  qcow2: text('QFI\xfb'),
  bootSector: hex('55aa', 510),
  gpt: text('EFI PART', 512),
  ext: hex('53ef', 0x438),

  // Dumps of a machine's memory, and formats that are mistaken for one.
  kdump: text('KDUMP   '),
  flattened: text('makedumpfile\0\0\0\0'),
  libvirtSave: text('LibvirtQemud'),
  qemuState: text('QEVM'),
  lime: text('EMiL'),

  // Other files that are mistaken for a console log.
  png: hex('89504e47'),
  jpeg: hex('ffd8ff'),
  ole: hex('d0cf11e0'),
  pdf: text('%PDF'),
} as const satisfies Record<string, Magic>;

export type Format = keyof typeof magics;

/** Whether `data`, the beginning of a file, has the magic number of a format. */
export function hasMagic(data: Buffer, format: Format): boolean {
  const { bytes, at } = magics[format];
  return data.subarray(at, at + bytes.length).equals(bytes);
}

/** The first of `formats` whose magic number `data` has. */
export function formatOf<F extends Format>(data: Buffer, formats: readonly F[]): F | undefined {
  return formats.find((format) => hasMagic(data, format));
}

function hex(digits: string, at = 0): Magic {
  return { bytes: Buffer.from(digits, 'hex'), at };
}

function text(characters: string, at = 0): Magic {
  return { bytes: Buffer.from(characters, 'latin1'), at };
}
