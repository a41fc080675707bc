#!/bin/sh
# The root is named by its UUID, and the kernels are on a partition of their own.
grep -q is_in_kexec=yes /proc/cmdline && exit 0
root=UUID=7c3f7d3e-90a5-4c0f-a3f3-5d2f3a3f0b11
mountpoint -q /boot || mount /boot
exec kexec -f --ramdisk=/initrd.img --append="$(cat /proc/cmdline) is_in_kexec=yes root=$root" /vmlinuz
