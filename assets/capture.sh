#!/bin/sh
# Writes to standard output what a boot of this server depends on, in the form that `kexec-lab capture --from` reads.
# A POSIX shell with the tools of a small system (busybox will do) is enough. Nothing is installed, written or changed.
# An ordinary user may run it; what only root can read is named instead.
#
#   sh capture.sh [--list] [--root DIRECTORY] >server.raw
#
#   --list            names and sizes only, no content
#   --root DIRECTORY  a system that does not run: where its root is mounted. Only its files are taken.
#
# The output is a series of records, each a header line and, where it has a size, that many bytes and a line feed:
#
#   kexec-lab-capture 1         the version of this form
#   file MODE SIZE PATH         the content of a file
#   link SIZE PATH              the target of a symbolic link
#   text SIZE NAME              the output of a command, or a file that changes while it is read
#   lack REASON PATH            what could not be taken: unreadable, larger than the limit, or odd-name: control characters
#   end COUNT                   how many records came before
#
# The output still has host names, addresses and passwords where files have them. `kexec-lab capture --from` removes them.
set -u
LC_ALL=C PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin
export LC_ALL PATH

list='' root=''
while [ $# -gt 0 ]; do
	case $1 in
	--list) list=1 ;;
	--root) root=${2-} && shift ;;
	*) echo "capture.sh: unknown argument $1" >&2 && exit 2 ;;
	esac
	shift
done
if [ -n "$root" ] && [ ! -d "$root/" ]; then
	echo "capture.sh: $root is not a directory" >&2 && exit 2
fi
root=${root%/}
if [ -z "$list" ] && [ -t 1 ]; then
	echo 'capture.sh: redirect the output to a file: sh capture.sh >server.raw' >&2 && exit 2
fi

newline='
'
# Lists have one path to a line: the root and the names of files may have blanks.
IFS=$newline
records=0
# The paths that were sent, each between line feeds.
sent=$newline
# Larger than any kernel or initrd. Bytes.
most=536870912

record() { # HEADER: the header line of a record
	records=$((records + 1))
	printf '%s\n' "$1"
}

lack() { record "lack $1 $2"; }

is_sent() {
	case $sent in *"$newline$1$newline"*) return 0 ;; esac
	sent=$sent$1$newline
	return 1
}

text() { # NAME VALUE
	[ -n "$2" ] || return 0
	record "text $(($(printf '%s' "$2" | wc -c))) $1"
	[ -n "$list" ] || printf '%s\n' "$2"
}

# The output of a command whose program may be missing.
command_text() { # NAME PROGRAM ARGUMENT…
	name=$1
	shift
	command -v "$1" >/dev/null 2>&1 || return 0
	text "$name" "$("$@" 2>/dev/null </dev/null)"
}

# The content of files of /proc and /sys, which changes, as a text with the path as its name.
state() { # PATH…
	for path; do
		[ -e "$path" ] || continue
		if [ ! -r "$path" ]; then
			lack unreadable "$path"
			continue
		fi
		text "$path" "$(cat "$path" 2>/dev/null)"
	done
}

# A path without `.`, `..` and empty names.
plain() { # PATH
	printf '%s\n' "$1" |
		sed -e ':again' -e 's|///*|/|g; s|/\./|/|g; s|^/\.\./|/|; s|/[^/]*[^/.][^/]*/\.\./|/|' -e 't again'
}

# Where a link leads.
join() { # PATH TARGET
	case $2 in /*) plain "$2" ;; *) plain "${1%/*}/$2" ;; esac
}

# Says that a directory above a missing path cannot be entered: the path may be there.
closed() { # PATH
	above=${1%/*}
	while [ -n "$above" ] && [ ! -e "$root$above" ]; do above=${above%/*}; done
	if [ -d "$root$above" ] && [ ! -x "$root$above" ] && ! is_sent "$above"; then lack unreadable "$above"; fi
}

# A file and, before it, the links that lead to it. Missing files are left out without a word.
file() { # PATH…
	for path; do
		case $path in
		*[[:cntrl:]]*)
			[ ! -f "$root$path" ] || lack odd-name "$(printf '%s' "$path" | tr '[:cntrl:]' '?')"
			continue
			;;
		esac
		case $path in *//* | */./* | */../*) path=$(plain "$path") ;; esac
		hops=0
		while [ -L "$root$path" ] && [ $hops -lt 8 ]; do
			hops=$((hops + 1))
			target=$(readlink "$root$path")
			if ! is_sent "$path"; then
				record "link $(($(printf '%s' "$target" | wc -c))) $path"
				[ -n "$list" ] || printf '%s\n' "$target"
			fi
			path=$(join "$path" "$target")
		done
		if [ ! -f "$root$path" ]; then
			closed "$path"
			continue
		fi
		is_sent "$path" && continue
		if [ ! -r "$root$path" ]; then
			lack unreadable "$path"
			continue
		fi
		size=$(($(wc -c <"$root$path")))
		if [ $size -gt $most ]; then
			lack larger "$path"
			continue
		fi
		mode=644
		[ ! -x "$root$path" ] || mode=755
		record "file $mode $size $path"
		if [ -z "$list" ]; then
			head -c $size "$root$path"
			echo
		fi
	done
}

# The files of a directory and of those in it.
tree() { # DIRECTORY
	if [ ! -d "$root$1" ]; then
		closed "$1"
		return 0
	fi
	if [ ! -r "$root$1" ]; then
		is_sent "$1" || lack unreadable "$1"
		return 0
	fi
	for entry in "$root$1"/* "$root$1"/.[!.]*; do
		case $entry in
		# A seed of random numbers.
		*/random-seed) continue ;;
		esac
		if [ -d "$entry" ] && [ ! -L "$entry" ]; then tree "${entry#"$root"}"; else file "${entry#"$root"}"; fi
	done
}

echo 'kexec-lab-capture 1'

# What runs: the machine and its kernel. A system that is only mounted has none.
running=''
if [ -z "$root" ]; then
	running=$(uname -r)
	text user "$(id -u)"
	text uname "$(uname -s -r -v -m)"
	text hostname "$(hostname 2>/dev/null || uname -n)"
	command_text page-size getconf PAGESIZE
	state /proc/cmdline /proc/cpuinfo /proc/meminfo /proc/iomem /proc/interrupts /proc/modules /proc/partitions \
		/proc/mdstat /proc/filesystems /proc/consoles /proc/sys/kernel/kexec_load_disabled \
		/sys/kernel/kexec_loaded /sys/kernel/kexec_crash_loaded /sys/kernel/kexec_crash_size /sys/kernel/security/lockdown
	for node in /sys/devices/system/node/online /sys/devices/system/cpu/online /sys/firmware/efi/fw_platform_size; do
		state "$node"
	done
	text acpi-tables "$(ls /sys/firmware/acpi/tables 2>/dev/null)"
	file /sys/firmware/fdt
	for variable in BootOrder BootCurrent SecureBoot SetupMode; do
		file /sys/firmware/efi/efivars/$variable-8be4df61-93ca-11d2-aa0d-00e098032b8c
	done
	file /sys/firmware/efi/efivars/Boot[0-9A-F][0-9A-F][0-9A-F][0-9A-F]-8be4df61-93ca-11d2-aa0d-00e098032b8c
	# Only the mounts that a boot needs: others may have addresses and user names.
	text mounts "$(grep -E ' (/|/boot|/boot/efi|/boot/firmware|/efi|/usr|/var|/etc) ' /proc/self/mounts 2>/dev/null)"
	columns=NAME,KNAME,PKNAME,TYPE,SIZE,FSTYPE,LABEL,UUID,PARTUUID,PARTLABEL,PARTTYPE,MOUNTPOINT
	command_text lsblk lsblk -P -b -o $columns
	# Without udev's database, as in a container or with busybox, only this one knows the file systems. It asks the disks: root's.
	command_text blkid blkid
	for disk in /sys/block/*; do
		name=${disk##*/}
		case $name in loop* | ram* | zram* | sr* | fd*) continue ;; esac
		text "bus $name" "$(readlink -f "$disk/device/driver" 2>/dev/null) $(readlink -f "$disk" 2>/dev/null)"
		for part in "$disk/$name"*; do
			[ -r "$part/start" ] || continue
			text "partition ${part##*/}" "$(cat "$part/start" "$part/size" "$part/partition" 2>/dev/null)"
		done
		if [ -r "/dev/$name" ]; then
			command_text "sfdisk $name" sfdisk -d "/dev/$name"
		else
			lack unreadable "/dev/$name"
		fi
	done
	command_text pvs pvs --noheadings --units b -o pv_name,vg_name,pv_uuid,pv_size
	command_text lvs lvs --noheadings --units b -o lv_name,vg_name,lv_uuid,lv_size,segtype,lv_path
	command_text vgs vgs --noheadings --units b -o vg_name,vg_uuid,vg_extent_size
	command_text mdadm mdadm --detail --scan
	device=$(sed -n 's|^\(/dev/[^ ]*\) / \(ext[234]\) .*|\1|p' /proc/self/mounts | tail -n 1)
	[ -z "$device" ] || [ ! -r "$device" ] ||
		text root-features "$(dumpe2fs -h "$device" 2>/dev/null | grep -E '^(Filesystem (features|UUID|volume name)|Block size|Inode size)')"
	command_text xfs xfs_info /
	log=$(dmesg 2>/dev/null)
	[ -n "$log" ] || log=$(journalctl -k -b --no-hostname -o short-monotonic -n 3000 2>/dev/null </dev/null)
	if [ -n "$log" ]; then text dmesg "$(printf '%s\n' "$log" | head -c 262144)"; else lack unreadable /dev/kmsg; fi
	command_text systemd systemctl --version
	command_text default-target systemctl get-default
else
	# The host name is sent so that it can be removed from the other texts.
	text hostname "$(cat "$root/etc/hostname" 2>/dev/null)"
fi
text machine-id "$(cat "$root/etc/machine-id" 2>/dev/null)"
file /etc/os-release

# The boot loader and what it starts. Entries name kernels, so they come first.
file /etc/fstab /etc/crypttab /etc/default/grub /etc/kernel/cmdline /etc/kernel/install.conf \
	/etc/default/flash-kernel /etc/flash-kernel/machine /etc/default/u-boot \
	/boot/grub/grub.cfg /boot/grub2/grub.cfg /boot/grub/grubenv /boot/grub2/grubenv /boot/extlinux/extlinux.conf \
	/boot/boot.cmd /boot/boot.scr /boot/armbianEnv.txt /boot/cmdline.txt /boot/config.txt \
	/boot/firmware/cmdline.txt /boot/firmware/config.txt
# GRUB's own modules, which fit only its program of the same version: those that its menu asks for, by name or by command.
grub_modules() { # DIRECTORY MENU
	if [ ! -r "$root$1/moddep.lst" ] || [ ! -r "$root$1/command.lst" ] || [ ! -r "$root$2" ]; then return 0; fi
	for index in command crypto fs moddep partmap terminal; do file "$1/$index.lst"; done
	# shellcheck disable=SC2013 # one name to a line
	for module in $(awk '
		function need(name, list, count, at) {
			if (name in needed) return
			needed[name] = 1
			count = split(uses[name], list, " ")
			for (at = 1; at <= count; at++) need(list[at])
		}
		FILENAME == ARGV[1] { name = $1; sub(/:$/, "", name); $1 = ""; uses[name] = $0; next }
		FILENAME == ARGV[2] { name = $1; gsub(/[*:]/, "", name); command[name] = $2; next }
		{ for (at = 1; at <= NF; at++) { if ($at in command) need(command[$at]); if ($at in uses) need($at) } }
		END { need("normal"); need("terminal"); for (name in needed) print name }
	' "$root$1/moddep.lst" "$root$1/command.lst" "$root$2" | sort); do file "$1/$module.mod"; done
}
for menu in /boot/grub /boot/grub2; do
	for platform in arm64-efi arm-efi; do grub_modules $menu/$platform $menu/grub.cfg; done
done
for esp in /efi /boot/efi /boot /boot/firmware; do
	tree $esp/loader
	tree $esp/EFI
done

# A few kernels are enough: the one that runs, those that links and entries name, and the newest.
kernels=$newline
add_kernel() { # PATH
	[ -f "$root$1" ] || return 0
	case $kernels in *"$newline$1$newline"*) ;; *) kernels=$kernels$1$newline ;; esac
}
for name in "vmlinuz-$running" "vmlinux-$running" "Image-$running"; do add_kernel "/boot/$name"; done
for link in /vmlinuz /boot/vmlinuz /vmlinuz.old /boot/Image; do
	# Below --root, the target of an absolute link is not where the shell looks for it.
	[ -e "$root$link" ] || [ -L "$root$link" ] || continue
	file "$link"
	[ -L "$root$link" ] || continue
	add_kernel "$(join "$link" "$(readlink "$root$link")")"
done
file /initrd.img /boot/initrd.img /initrd.img.old
for entry in "$root"/boot/loader/entries/*.conf "$root"/efi/loader/entries/*.conf "$root"/boot/efi/loader/entries/*.conf \
	"$root"/boot/extlinux/extlinux.conf; do
	[ -r "$entry" ] || continue
	place=${entry#"$root"}
	place=${place%/loader/entries/*}
	place=${place%/extlinux/extlinux.conf}
	for named in $(sed -n 's/^[[:space:]]*\(linux\|initrd\|fdt\|devicetree\|efi\|kernel\|LINUX\|INITRD\|KERNEL\|FDT\)[[:space:]]\{1,\}//p' "$entry" |
		tr '[:blank:]' '\n'); do
		case $named in /boot/*) file "$named" ;; *) file "$place/${named#/}" ;; esac
	done
done
# shellcheck disable=SC2012 # names of kernels have no line feeds
newest=$(ls -t "$root"/boot/vmlinuz-* "$root"/boot/vmlinux-* "$root"/boot/Image-* 2>/dev/null | head -n 1)
[ -z "$newest" ] || add_kernel "${newest#"$root"}"

# shellcheck disable=SC2086 # one path to a line
set -- $kernels
for kernel; do
	release=${kernel##*/}
	release=${release#*-}
	file "$kernel" "/boot/config-$release" "/boot/initrd.img-$release" "/boot/initramfs-$release.img" "/boot/initrd-$release" \
		"/boot/initrd-$release.img"
	modules=/lib/modules/$release
	file "$modules/modules.dep" "$modules/modules.builtin" "$modules/modules.order" "$modules/modules.softdep"
	# Of the modules only those in use: the initrd's are in the initrd.
	if [ -n "$root" ] || [ ! -r "$modules/modules.dep" ] || [ ! -r /proc/modules ]; then continue; fi
	loaded=" $(cut -d ' ' -f 1 /proc/modules | tr '\n-' ' _')"
	# shellcheck disable=SC2013 # one path to a line
	for module in $(sed 's/:.*//' "$modules/modules.dep"); do
		name=${module##*/}
		name=${name%%.ko*}
		case $name in *-*) name=$(echo "$name" | tr - _) ;; esac
		case $loaded in *" $name "*) file "$modules/$module" ;; esac
	done
done
# shellcheck disable=SC2012 # sizes and dates are for people
text boot-files "$(ls -l "$root/boot" 2>/dev/null | sed 's/^\([^ ]*\) *[^ ]* *[^ ]* *[^ ]* */\1 /')"

# How the initrd is made.
file /etc/initramfs-tools/initramfs.conf /etc/initramfs-tools/modules /etc/initramfs-tools/update-initramfs.conf \
	/etc/modules /etc/dracut.conf /etc/mkinitcpio.conf
for directory in /etc/initramfs-tools/conf.d /etc/initramfs-tools/hooks /etc/initramfs-tools/scripts \
	/etc/modules-load.d /etc/modprobe.d /etc/dracut.conf.d; do
	tree $directory
done

# kexec: the program with its libraries, its settings, and the units and scripts that call it.
kexec=''
for path in /sbin/kexec /usr/sbin/kexec /usr/local/sbin/kexec /usr/bin/kexec; do
	[ -n "$kexec" ] || [ ! -x "$root$path" ] || kexec=$path
done
if [ -n "$kexec" ]; then
	file "$kexec"
	if [ -z "$root" ]; then
		command_text kexec-version "$kexec" --version
		command -v ldd >/dev/null 2>&1 &&
			for path in $(ldd "$kexec" 2>/dev/null | sed -n 's|.* \(/[^ ]*\) (.*|\1|p; s|^[[:space:]]*\(/[^ ]*\) (.*|\1|p'); do file "$path"; done
	fi
fi
file /etc/default/kexec /etc/sysconfig/kexec /etc/conf.d/kexec
# Links to /dev/null say that these units are masked.
file /etc/systemd/system/kexec-load.service /etc/systemd/system/kexec.service
tree /etc/default/kexec.d
# Of some files, the scripts that mention kexec.
scripts_with_kexec() { # PATH… below the root
	for path; do
		if [ ! -f "$root$path" ] || [ ! -r "$root$path" ]; then continue; fi
		if [ "$(head -c 2 "$root$path" | tr -d '\0')" = '#!' ] && grep -q kexec "$root$path"; then printf '%s\n' "$path"; fi
	done
}
units=''
for directory in /etc/systemd/system /usr/local/lib/systemd/system /lib/systemd/system /usr/lib/systemd/system; do
	# On a merged /usr, /lib is a link.
	[ -L "$root${directory%/systemd/system}" ] || units="$units$newline$root$directory/*.service"
done
# Also of `ExecStart=/bin/sh -c "/boot.sh"`. /dev/null: without a file these commands would read the rest of this script.
# shellcheck disable=SC2086 # one pattern to a line
programs=$(cat /dev/null $units 2>/dev/null | sed -n 's/^Exec[A-Za-z]*[[:blank:]]*=[-@:+!|[:blank:]]*//p' | tr "[:blank:]\"';" '\n' | grep '^/' | sort -u)
# shellcheck disable=SC2086 # one path to a line
scripts=$(scripts_with_kexec $programs)
for script in $scripts; do file "$script"; done
# shellcheck disable=SC2013,SC2086 # one pattern, and one path, to a line
for unit in $(grep -l -F "kexec${scripts:+$newline$scripts}" /dev/null $units 2>/dev/null); do
	name=${unit##*/}
	# systemd's own units, which come with its version.
	case $name in systemd-*) continue ;; esac
	file "${unit#"$root"}"
	tree "/etc/systemd/system/$name.d"
	for link in "$root"/etc/systemd/system/*.wants/"$name" "$root"/etc/systemd/system/*.requires/"$name"; do
		[ ! -L "$link" ] || file "${link#"$root"}"
	done
done
for script in "$root"/etc/init.d/* "$root"/etc/rc.local "$root"/etc/local.d/* "$root"/boot.sh "$root"/usr/local/sbin/* \
	"$root"/usr/local/bin/*; do
	[ -z "$(scripts_with_kexec "${script#"$root"}")" ] || file "${script#"$root"}"
done

# The versions of the packages behind all this.
names='^(linux-|kernel|initramfs|dracut|mkinitcpio|kexec|systemd|udev|lvm2|mdadm|cryptsetup|grub|shim|kmod|busybox|zstd|btrfs|xfsprogs|e2fsprogs|dropbear|libc6|glibc|musl|u-boot|flash-kernel|debian-archive)'
if [ -z "$root" ] && command -v dpkg-query >/dev/null 2>&1; then
	# shellcheck disable=SC2016 # dpkg-query's own variables
	text packages "$(dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Version} ${Architecture}\n' 2>/dev/null | sed -n 's/^ii *//p' | grep -E "$names")"
elif [ -z "$root" ] && command -v rpm >/dev/null 2>&1; then
	text packages "$(rpm -qa --qf '%{NAME} %{VERSION}-%{RELEASE} %{ARCH}\n' 2>/dev/null | grep -E "$names")"
elif [ -z "$root" ] && command -v apk >/dev/null 2>&1; then
	text packages "$(apk list --installed 2>/dev/null | sed 's/^\(.*\)-\([^-]*-r[0-9]*\) \([^ ]*\).*/\1 \2 \3/' | grep -E "$names")"
elif [ -z "$root" ] && command -v pacman >/dev/null 2>&1; then
	text packages "$(pacman -Q 2>/dev/null | grep -E "$names")"
fi
printf 'end %s\n' "$records"
# The script may be read from a disk, which has more behind it.
exit 0
