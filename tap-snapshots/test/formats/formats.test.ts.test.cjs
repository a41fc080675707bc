/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/formats/formats.test.ts > TAP > a qcow2 disk is one file, or none at all > what is wrong with qcow2 disks 1`] = `
Object {
  "cut": "is a truncated qcow2 image",
  "encrypted": "is an encrypted qcow2 image",
  "with a backing file": "is a qcow2 image with a backing file, which is not allowed (qemu-img convert -O qcow2 merges them into one file)",
  "with its data elsewhere": "is a qcow2 image with its data in another file, which is not allowed (qemu-img convert -O qcow2 merges them into one file)",
}
`

exports[`test/formats/formats.test.ts > TAP > disks > what is wrong with disks 1`] = `
Object {
  "a file system": "has no partition table: the whole image is one ext file system",
  "a table without a partition": "has no partition table",
  "nothing": "is empty",
  "one byte": "is too small for a disk (1 bytes)",
  "zeros": "has no partition table",
}
`

exports[`test/formats/formats.test.ts > TAP > initramfs images > what is wrong with initramfs images 1`] = `
Object {
  "cut": "is a truncated cpio archive",
  "cut-between": "is a truncated cpio archive",
  "empty": "is empty",
  "notes": "is not an initramfs: it is neither a cpio archive nor compressed",
  "odd-chain": "has data at byte 512 that is not a cpio archive",
}
`

exports[`test/formats/formats.test.ts > TAP > kernels > what is wrong with kernels 1`] = `
Object {
  "a cut header": "is truncated: 60 bytes of 64",
  "a cut Image": "is truncated: 8999 bytes of 9000",
  "a cut zImage": "is truncated: 8999 bytes of 9000",
  "a zImage for aarch64": "is a kernel for arm (a zImage), not for aarch64",
  "an ELF file for aarch64": "is not a kernel for aarch64 (Image): it is an ELF file, perhaps a vmlinux",
  "an Image for arm": "is a kernel for aarch64 (an Image), not for arm",
  "gzip": "is not a kernel for arm (zImage): it is compressed with gzip; decompress it first",
  "nothing": "is empty",
  "one byte": "is not a kernel for arm (zImage): it is in an unknown format",
  "text": "is not a kernel for arm (zImage): it is a text file",
  "zboot": "is not a kernel for arm (zImage): it is an EFI zboot image; unpack it first",
}
`
