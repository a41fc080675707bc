/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/cli/messages/images.test.ts > TAP > images > kexec-lab images build mini-dsik 1`] = `
$ kexec-lab images build mini-dsik
stderr: unknown image "mini-dsik"; did you mean "mini-disk"?
stderr:   Choose from: debian-disk-boot-sh, debian-disk-kdump-trixie, debian-disk-kdump, debian-disk-unguarded, debian-disk, debian-kdump-trixie, debian-kdump, debian-system, distro-initrd, distro-kernel, mini-disk-uefi, mini-disk, provider-initramfs-bare, provider-initramfs-usb, provider-initramfs, provider-kernel-usb, provider-kernel, scaleway-initramfs-c1, scaleway-initramfs-vps.
exit code 2
`

exports[`test/cli/messages/images.test.ts > TAP > images > kexec-lab images build x --arch mips 1`] = `
$ kexec-lab images build x --arch mips
stderr: error: option '--arch <arch>' argument 'mips' is invalid. It must be aarch64 or arm.
exit code 2
`

exports[`test/cli/messages/images.test.ts > TAP > images > kexec-lab images bulid 1`] = `
$ kexec-lab images bulid
stderr: unknown image "bulid"; did you mean "build"?
stderr:   Choose from: debian-disk-boot-sh, debian-disk-kdump-trixie, debian-disk-kdump, debian-disk-unguarded, debian-disk, debian-kdump-trixie, debian-kdump, debian-system, distro-initrd, distro-kernel, mini-disk-uefi, mini-disk, provider-initramfs-bare, provider-initramfs-usb, provider-initramfs, provider-kernel-usb, provider-kernel, scaleway-initramfs-c1, scaleway-initramfs-vps.
exit code 2
`

exports[`test/cli/messages/images.test.ts > TAP > images > kexec-lab images list mini-disk --arch arm 1`] = `
$ kexec-lab images list mini-disk --arch arm
arm      distro-kernel            not built
arm      distro-initrd            not built
arm      mini-disk                not built
exit code 0
`

exports[`test/cli/messages/images.test.ts > TAP > images > kexec-lab images path mini-dsik 1`] = `
$ kexec-lab images path mini-dsik
stderr: unknown image "mini-dsik"; did you mean "mini-disk"?
stderr:   Choose from: debian-disk-boot-sh, debian-disk-kdump-trixie, debian-disk-kdump, debian-disk-unguarded, debian-disk, debian-kdump-trixie, debian-kdump, debian-system, distro-initrd, distro-kernel, mini-disk-uefi, mini-disk, provider-initramfs-bare, provider-initramfs-usb, provider-initramfs, provider-kernel-usb, provider-kernel, scaleway-initramfs-c1, scaleway-initramfs-vps.
exit code 2
`

exports[`test/cli/messages/images.test.ts > TAP > images > kexec-lab images prune --dry-run 1`] = `
$ kexec-lab images prune --dry-run
cache/images/old
Would remove the downloads, the checkpoints and 1 image of other versions: 0.0 MB.
exit code 0
`

exports[`test/cli/messages/images.test.ts > TAP > images > kexec-lab images prune 1`] = `
$ kexec-lab images prune
Removed the downloads, the checkpoints and 1 image of other versions: 0.0 MB.
exit code 0
`

exports[`test/cli/messages/images.test.ts > TAP > images > kexec-lab images prune 2`] = `
$ kexec-lab images prune
Removed the downloads, the checkpoints and 0 images of other versions: 0.0 MB.
exit code 0
`

exports[`test/cli/messages/images.test.ts > TAP > images > kexec-lab images refresh --kernel text.txt 1`] = `
$ kexec-lab images refresh --kernel text.txt
stderr: --kernel text.txt: this is not a kernel for arm or aarch64: it is a text file
exit code 2
`

exports[`test/cli/messages/images.test.ts > TAP > images > kexec-lab images verify mini-disk 1`] = `
$ kexec-lab images verify mini-disk
not built aarch64/distro-kernel
not built aarch64/distro-initrd
not built aarch64/mini-disk
not built arm/distro-kernel
not built arm/distro-initrd
not built arm/mini-disk
exit code 0
`
