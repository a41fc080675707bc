#!/bin/sh
# Copies a system to the partitions of a disk. src/image/build/guest-disk.ts boots a virtual machine with this as its init: only
# there can file systems be mounted without root on the host, and the programs of the copied system run as they do on a
# server. /dev/vda1 is the machine's own root, /dev/vdb the partitioned disk, /dev/vdc1 has the files. Beside this script are:
#
#   layout    what to make, in this order, with tabs between the fields; `-` stands for nothing:
#     member      <volume group> <partition>
#     volume      <volume group> <name> <MiB>
#     filesystem  <device> <type> <UUID> <mount point> <btrfs subvolume> <label>
#   commands  a command per line, for root of the copied system
set -eu
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
own=/kexec-lab
source=/run/source
target=/run/target
tab=$(printf '\t')

log() { printf 'kexec-lab: disk: %s\n' "$*"; }

# The first process must not end: the kernel would panic.
leave() {
	sync
	umount -R "$target" 2>/dev/null || :
	echo o >/proc/sysrq-trigger
	sleep 60
}
trap leave EXIT

# The initramfs has mounted the others.
mkdir -p /run /tmp
mountpoint -q /run || mount -t tmpfs tmpfs /run
mountpoint -q /tmp || mount -t tmpfs tmpfs /tmp
/usr/lib/systemd/systemd-udevd --daemon
udevadm trigger
udevadm settle

make_filesystem() { # DEVICE TYPE UUID LABEL
	case $2 in
	ext4) mke2fs -q -F -t ext4 ${3:+-U "$3"} -L "$4" "$1" ;;
	xfs) mkfs.xfs -q -f ${3:+-m "uuid=$3"} ${4:+-L "$4"} "$1" ;;
	btrfs) mkfs.btrfs -q -f ${3:+-U "$3"} ${4:+-L "$4"} "$1" ;;
	vfat)
		serial=$(echo "$3" | tr -d -)
		mkfs.vfat ${serial:+-i "$serial"} ${4:+-n "$4"} "$1" >/dev/null
		;;
	swap) mkswap -q ${3:+-U "$3"} ${4:+-L "$4"} "$1" >/dev/null ;;
	*) echo "fill-disk-in-guest.sh: $2 cannot be made" >&2 && exit 1 ;;
	esac
}

# Mounts a subvolume, which is created first and becomes the default.
mount_subvolume() { # DEVICE SUBVOLUME PLACE
	mount "$1" "$3"
	path=$3
	for name in $(echo "$2" | tr / ' '); do
		path=$path/$name
		[ -d "$path" ] || btrfs -q subvolume create "$path"
	done
	btrfs subvolume set-default "$path"
	umount "$3"
	mount -o "subvol=$2" "$1" "$3"
}

log 'making the file systems'
modprobe -a dm-mod xfs btrfs vfat nls_ascii nls_cp437 2>/dev/null || :
groups=
while IFS=$tab read -r what a b c d e f; do
	case $what in
	member)
		pvcreate -q -q -y -ff "$b"
		case " $groups " in
		*" $a "*) vgextend -q -q "$a" "$b" ;;
		*) vgcreate -q -q "$a" "$b" && groups="$groups $a" ;;
		esac
		;;
	volume) lvcreate -q -q -y -W n -L "${c}m" -n "$b" "$a" ;;
	filesystem)
		[ "$c" != - ] || c=
		make_filesystem "$a" "$b" "$c" "$f"
		[ "$d" != - ] || continue
		mkdir -p "$target$d"
		if [ "$e" = - ]; then mount "$a" "$target$d"; else mount_subvolume "$a" "$e" "$target$d"; fi
		;;
	esac
done <"$own/layout"
udevadm settle

log 'copying the system'
mkdir "$source"
mount -o ro /dev/vdc1 "$source"
tar --create --numeric-owner --xattrs --xattrs-include='*' --exclude='./lost+found' --directory "$source" . |
	tar --extract --numeric-owner --xattrs --xattrs-include='*' --no-overwrite-dir --directory "$target"
umount "$source"

if [ -s "$own/commands" ]; then
	for directory in dev proc sys run; do
		mkdir -p "$target/$directory"
		mount --rbind "/$directory" "$target/$directory"
	done
	while IFS= read -r command; do
		log "running: $command"
		chroot "$target" sh -c "$command" </dev/null
	done <"$own/commands"
	for directory in run sys proc dev; do umount -R -l "$target/$directory"; done
fi

log 'unmounting the disk'
umount -R "$target"
for group in $groups; do vgchange -q -q -a n "$group"; done
sync
log 'done'
