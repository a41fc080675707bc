/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/server/understand.test.ts > TAP > a server in words > must match snapshot 1`] = `
captured: 2026-11-28 by kexec-lab 1, run by root
system: Fedora Linux 40 (Server Edition) on aarch64
runs: 6.8.5
cmdline: BOOT_IMAGE=(hd0,gpt2)/vmlinuz root=UUID=6f7a rd.lvm.lv="a b/c" ro
kernels: 6.8.5 (running, default, kernel 1 bytes, initrd 1 bytes); 6.8.1 (kernel 5 bytes, no initrd)
root: /dev/vda1, ext4, UUID=6f7a
disk: vda, 1 GiB, unknown bus
kexec: /etc/systemd/system/k.service → /boot.sh; kexec-tools 2.0.28-7.fc40
machine: 1 CPU, 1024 MiB, no UEFI, device tree, not a QEMU machine
`

exports[`test/server/understand.test.ts > TAP > a server in words > must match snapshot 2`] = `
captured: 2026-11-28 by kexec-lab 1, run by root
system: an unknown distribution on aarch64
runs: nothing: the system was only mounted
cmdline: unknown
kernels: 6.8.5 (default, kernel 1 bytes, initrd 1 bytes)
root: /dev/vda1, ext4, UUID=6f7a
disk: vda, 1 GiB, unknown bus
kexec: nothing calls kexec during the boot; no kexec-tools
machine: 1 CPU, 1024 MiB, no UEFI, device tree, not a QEMU machine
`
