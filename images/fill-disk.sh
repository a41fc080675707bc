#!/bin/sh
# Puts a Debian system on the partitions of a disk. src/image/build/system-disk.ts runs this as root of private namespaces: only
# there can an ordinary user unpack files that belong to others or that nobody may read, and mke2fs copies them as they are
# there. On /mnt, a tmpfs, are this script, overlay.tar and layout; the system comes from descriptor 6, the disk is
# descriptor 3.
#
# Each line of layout is a file system, the deepest mount point first, with tabs between:
#
#   <where it begins, in MiB> <its size in MiB> <ext4, vfat or swap> <UUID or -> <mount point or -> <label>
set -eu
work=/mnt
root=$work/root
mkdir "$root"

# The arguments are tar's option for the compression, if any. The extended attributes are file capabilities, which only root
# can set. Nobody can create devices here, and the kernel makes those of /dev.
tar --extract "$@" --numeric-owner --xattrs --xattrs-include='security.capability' --xattrs-include='user.*' \
	--anchored --exclude='./dev/*' --exclude='dev/*' --directory "$root" <&6

# A link in somebody's system must not lead what is written next out of it.
tar --list --file "$work/overlay.tar" | sed -n 's|/$||p' >"$work/directories"
cut -f 5 "$work/layout" | grep '^/' >>"$work/directories" || :
echo usr/lib/modules >>"$work/directories"
while read -r directory; do
	place=$(readlink -m "$root/$directory")
	case $place in
	"$root" | "$root"/*) ;;
	*) echo "fill-disk.sh: the system's $directory is a link to $place, which is not in the system" >&2 && exit 1 ;;
	esac
done <"$work/directories"

tar --extract --numeric-owner --no-overwrite-dir --keep-directory-symlink --directory "$root" --file "$work/overlay.tar"

# root needs no password here.
[ ! -f "$root/etc/shadow" ] || sed -i 's|^root:[^:]*:|root::|' "$root/etc/shadow"

# The modules of a kernel that came with the overlay have no index yet.
for modules in "$root"/usr/lib/modules/*; do
	if [ ! -L "$modules" ] && [ -e "$modules/modules.dep" ] && [ ! -e "$modules/modules.dep.bin" ]; then
		depmod --basedir "$root" "${modules##*/}"
	fi
done

tab=$(printf '\t')
while IFS=$tab read -r offset size filesystem uuid mount label; do
	[ "$uuid" != - ] || uuid=
	# What is below a mount point belongs to the file system there.
	tree=$work/empty
	mkdir -p "$tree"
	case $mount in
	-) ;;
	/) tree=$root ;;
	*)
		tree=$work/part
		rm -rf "$tree"
		mkdir -p "$root$mount"
		mv "$root$mount" "$tree"
		mkdir "$root$mount"
		;;
	esac
	image=$work/part-$offset.img
	truncate -s "${size}M" "$image"
	case $filesystem in
	ext4) mke2fs -q -F -t ext4 -b 4096 ${uuid:+-U "$uuid"} -L "$label" -d "$tree" "$image" $((size * 256)) ;;
	vfat)
		serial=$(echo "$uuid" | tr -d -)
		mformat -i "$image" -T $((size * 2048)) -h 64 -s 32 -v "${label:-NONE}" -N "${serial:-4b584c42}" ::
		for entry in "$tree"/* "$tree"/.[!.]*; do
			[ ! -e "$entry" ] || mcopy -i "$image" -s "$entry" ::
		done
		;;
	swap) mkswap -q ${uuid:+-U "$uuid"} ${label:+-L "$label"} "$image" >/dev/null ;;
	*) echo "fill-disk.sh: $filesystem cannot be made" >&2 && exit 1 ;;
	esac
done <"$work/layout"

# dd seeks from where the one before it ended, because the descriptor is the same.
position=0
sort -n "$work/layout" >"$work/places"
while IFS=$tab read -r offset size _; do
	dd if="$work/part-$offset.img" bs=1M seek=$((offset - position)) conv=sparse,notrunc status=none >&3
	position=$((offset + size))
done <"$work/places"
