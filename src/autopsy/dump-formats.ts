/** Files that are brought as dumps and hold no memory as it was: what they are, and what to do instead. */
type OtherFormat = { magic: Buffer; name: string; hint: string };

/** What to do with a dump that is damaged. */
export const copyIt = 'Copy it again from where it was taken, and compare the sizes.';

const dumpIt = 'QEMU’s dump-guest-memory or virsh dump --memory-only write what is read here.';

function packed(magic: number[], name: string): OtherFormat {
  return { magic: Buffer.from(magic), name: `packed with ${name}`, hint: 'Unpack it first.' };
}

const otherFormats: readonly OtherFormat[] = [
  packed([0x1f, 0x8b, 0x08], 'gzip'),
  packed([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], 'xz'),
  packed([0x28, 0xb5, 0x2f, 0xfd], 'zstd'),
  packed([0x42, 0x5a, 0x68], 'bzip2'),
  packed([0x04, 0x22, 0x4d, 0x18], 'lz4'),
  { magic: Buffer.from('LibvirtQemud'), name: 'a machine that libvirt has saved', hint: dumpIt },
  { magic: Buffer.from('QEVM'), name: 'a machine that QEMU has saved', hint: dumpIt },
  { magic: Buffer.from('QFI\xfb', 'latin1'), name: 'a disk image (qcow2)', hint: dumpIt },
  {
    magic: Buffer.from('EMiL'),
    name: 'in LiME’s own format',
    hint: 'Take it with format=padded, and read it with --base 0.',
  },
];

/** What a file is that begins with these bytes, if it is known to be no dump that can be read. */
export function otherFormatOf(start: Buffer): Pick<OtherFormat, 'name' | 'hint'> | undefined {
  return otherFormats.find(({ magic }) => start.subarray(0, magic.length).equals(magic));
}
