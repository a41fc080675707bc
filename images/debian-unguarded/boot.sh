#!/bin/sh
# kexecs into this distribution's kernel, whichever kernel runs: the mistake that makes a server boot for ever.
case $(uname -m) in
arm*) size=--image-size=67108864 ;;
*) size= ;;
esac
# shellcheck disable=SC2086 # no option rather than an empty one
exec kexec -f $size --ramdisk=/initrd.img --append="$(cat /proc/cmdline) is_in_kexec=yes root=/dev/vda1" /vmlinuz
