/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/cli/messages/autopsy.test.ts > TAP > what cannot be read > kexec-lab autopsy . 1`] = `
$ kexec-lab autopsy .
stderr: .: this is a directory, not a file
exit code 2
`

exports[`test/cli/messages/autopsy.test.ts > TAP > what cannot be read > kexec-lab autopsy /dev/zero 1`] = `
$ kexec-lab autopsy /dev/zero
stderr: /dev/zero: this is a device, not a file
exit code 2
`

exports[`test/cli/messages/autopsy.test.ts > TAP > what cannot be read > kexec-lab autopsy 1`] = `
$ kexec-lab autopsy
stderr: error: missing required argument 'dump'
stderr:   kexec-lab autopsy --help shows the usage.
exit code 2
`

exports[`test/cli/messages/autopsy.test.ts > TAP > what cannot be read > kexec-lab autopsy broken.elf 1`] = `
$ kexec-lab autopsy broken.elf
stderr: broken.elf: this is not a little-endian ELF file
exit code 2
`

exports[`test/cli/messages/autopsy.test.ts > TAP > what cannot be read > kexec-lab autopsy cut.elf 1`] = `
$ kexec-lab autopsy cut.elf
cut.elf: image-damaged
  The arm64 image at 0x41800000 should have 26.6 MiB but ends after 13.0 MiB: the file it was loaded from is truncated.
  The file is truncated: 0.5 MiB of memory are missing.
exit code 0
`

exports[`test/cli/messages/autopsy.test.ts > TAP > what cannot be read > kexec-lab autopsy dump.gz 1`] = `
$ kexec-lab autopsy dump.gz
stderr: dump.gz: this file is packed with gzip
stderr:   Unpack it first.
exit code 2
`

exports[`test/cli/messages/autopsy.test.ts > TAP > what cannot be read > kexec-lab autopsy empty.elf 1`] = `
$ kexec-lab autopsy empty.elf
stderr: empty.elf: this file is empty
exit code 2
`

exports[`test/cli/messages/autopsy.test.ts > TAP > what cannot be read > kexec-lab autopsy misleading.raw 1`] = `
$ kexec-lab autopsy misleading.raw
misleading.raw: 0 logs
  No kernel log found. The dump may be incomplete, predate Linux 5.10, or need a different --base.
  Cannot be read: the log of kernel 6.1: SYMBOL(prb) is not an address.
exit code 0
`

exports[`test/cli/messages/autopsy.test.ts > TAP > what cannot be read > kexec-lab autopsy missing.elf 1`] = `
$ kexec-lab autopsy missing.elf
stderr: missing.elf: cannot read this file: no such file or directory
stderr:   Check the path.
exit code 2
`

exports[`test/cli/messages/autopsy.test.ts > TAP > what cannot be read > kexec-lab autopsy program 1`] = `
$ kexec-lab autopsy program
stderr: program: this ELF file is not a core dump
stderr:   Use the core dump of a machine, as dump-guest-memory or kdump write it.
exit code 2
`

exports[`test/cli/messages/autopsy.test.ts > TAP > what cannot be read > kexec-lab autopsy saved.img 1`] = `
$ kexec-lab autopsy saved.img
stderr: saved.img: this file is a machine that libvirt has saved
stderr:   Write a dump with QEMU's dump-guest-memory or virsh dump --memory-only.
exit code 2
`

exports[`test/cli/messages/autopsy.test.ts > TAP > what cannot be read > kexec-lab autopsy text.raw 1`] = `
$ kexec-lab autopsy text.raw
text.raw: 0 logs
  No kernel log found. The dump may be incomplete, predate Linux 5.10, or need a different --base.
exit code 0
`

exports[`test/cli/messages/autopsy.test.ts > TAP > what cannot be read > kexec-lab autopsy whole.elf --base x 1`] = `
$ kexec-lab autopsy whole.elf --base x
stderr: error: option '--base <address>' argument 'x' is invalid. It must be an address below 2^52, such as 0x40000000.
exit code 2
`

exports[`test/cli/messages/autopsy.test.ts > TAP > what cannot be read > kexec-lab autopsy whole.elf --console missing.log 1`] = `
$ kexec-lab autopsy whole.elf --console missing.log
stderr: missing.log: cannot read this console log: no such file or directory
stderr:   Name a file with the end of the log (tail -c 64M).
exit code 2
`

exports[`test/cli/messages/autopsy.test.ts > TAP > what cannot be read > kexec-lab autopsy whole.elf --json --log 1`] = `
$ kexec-lab autopsy whole.elf --json --log
stderr: error: option '--json' cannot be used with option '--log'
exit code 2
`

exports[`test/cli/messages/autopsy.test.ts > TAP > why a machine is silent > kexec-lab autopsy aarch64-console-lost-sid.elf 1`] = `
$ kexec-lab autopsy aarch64-console-lost-sid.elf
aarch64-console-lost-sid.elf: console-lost
  Its memory shows that the second kernel (7.2.13+deb14-cloud-arm64) is running and has started its first program, but on another console. Its command line: console=ttyAMA0 cryptomgr.notests root=/dev/vda is_in_kexec=yes root=/dev/vda1 console=tty0 loglevel=0

kernel 7.2.13+deb14-cloud-arm64
  248 records at 0x43941548, found by vmcoreinfo
  command line: console=ttyAMA0 cryptomgr.notests root=/dev/vda is_in_kexec=yes root=/dev/vda1 console=tty0 loglevel=0
    [    3.241017]     is_in_kexec=yes
    [    3.641362] virtio_blk virtio0: 1/0/0 default/read/poll queues
    [    3.646188] virtio_blk virtio0: [vda] 262144 512-byte logical blocks (134 MB/128 MiB)
    [    3.651812]  vda: vda1
    [    3.653273] virtio_blk virtio1: 1/0/0 default/read/poll queues
    [    3.654750] virtio_blk virtio1: [vdb] 1 512-byte logical blocks (512 B/512 B)
    [    3.803512] EXT4-fs (vda1): INFO: recovery required on readonly filesystem
    [    3.803562] EXT4-fs (vda1): write access will be enabled during recovery
    [    3.812550] EXT4-fs (vda1): recovery complete
    [    3.824855] EXT4-fs (vda1): mounted filesystem 1f07c460-47df-461b-b522-40e32c26239c ro with ordered data mode. Quota mode: none.
    [    3.969542] Not activating Mandatory Access Control as /sbin/tomoyo-init does not exist.
    [  248.820222] random: crng init done
exit code 0
`

exports[`test/cli/messages/autopsy.test.ts > TAP > why a machine is silent > kexec-lab autopsy aarch64-device-tree-without-memory.elf 1`] = `
$ kexec-lab autopsy aarch64-device-tree-without-memory.elf
aarch64-device-tree-without-memory.elf: 1 log
  The kernel 6.1.0-50-cloud-arm64 panicked: Failed to allocate page table page.

kernel 6.1.0-50-cloud-arm64
  22 records at 0x43210c10, found by first-words
  command line: (unknown)
    [    0.000000] Booting Linux on physical CPU 0x0000000000 [0x410fd034]
    [    0.000000] Linux version 6.1.0-50-cloud-arm64 (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 SMP Debian 6.1.176-1 (2026-07-02)
    [    0.000000] Machine model: linux,dummy-virt
    [    0.000000] efi: UEFI not found.
    [    0.000000] Kernel panic - not syncing: Failed to allocate page table page
    [    0.000000] CPU: 0 PID: 0 Comm: swapper Not tainted 6.1.0-50-cloud-arm64 #1  Debian 6.1.176-1
    [    0.000000] Hardware name: linux,dummy-virt (DT)
    [    0.000000] Call trace:
    [    0.000000]  dump_backtrace+0xe4/0x140
    [    0.000000]  show_stack+0x20/0x30
exit code 0
`

exports[`test/cli/messages/autopsy.test.ts > TAP > why a machine is silent > kexec-lab autopsy aarch64-truncated-kernel.elf 1`] = `
$ kexec-lab autopsy aarch64-truncated-kernel.elf
aarch64-truncated-kernel.elf: image-damaged
  The arm64 image at 0x41800000 should have 26.6 MiB but ends after 13.0 MiB: the file it was loaded from is truncated.
exit code 0
`

exports[`test/cli/messages/autopsy.test.ts > TAP > why a machine is silent > kexec-lab autopsy arm-arm-device-tree-overwritten.elf --console console.log 1`] = `
$ kexec-lab autopsy arm-arm-device-tree-overwritten.elf --console console.log
arm-arm-device-tree-overwritten.elf: device-tree-lost
  According to its log in memory, the second kernel (6.1.0-50-armmp-lpae) found no device tree and continued with built-in defaults: the tree was overwritten or not loaded.

kernel 6.1.0-50-armmp-lpae
  112 records at 0x417b5c44, found by first-words
  command line: (unknown)
    [    0.000000]   Normal   empty
    [    0.000000]   HighMem  empty
    [    0.000000] Movable zone start for each node
    [    0.000000] Early memory node ranges
    [    0.000000]   node   0: [mem 0x0000000040000000-0x0000000040ffffff]
    [    0.000000] Initmem setup node 0 [mem 0x0000000040000000-0x0000000040ffffff]
    [    0.000000] 8<--- cut here ---
    [    0.000000] Unable to handle kernel paging request at virtual address c18067f4
    [    0.000000] [c18067f4] *pgd=80000040207003, *pmd=00000000
    [    0.000000] Internal error: Oops: a06 [#1] SMP ARM
    [    0.000000] Modules linked in:
    [    0.000000] CPU: 0 PID: 0 Comm: swapper Not tainted 6.1.0-50-armmp-lpae #1  Debian 6.1.176-1
exit code 0
`

exports[`test/cli/messages/autopsy.test.ts > TAP > why a machine is silent > kexec-lab autopsy arm-arm-device-tree-overwritten.elf 1`] = `
$ kexec-lab autopsy arm-arm-device-tree-overwritten.elf
arm-arm-device-tree-overwritten.elf: 1 log
  Nothing in the dump shows a second kernel that fell silent.

kernel 6.1.0-50-armmp-lpae
  112 records at 0x417b5c44, found by first-words
  command line: (unknown)
    [    0.000000]   Normal   empty
    [    0.000000]   HighMem  empty
    [    0.000000] Movable zone start for each node
    [    0.000000] Early memory node ranges
    [    0.000000]   node   0: [mem 0x0000000040000000-0x0000000040ffffff]
    [    0.000000] Initmem setup node 0 [mem 0x0000000040000000-0x0000000040ffffff]
    [    0.000000] 8<--- cut here ---
    [    0.000000] Unable to handle kernel paging request at virtual address c18067f4
    [    0.000000] [c18067f4] *pgd=80000040207003, *pmd=00000000
    [    0.000000] Internal error: Oops: a06 [#1] SMP ARM
    [    0.000000] Modules linked in:
    [    0.000000] CPU: 0 PID: 0 Comm: swapper Not tainted 6.1.0-50-armmp-lpae #1  Debian 6.1.176-1
exit code 0
`

exports[`test/cli/messages/autopsy.test.ts > TAP > why a machine is silent > kexec-lab autopsy arm-not-a-kernel.elf 1`] = `
$ kexec-lab autopsy arm-not-a-kernel.elf
arm-not-a-kernel.elf: never-spoke
  Its memory contains no log of a second kernel: the kernel died before its first message, or never ran.

kernel 5.10.0-32-armmp-lpae
  200 records at 0x4162d1d4, found by vmcoreinfo
  command line: console=ttyAMA0 cryptomgr.notests root=/dev/vda
    [    1.042922]     HOME=/
    [    1.042945]     TERM=linux
    [    1.178515] virtio-pci 0000:00:01.0: enabling device (0100 -> 0103)
    [    1.179556] virtio-pci 0000:00:02.0: enabling device (0100 -> 0103)
    [    1.207871] virtio_blk virtio0: [vda] 262144 512-byte logical blocks (134 MB/128 MiB)
    [    1.207947] vda: detected capacity change from 0 to 134217728
    [    1.216981]  vda: vda1
    [    1.234511] virtio_blk virtio1: [vdb] 1 512-byte logical blocks (512 B/512 B)
    [    1.234583] vdb: detected capacity change from 0 to 512
    [    1.884126] EXT4-fs (vda1): mounted filesystem with ordered data mode. Opts: (null)
    [    2.591012] kexec_core: Starting new kernel
    [    2.591058] Bye!
exit code 0
`
