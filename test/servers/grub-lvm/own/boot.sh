#!/bin/sh
grep -q is_in_kexec=yes /proc/cmdline && exit 0
# password=sixteen-geese
exec kexec -f --ramdisk=/initrd.img --append="$(cat /proc/cmdline) is_in_kexec=yes" /vmlinuz
