import { hasMagic, type Format } from '../formats/magic.ts';

/** Files that are brought as dumps and hold no memory as it was: what they are, and what to do instead. */
type OtherFormat = { format: Format; name: string; hint: string };

/** What to do with a dump that is damaged. */
export const copyIt = 'Copy it again from where it was taken, and compare the sizes.';

const dumpIt = 'QEMU’s dump-guest-memory or virsh dump --memory-only write what is read here.';

function packed(format: Format, name: string = format): OtherFormat {
  return { format, name: `packed with ${name}`, hint: 'Unpack it first.' };
}

const otherFormats: readonly OtherFormat[] = [
  packed('gzip'),
  packed('xz'),
  packed('zstd'),
  packed('bzip2'),
  packed('lz4Frame', 'lz4'),
  { format: 'libvirtSave', name: 'a machine that libvirt has saved', hint: dumpIt },
  { format: 'qemuState', name: 'a machine that QEMU has saved', hint: dumpIt },
  { format: 'qcow2', name: 'a disk image (qcow2)', hint: dumpIt },
  {
    format: 'lime',
    name: 'in LiME’s own format',
    hint: 'Take it with format=padded, and read it with --base 0.',
  },
];

/** What a file is that begins with these bytes, if it is known to be no dump that can be read. */
export function otherFormatOf(start: Buffer): Pick<OtherFormat, 'name' | 'hint'> | undefined {
  return otherFormats.find(({ format }) => hasMagic(start, format));
}
