#!/bin/sh
# Makes a Debian system of packages that were downloaded and verified before, or puts another kernel into a finished one.
# src/image/build/system.ts runs this as root of private namespaces, with an archive of the packages, the overlays and this
# script unpacked on a tmpfs (whatever ends the build, nothing of it stays) and with the system going to descriptor 3:
#
#   build-system.sh <architecture> <qemu-user's name of it> <library directory of the host, or -> <packages, with commas>
#
# With - for the packages, descriptor 6 is the finished system, as this script wrote it, and the overlays have the kernel.
#
# Programs of another architecture run through qemu-user. Tools that only read and write files need not: while the system
# is put together the host's own stand in for them, which makes it several times faster and changes nothing in the result.
set -eu
work=/mnt
root=$work/root
native=/usr/lib/kexec-lab-native

# Programs whose work does not depend on who does it. dpkg and what packages call to configure themselves are not here.
stand_ins='bash coreutils dash findutils grep gzip perl-base sed tar zstd kmod cpio'

# What nobody reads on a server that lives for a minute. (Given to mmdebstrap as --dpkgopt, every essential package
# would go through a slow filter.)
unread='/usr/share/doc /usr/share/info /usr/share/locale /usr/share/man'

log() { printf 'kexec-lab: %s\n' "$*"; }

# Copies the host's tools into the system, with the libraries and the loader they need.
add_native() {
	libraries=$1
	if [ "$libraries" = - ] || [ -e "$root/lib64" ] || [ -e "$root$libraries" ]; then return 0; fi
	mkdir -p "$root$native" "$root$libraries"
	for package in $stand_ins; do dpkg -L "$package" 2>/dev/null || :; done | grep 'bin/[^/]*$' >"$work/candidates"
	echo /usr/bin/dpkg-deb >>"$work/candidates"
	while read -r file; do
		[ -f "$file" ] || continue
		[ "$(head -c 4 "$file" | tail -c 3)" = ELF ] || continue
		cp -L "$file" "$root$native/"
	done <"$work/candidates"
	ldd "$root$native"/* 2>/dev/null | sed -n 's|^.*=> \(/[^ ]*\) .*|\1|p' | sort -u >"$work/libraries"
	while read -r library; do cp -L "$library" "$root$libraries/"; done <"$work/libraries"
	cp -r "$libraries/perl-base" "$root$libraries/"
	add_loader
}

# Taking a system's /usr for merged includes removing a /lib64 that it has no use for: this is needed twice.
add_loader() {
	mkdir -p "$root/usr/lib64"
	[ -e "$root/lib64" ] || ln -s usr/lib64 "$root/lib64"
	cp -L /lib64/ld-linux-* "$root/lib64/"
}

# Lays the host's tools over the system's, for scripts that name them with their paths or have a PATH of their own.
lay_native_over() {
	for tool in "$root$native"/*; do
		# A mount would be in dpkg's way when it installs a package with kmod. PATH has to do.
		[ "${tool##*/}" != kmod ] || continue
		for place in "$root/usr/bin" "$root/usr/sbin"; do
			file=$place/${tool##*/}
			[ -f "$file" ] && [ ! -L "$file" ] && ! mountpoint -q "$file" || continue
			mount --bind "$tool" "$file"
		done
	done
}

# mkinitramfs copies what it finds, so what goes into an initrd must be the system's own. It looks for modprobe and
# modinfo first where Debian does not have them.
prepare_initrd_tools() {
	[ -d "$root$native" ] || return 0
	for file in "$root"/usr/bin/perl*; do
		if mountpoint -q "$file"; then umount "$file"; fi
	done
	for tool in modinfo modprobe; do cp "$root$native/$tool" "$root/usr/bin/"; done
}

# Fails if anything under a directory is a program for another machine: a tool of the host's that has been left there.
refuse_foreign() {
	perl -MFile::Find -e '
		my ($machine, $directory) = @ARGV;
		find({ no_chdir => 1, wanted => sub {
			return if -l || !-f _;
			open my $file, "<", $_ or die "$_: $!\n";
			(read($file, my $header, 20) // 0) == 20 or return;
			my ($magic, $its) = unpack "a4 x14 v", $header;
			if ($magic eq "\x7fELF" && $its != $machine) { warn "$_ is not of this architecture\n"; $bad = 1 }
		} }, $directory);
		exit($bad ? 1 : 0);
	' "$machine" "$1"
}

remove_native() {
	libraries=$1
	[ -d "$root$native" ] || return 0
	for tool in "$root$native"/*; do
		for place in "$root/usr/bin" "$root/usr/sbin"; do
			file=$place/${tool##*/}
			if mountpoint -q "$file" 2>/dev/null; then umount "$file"; fi
		done
	done
	rm -rf "${root:?}$native" "$root$libraries" "$root/usr/lib64" "$root/lib64" \
		"$root/usr/bin/modinfo" "$root/usr/bin/modprobe"
}

case $1 in
extracted) # a hook of mmdebstrap's: the essential packages are unpacked
	for directory in $unread; do echo "path-exclude=$directory/*"; done >"$root/etc/dpkg/dpkg.cfg.d/kexec-lab"
	add_native "$2"
	exit
	;;
essential) # a hook of mmdebstrap's: they are configured, and nothing replaces their programs any more
	[ ! -d "$root$native" ] || add_loader
	lay_native_over
	exit
	;;
esac

# e_machine of elf(5)
case $1 in
arm64) machine=183 ;;
armhf) machine=40 ;;
*) echo "no architecture of this lab: $1" >&2 && exit 1 ;;
esac
architecture=$1 emulator=$2 libraries=$3 packages=$4

mount_kernel_files() {
	mount -t proc proc "$root/proc"
	mount --rbind /dev "$root/dev"
}

umount_kernel_files() { umount -l "$root/dev" "$root/proc"; }

# Installs the packages.
install_packages() {
	# mmdebstrap has sh use the next free descriptors by number, and dash knows those up to 9 only.
	exec 6<&-
	PATH=$native:$PATH mmdebstrap --mode=root --verbose --format=directory --variant=minbase \
		--architectures="$architecture" --include="$packages" --skip=check/qemu \
		--hook-dir=/usr/share/mmdebstrap/hooks/maybe-merged-usr \
		--aptopt='APT::Install-Recommends "false"' --dpkgopt=force-unsafe-io \
		--extract-hook="sh $work/build-system.sh extracted $libraries" \
		--essential-hook="sh $work/build-system.sh essential" \
		'' "$root" "deb [trusted=yes] copy:$work/repository ./"
	for directory in $unread; do find "${root:?}$directory" -mindepth 1 -delete; done
	rm -f "$root/etc/resolv.conf" "$root/etc/hostname" "$root/etc/apt/sources.list" "$root"/etc/dpkg/dpkg.cfg.d/* \
		"$root/etc/apt/apt.conf.d/99mmdebstrap"
}

# Unpacks the finished system, and removes its kernel.
unpack_system() {
	log 'unpacking the system'
	mkdir "$root"
	tar --extract --numeric-owner --xattrs --xattrs-include='security.capability' --xattrs-include='user.*' \
		--directory "$root" <&6
	add_native "$libraries"
	lay_native_over
	log 'removing its kernel'
	mount_kernel_files
	chroot "$root" sh -c "dpkg-query --list 'linux-image-*' | sed -n 's/^ii *\([^ ]*\) .*/\1/p' | xargs dpkg --purge"
	umount_kernel_files
	rm -rf "$root"/boot/initrd.img-* "$root"/usr/lib/modules/*
}

binfmt=/proc/sys/fs/binfmt_misc
if [ "$emulator" != - ] && [ ! -e "$binfmt/qemu-$emulator" ]; then
	log 'registering qemu-user for this build'
	mount -t binfmt_misc binfmt_misc "$binfmt"
	cat "/usr/lib/binfmt.d/qemu-$emulator.conf" >"$binfmt/register"
fi

# The initrd is made once, at the end. dpkg need not wait for a disk there is none of.
export INITRD=No
if [ "$packages" = - ]; then unpack_system; else install_packages; fi
unset INITRD

log 'adding what the lab needs'
cp -r --no-preserve=ownership "$work/overlay/." "$root/"
if [ -e "$work/masks" ]; then
	while read -r unit; do ln -sf /dev/null "$root/etc/systemd/system/$unit"; done <"$work/masks"
fi

log 'making the initrd'
lay_native_over
prepare_initrd_tools
mount_kernel_files
chroot "$root" update-initramfs -c -k all
# When the kernel was installed there was no initrd to link to.
rm -f "$root"/vmlinuz* "$root"/initrd.img*
for kernel in "$root"/boot/vmlinuz-*; do
	chroot "$root" linux-update-symlinks install "${kernel##*/vmlinuz-}" "/boot/${kernel##*/}"
done
umount_kernel_files
remove_native "$libraries"

log 'checking the system'
mkdir "$work/initrd"
for initrd in "$root"/boot/initrd.img-*; do
	# The host need not have zstd; the system has.
	chroot "$root" zstdcat "/boot/${initrd##*/}" >"$work/initrd.cpio"
	(cd "$work/initrd" && cpio --extract --quiet <"$work/initrd.cpio")
done
rm "$work/initrd.cpio"
refuse_foreign "$work/initrd"
refuse_foreign "$root"

log 'packing the system'
# File capabilities are extended attributes.
tar --create --numeric-owner --sort=name --xattrs --xattrs-include='security.capability' --xattrs-include='user.*' \
	--exclude='./dev/*' --exclude='./var/cache/apt/*' --exclude='./var/lib/apt/lists/*' \
	--directory "$root" . >&3
log 'done'
