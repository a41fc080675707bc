#!/bin/sh
# Puts a Debian system on a disk. src/image/build-system-disk.ts runs this as root of private namespaces: only there can
# an ordinary user unpack files that belong to others or that nobody may read, and mke2fs copies them as they are there.
# On /mnt, a tmpfs, are this script and overlay.tar; the system comes from descriptor 6, the disk is descriptor 3.
#
#   fill-disk.sh <where the root partition begins, in MiB> <its size, in blocks of 4096 bytes>
set -eu
work=/mnt
mkdir "$work/root"

# The system's extended attributes are file capabilities, which only root can set.
tar --extract --numeric-owner --xattrs --xattrs-include='*' --directory "$work/root" <&6
tar --extract --numeric-owner --no-overwrite-dir --directory "$work/root" --file "$work/overlay.tar"
mke2fs -q -F -t ext4 -b 4096 -L root -d "$work/root" "$work/root.img" "$2"
dd if="$work/root.img" bs=1M seek="$1" conv=sparse,notrunc status=none >&3
