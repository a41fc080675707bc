/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/cli/messages/doctor.test.ts > TAP > doctor > kexec-lab doctor --arch arm 1`] = `
$ kexec-lab doctor --arch arm
stderr: error: unknown option '--arch'
stderr:   kexec-lab doctor --help shows the usage.
exit code 2
`

exports[`test/cli/messages/doctor.test.ts > TAP > doctor > kexec-lab doctor --qemu-dir empty 1`] = `
$ kexec-lab doctor --qemu-dir empty
kexec-lab VERSION, Node.js VERSION

To boot machines
  ✓ AAVMF_CODE.fd  FOUND  the firmware of the UEFI machines (aarch64)
  ✓ AAVMF32_CODE.fd  FOUND  the firmware of the UEFI machines (arm)
  ✓ setpriv  FOUND  ends QEMU and the tools when the lab is killed
  ✓ mkfifo  FOUND  creates the named pipe of a console
  ✓ socat  FOUND  connects the guest to the lab's servers
  ✓ qemu-nbd  FOUND  serves a disk over the network
  ✓ ssh  FOUND  logs in to a waiting initramfs
  ✓ ssh-keygen  FOUND  creates the key for that login

To build images
  ✓ apt-get  FOUND  downloads Debian packages and checks their signatures
  ✓ dpkg-deb  FOUND  unpacks Debian packages
  ✓ debian-archive-keyring.gpg  FOUND  the keys for those signatures
  ✓ mmdebstrap  FOUND  installs Debian, and supplies a mirror if apt has none
  ✓ qemu-aarch64.conf  FOUND  runs the programs of a system while it is installed
  ✓ flock  FOUND  lets one process build while others wait
  ✓ depmod  FOUND  finds what kernel modules depend on
  ✓ xz  FOUND  unpacks kernel modules
  ✓ cpio  FOUND  packs initramfs images
  ✓ sfdisk  FOUND  partitions disk images
  ✓ mformat  FOUND  creates EFI system partitions
  ✓ mke2fs  FOUND  creates ext4 file systems
  ✓ debugfs  FOUND  makes root the owner of the files in them

QEMU (newest first; the marked one is used)
  ✗ aarch64  none
  ✗ arm      none
  Machines are always emulated (tcg), so that a boot is the same on every host.

Images
  cache: N MiB used, N MiB free

Configuration file
  none

No usable QEMU for aarch64 and arm: QEMU 7.2.0 or newer is required.
exit code 5
`

exports[`test/cli/messages/doctor.test.ts > TAP > doctor > kexec-lab doctor 1`] = `
$ kexec-lab doctor
kexec-lab VERSION, Node.js VERSION

To boot machines
  ✓ AAVMF_CODE.fd  FOUND  the firmware of the UEFI machines (aarch64)
  ✓ AAVMF32_CODE.fd  FOUND  the firmware of the UEFI machines (arm)
  ✓ setpriv  FOUND  ends QEMU and the tools when the lab is killed
  ✓ mkfifo  FOUND  creates the named pipe of a console
  ✓ socat  FOUND  connects the guest to the lab's servers
  ✓ qemu-nbd  FOUND  serves a disk over the network
  ✓ ssh  FOUND  logs in to a waiting initramfs
  ✓ ssh-keygen  FOUND  creates the key for that login

To build images
  ✓ apt-get  FOUND  downloads Debian packages and checks their signatures
  ✓ dpkg-deb  FOUND  unpacks Debian packages
  ✓ debian-archive-keyring.gpg  FOUND  the keys for those signatures
  ✓ mmdebstrap  FOUND  installs Debian, and supplies a mirror if apt has none
  ✓ qemu-aarch64.conf  FOUND  runs the programs of a system while it is installed
  ✓ flock  FOUND  lets one process build while others wait
  ✓ depmod  FOUND  finds what kernel modules depend on
  ✓ xz  FOUND  unpacks kernel modules
  ✓ cpio  FOUND  packs initramfs images
  ✓ sfdisk  FOUND  partitions disk images
  ✓ mformat  FOUND  creates EFI system partitions
  ✓ mke2fs  FOUND  creates ext4 file systems
  ✓ debugfs  FOUND  makes root the owner of the files in them

QEMU (newest first; the marked one is used)
  ✓ aarch64  FOUND  PACKAGE/test/fixtures/fake-qemu/qemu-system-aarch64
  ✓ arm  FOUND  PACKAGE/test/fixtures/fake-qemu/qemu-system-arm
    aarch64: idle skipping: works (sleep=off)
    arm: idle skipping: works (sleep=off)
  Machines are always emulated (tcg), so that a boot is the same on every host.

Images
  cache: N MiB used, N MiB free

Configuration file
  none

Nothing is missing.
exit code 0
`

exports[`test/cli/messages/doctor.test.ts > TAP > doctor > kexec-lab doctor 2`] = `
$ kexec-lab doctor
kexec-lab VERSION, Node.js VERSION

To boot machines
  ✓ AAVMF_CODE.fd  FOUND  the firmware of the UEFI machines (aarch64)
  ✓ AAVMF32_CODE.fd  FOUND  the firmware of the UEFI machines (arm)
  ✓ setpriv  FOUND  ends QEMU and the tools when the lab is killed
  ✓ mkfifo  FOUND  creates the named pipe of a console
  ✓ socat  FOUND  connects the guest to the lab's servers
  ✓ qemu-nbd  FOUND  serves a disk over the network
  ✓ ssh  FOUND  logs in to a waiting initramfs
  ✓ ssh-keygen  FOUND  creates the key for that login

To build images
  ✓ apt-get  FOUND  downloads Debian packages and checks their signatures
  ✓ dpkg-deb  FOUND  unpacks Debian packages
  ✓ debian-archive-keyring.gpg  FOUND  the keys for those signatures
  ✓ mmdebstrap  FOUND  installs Debian, and supplies a mirror if apt has none
  ✓ qemu-aarch64.conf  FOUND  runs the programs of a system while it is installed
  ✓ flock  FOUND  lets one process build while others wait
  ✓ depmod  FOUND  finds what kernel modules depend on
  ✓ xz  FOUND  unpacks kernel modules
  ✓ cpio  FOUND  packs initramfs images
  ✓ sfdisk  FOUND  partitions disk images
  ✓ mformat  FOUND  creates EFI system partitions
  ✓ mke2fs  FOUND  creates ext4 file systems
  ✓ debugfs  FOUND  makes root the owner of the files in them

QEMU (newest first; the marked one is used)
  ✓ aarch64  FOUND  PACKAGE/test/fixtures/fake-qemu/qemu-system-aarch64
  ✓ arm  FOUND  PACKAGE/test/fixtures/fake-qemu/qemu-system-arm
    aarch64: idle skipping: does not work: QEMU hangs at disk I/O; machines wait in real time while idle (sleep=on)
    arm: idle skipping: does not work: QEMU hangs at disk I/O; machines wait in real time while idle (sleep=on)
  Machines are always emulated (tcg), so that a boot is the same on every host.

Images
  cache: N MiB used, N MiB free

Configuration file
  none

Nothing is missing.
exit code 0
`

exports[`test/cli/messages/doctor.test.ts > TAP > doctor > kexec-lab doctor 3`] = `
$ kexec-lab doctor
kexec-lab VERSION, Node.js VERSION

To boot machines
  ✓ AAVMF_CODE.fd  FOUND  the firmware of the UEFI machines (aarch64)
  ✓ AAVMF32_CODE.fd  FOUND  the firmware of the UEFI machines (arm)
  ✓ setpriv  FOUND  ends QEMU and the tools when the lab is killed
  ✓ mkfifo  FOUND  creates the named pipe of a console
  ✓ socat  FOUND  connects the guest to the lab's servers
  ✓ qemu-nbd  FOUND  serves a disk over the network
  ✓ ssh  FOUND  logs in to a waiting initramfs
  ✓ ssh-keygen  FOUND  creates the key for that login

To build images
  ✓ apt-get  FOUND  downloads Debian packages and checks their signatures
  ✓ dpkg-deb  FOUND  unpacks Debian packages
  ✓ debian-archive-keyring.gpg  FOUND  the keys for those signatures
  ✓ mmdebstrap  FOUND  installs Debian, and supplies a mirror if apt has none
  ✓ qemu-aarch64.conf  FOUND  runs the programs of a system while it is installed
  ✓ flock  FOUND  lets one process build while others wait
  ✓ depmod  FOUND  finds what kernel modules depend on
  ✓ xz  FOUND  unpacks kernel modules
  ✓ cpio  FOUND  packs initramfs images
  ✓ sfdisk  FOUND  partitions disk images
  ✓ mformat  FOUND  creates EFI system partitions
  ✓ mke2fs  FOUND  creates ext4 file systems
  ✓ debugfs  FOUND  makes root the owner of the files in them

QEMU (newest first; the marked one is used)
  ✗ aarch64    PACKAGE/test/fixtures/fake-qemu/qemu-system-aarch64: version 6.2.0 is older than 7.2.0
  ✗ arm        PACKAGE/test/fixtures/fake-qemu/qemu-system-arm: version 6.2.0 is older than 7.2.0
  Machines are always emulated (tcg), so that a boot is the same on every host.

Images
  cache: N MiB used, N MiB free

Configuration file
  none

No usable QEMU for aarch64 and arm: QEMU 7.2.0 or newer is required.
exit code 5
`

exports[`test/cli/messages/doctor.test.ts > TAP > doctor > kexec-lab doctor 4`] = `
$ kexec-lab doctor
kexec-lab VERSION, Node.js VERSION

To boot machines
  ✓ AAVMF_CODE.fd  FOUND  the firmware of the UEFI machines (aarch64)
  ✓ AAVMF32_CODE.fd  FOUND  the firmware of the UEFI machines (arm)
  ✗ setpriv  MISSING  package util-linux: ends QEMU and the tools when the lab is killed
  ✗ mkfifo  MISSING  package coreutils: creates the named pipe of a console
  ✗ socat  MISSING  package socat: connects the guest to the lab's servers
  ✗ qemu-nbd  MISSING  package qemu-utils: serves a disk over the network
  ✗ ssh  MISSING  package openssh-client: logs in to a waiting initramfs
  ✗ ssh-keygen  MISSING  package openssh-client: creates the key for that login

To build images
  ✗ apt-get  MISSING  package apt: downloads Debian packages and checks their signatures
  ✗ dpkg-deb  MISSING  package dpkg: unpacks Debian packages
  ✓ debian-archive-keyring.gpg  FOUND  the keys for those signatures
  ✗ mmdebstrap  MISSING  package mmdebstrap: installs Debian, and supplies a mirror if apt has none
  ✓ qemu-aarch64.conf  FOUND  runs the programs of a system while it is installed
  ✗ flock  MISSING  package util-linux: lets one process build while others wait
  ✓ depmod  FOUND  finds what kernel modules depend on
  ✗ xz  MISSING  package xz-utils: unpacks kernel modules
  ✗ cpio  MISSING  package cpio: packs initramfs images
  ✓ sfdisk  FOUND  partitions disk images
  ✗ mformat  MISSING  package mtools: creates EFI system partitions
  ✓ mke2fs  FOUND  creates ext4 file systems
  ✓ debugfs  FOUND  makes root the owner of the files in them

QEMU (newest first; the marked one is used)
  ✗ aarch64  none
  ✗ arm      none
  Machines are always emulated (tcg), so that a boot is the same on every host.

Images
  cache: N MiB used, N MiB free

Configuration file
  none

No usable QEMU for aarch64 and arm: QEMU 7.2.0 or newer is required.
Something is missing. kexec-lab doctor --with-deps runs this:
APT-GET …
exit code 5
`
