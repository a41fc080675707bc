/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/boot/words.test.ts > TAP > the meanings and cures of recorded logs > by outcome 1`] = `
booted
  meaning  The machine came up and offers a shell on its console on kernel {release}, without a kexec.
  meaning  The machine came up on kernel {release}, without a kexec.
  meaning  The machine came up to a shell on a kernel of unknown release, without a kexec. It survived the problem that line N reports.
  meaning  The machine came up to a shell on kernel {release}, without a kexec.
  meaning  The machine came up: systemd started its default target on kernel {release}, without a kexec.
  meaning  The machine came up: systemd started its default target on kernel {release}, without a kexec. It survived the problem that line N reports.
  meaning  The machine kexec'ed into a kernel of unknown release and reached a login prompt.
  meaning  The machine kexec'ed into kernel {release} and reached a login prompt.
  meaning  The machine reached a login prompt on kernel {release}, without a kexec.
  meaning  The machine reached a login prompt on kernel {release}, without a kexec. It survived the problem that line N reports.
  meaning  The machine reached a login prompt on kernel {release}, without a kexec; it was powered off later.
bye-hang
  meaning  The first kernel began the jump, then the machine restarted. The second kernel died before its first message or never ran.
  meaning  The first kernel said "Bye!", and the second kernel unpacked itself, so the jump and the kernel file are good. Then the console went silent: the second kernel died before its first message, or it uses a different console.
  meaning  The first kernel said "Bye!", but the code it jumped to gave up before the second kernel printed anything: {reason}.
  meaning  The first kernel said "Bye!", then nothing: the second kernel printed nothing. The log only shows silence. CPU samples (is it stuck?) or the kernel's log in memory would prove that it is dead.
  meaning  The first kernel said "Bye!", then the machine restarted. The second kernel died before its first message or never ran.
  cure     Try in this order: run kexec with -d to see what is loaded where; omit --dtb, or pass the right one; add earlycon to the new kernel's command line.
  cure     Try in this order: run kexec with -d to see what is loaded where; on 32-bit arm, add --image-size=67108864 (kexec underestimates the size of kernels with a larger text offset, so the kernel overwrites the device tree); omit --dtb, or pass the right one; add earlycon to the new kernel's command line.
kexec-missing
  meaning  A kexec was requested, but the \`kexec\` program is missing there. The old kernel keeps running.
  meaning  A kexec was requested, but the \`{program}\` program is missing there. The old kernel keeps running.
  meaning  \`kexec\` exists but cannot be started ({reason}). The old kernel keeps running.
  meaning  \`{program}\` exists but cannot be started ({reason}). The old kernel keeps running.
  cure     Install kexec-tools: systemctl kexec runs its kexec to load the kernel.
  cure     Use the kexec of the root file system: mount it and run its /sbin/kexec with chroot, or copy kexec and its libraries into the initramfs. Installing kexec-tools on the disk does not add it to the provider's initramfs.
kexec-load-failed
  meaning  A kexec was requested, but the old kernel kept running and the console does not say why.
  meaning  Loading the new kernel failed (Could not find a free area of memory of 0x3800000 bytes). The old kernel keeps running.
  meaning  Loading the new kernel failed (Could not find a free area of memory of 0x483800 bytes). The old kernel keeps running.
  meaning  Loading the new kernel failed ({reason}). The old kernel keeps running.
  meaning  Loading the new kernel failed ({reason}). The old kernel keeps running. In the order of the kernel's checks, kexec_load returns EBUSY when another program is loading or unloading a kernel at the same time; on arm64, CPUs are stuck in the kernel, or cannot be stopped.
  cure     Check the kernel log (dmesg) for CPUs that are stuck, then try again.
  cure     Check the paths or URLs of the kernel and the initrd as seen from inside the initramfs. /vmlinuz and /initrd.img are links that must resolve on the root file system.
  cure     Check with file(1) that the kernel was built for this architecture: arm64 needs an Image (plain or gzipped), arm a zImage. kexec -c loads more formats than -s and -a, and newer kexec-tools load more than older ones (docs/kexec-truth-table.md).
  cure     Remove or correct this option. kexec --help lists the options of this version and architecture: --image-size, for example, is for 32-bit arm only.
  cure     Run the same command with kexec -d -l and check where each segment is loaded. On arm, a newer kexec-tools, --dtb or --image-size often helps.
  cure     systemctl kexec loads the default boot loader entry (bootctl list), which must name one kernel and at most one initrd on a mounted EFI system partition. Otherwise load the kernel with kexec -l first; systemctl kexec then starts it.
kexec-refused
  meaning  The running kernel refuses to kexec: {reason}.
  cure     Secure Boot and lockdown accept only a signed kernel: load it with kexec -s if the running kernel has kexec_file_load (Debian's for arm64 and armhf do not), or turn Secure Boot off and remove lockdown= from the command line.
  cure     The CPUs cannot be stopped. Use a kernel and firmware with PSCI or another CPU hotplug method, or boot with maxcpus=1.
root-mount-failed
  meaning  The kernel runs, but it cannot mount its root file system ({reason}).
  meaning  The kernel runs, but it cannot mount its root file system from NFS.
  meaning  The kernel runs, but it cannot mount its root file system from {device} ({reason}).
  meaning  The kernel runs, but it cannot mount its root file system from {device}.
  meaning  The kernel runs, but it cannot mount its root file system.
  cure     Check that root= names the partition with the root file system (the last root= wins), and that the initrd contains the drivers for the disk and its file system.
  cure     {device} is the whole disk; the root partition is probably {device}1. Add root={device}1 at the end of the new kernel's command line: the last root= wins.
root-missing
  meaning  The kernel runs, but its root device never appeared.
  meaning  The kernel runs, but its root device {device} never appeared.
  meaning  The kernel runs, but its root device {device} never appeared. The cause is in line N: this kernel took over the LPI property table of the GICv3 from the first kernel, and kexec had put this kernel's code or data there (it cannot write to that table).
  cure     Boot through UEFI, which tells kexec that the tables are in use; or boot either kernel with irqchip.gicv3_nolpi=1, so that LPIs are not used; or load the second kernel elsewhere with kexec --mem-min (docs/gicv3.md).
  cure     Compare root= on the kernel's command line with the disk's real name, or use root=UUID=…. If the name is right, the initrd lacks the disk's driver (virtio_blk, nbd, …) or the network that leads to the disk.
initramfs-corrupt
  meaning  The initrd is loaded where the kernel cannot use it ({reason}), so the kernel ignores it.
  meaning  The kernel could not unpack its initrd ({reason}): the file is damaged, or it was overwritten in memory before the kernel read it.
  cure     Check the initrd file (lsinitramfs, file) and where the boot loader or kexec loads it.
  cure     On 32-bit arm, pass kexec an --image-size well above the size of the unpacked kernel, for example --image-size=67108864: kexec loads the initrd where kernels with a larger text offset unpack themselves. Otherwise, check the initrd file (lsinitramfs, file) and where the boot loader or kexec loads it.
no-init
  meaning  The kernel runs, but it cannot start a first program (No working init found. Try passing init= option to kernel. See Linux Documentation/admin-guide/init.rst for guidance).
  meaning  The kernel runs, but it cannot start a first program ({panic}).
  meaning  The kernel runs, but it cannot start a first program ({reason}).
  meaning  The kernel runs, but it cannot start a first program: {init} ({reason}).
  cure     Check init= and rdinit= on the command line. Check that the root file system is the right one and has the program, its interpreter and its libraries, built for this architecture.
kernel-panic
  meaning  The first kernel crashed during the kexec ({reason}). The second kernel did not run.
  meaning  The first kernel crashed during the kexec ({reason}). The second kernel did not run. Line 267 names the cause: it jumped to code that its page tables no longer map. 32-bit arm kernels with LPAE do so at every kexec, from Linux 6.10 until the fix in 7.1 (CONFIG_CPU_TTBR0_PAN).
  meaning  The first program gave up (rc: cannot find the overlay on mmcblk0p3). The kernel cannot run without it.
  meaning  The kernel hit a bug ({reason}) and shows no progress after it.
  meaning  The kernel panicked ({panic}) because of a bug ({reason}).
  meaning  The kernel panicked ({panic}) because of a bug ({reason}). The cause is in line N: this kernel took over the LPI property table of the GICv3 from the first kernel, and kexec had put this kernel's code or data there (the instructions at the fault are the content of that table).
  meaning  The kernel panicked ({panic}).
  meaning  The kernel panicked ({panic}). Its crash kernel saved a dump; the console does not show that the machine came back.
  meaning  This is a crash kernel: the previous kernel panicked.
  cure     Boot through UEFI, which tells kexec that the tables are in use; or boot either kernel with irqchip.gicv3_nolpi=1, so that LPIs are not used; or load the second kernel elsewhere with kexec --mem-min (docs/gicv3.md).
  cure     Search for the panic message and the kernel's release. Boot the previous kernel. Add console=… earlycon panic=10 to the command line to see the whole trace and to restart the machine after a panic.
  cure     The fault is in the kernel that runs kexec; the loaded kernel does not matter. Run kexec from a kernel without LPAE (on Debian linux-image-armmp), or from one with the fix (Linux 7.1 or newer).
dumped
  meaning  The kernel panicked ({panic}). Its crash kernel saved a dump in {dump}, and the machine came back.
  cure     Read the dump: kexec-lab autopsy DUMP prints its kernel log and names the panic. For everything else, use crash(8) with the debug symbols of that kernel.
  cure     Read the dump: {host} autopsy DUMP prints its kernel log and names the panic. For everything else, use crash(8) with the debug symbols of that kernel.
dump-not-saved
  meaning  The kernel panicked (sysrq triggered crash), and its crash kernel did not save a dump: line N shows why.
  meaning  The kernel panicked ({panic}), and its crash kernel did not save a dump: line N shows why.
  cure     Find the first problem that the crash kernel reports. Common causes: too little memory (raise crashkernel=), no space for the dump, a driver that the initrd of the crash kernel lacks, or a makedumpfile that does not know this kernel (docs/kdump.md).
crash-not-reserved
  meaning  No memory is reserved for a crash kernel (crashkernel reservation failed - No suitable area found), so none is loaded. If this kernel panics, no dump is saved.
  meaning  No memory is reserved for a crash kernel ({reason}), so none is loaded. If this kernel panics, no dump is saved.
  cure     Add crashkernel=256M to the kernel's command line and restart. If it is there, the kernel could not reserve that much: look for crashkernel in dmesg and ask for less.
crash-load-failed
  meaning  The crash kernel could not be loaded ({reason}). If this kernel panics, no dump is saved.
  cure     Load it by hand (kdump-config load, kdumpctl start, kexec -p) and read the message. If kexec finds no free area, raise crashkernel=: the crash kernel and its initrd must fit. Otherwise check that both files exist.
kernel-hang
  meaning  The kernel makes no progress: {reason}.
  cure     Add earlycon initcall_debug ignore_loglevel to the command line to see its last step. On a slow emulated machine a lockup warning may be harmless: check whether the boot continues.
console-lost
wrong-kernel
  meaning  The second kernel ran, then the machine was reset and its normal boot started kernel {release}.
  cure     Find out what reset the machine (a watchdog, a panic without a console), and record the second kernel with earlycon.
degraded
  meaning  The system came up after the kexec, but the machine has lost: CPUs (2, now 1), see maxcpus=1; interrupts (ipi), see maxcpus=1.
  cure     Remove maxcpus=1 from the second kernel's command line, unless it is meant.
reboot-loop
  meaning  The machine kexecs in a loop (4 times): whatever starts the kexec does not detect that it already happened.
  meaning  The machine was reset 3 times and never reached a login prompt. Nothing announces the resets: the messages of one kernel stop, and the next one starts.
  meaning  The machine was reset 3 times and never reached a login prompt. The evidence shows the last message of each round.
  cure     Fix what ends each round. If the kexec itself repeats, guard it: skip it when /proc/cmdline contains is_in_kexec=yes. Without panic= on the command line the machine stops at the first failure.
  cure     Look for a watchdog. A kexec does not stop one: disable it before the kexec (RuntimeWatchdogSec= and KExecWatchdogSec= of systemd), or have its driver in the second kernel or its initrd.
rescue-shell
  meaning  The boot ended in a rescue shell (initramfs); the console does not show why.
  meaning  The boot ended in a rescue shell (userspace) because {device} did not appear.
  meaning  The boot ended in a rescue shell (userspace); the console does not show why.
  cure     Use the shell on the console: cat /proc/cmdline, ls /dev, dmesg. In systemd's emergency mode, check journalctl -xb and /etc/fstab.
firmware-stuck
  meaning  The firmware or boot loader did not start a kernel (=>).
  meaning  The firmware or boot loader did not start a kernel ({reason}).
  meaning  The firmware or boot loader did not start a kernel.
  meaning  The firmware waits in its setup menu: a key was pressed during startup, or it found nothing to boot.
  cure     At the prompt, list the disks and files that GRUB sees with \`ls\`. Start an existing kernel with \`linux\`, \`initrd\` and \`boot\`, then repair grub.cfg with update-grub.
  cure     At the prompt, run the commands of \`printenv bootcmd\` one by one. The first one to fail shows which file, device or address is wrong.
  cure     Check that the boot disk is attached and has a boot entry or \\EFI\\BOOT\\BOOTAA64.EFI, BOOTX64.EFI, …, and that the kernel file is complete.
  cure     Check that the boot disk is attached, and that the kernel, the initrd and the device tree are where the boot loader expects them.
  cure     Check that the boot disk is attached, is first in the boot order, and has a boot loader in its first sector.
kernel-silent
  meaning  The boot loader started a kernel, then nothing: the kernel printed nothing. The log only shows silence. CPU samples would tell a dead kernel from a kernel that uses a different console.
  cure     Add earlycon to the kernel's command line and check console=. Check that the kernel and the device tree are complete, match this machine, and do not overlap in memory.
irq-storm
  meaning  Interrupt 42 keeps firing without a handler, and the boot makes no progress. After a kexec the cause is usually a device that the first kernel left running.
  cure     Stop the device before the kexec (unload its driver; use systemctl kexec instead of kexec -f), or boot with irqpoll to get further.
entropy-blocked
  meaning  A program ({task}) waits for random numbers and the kernel has none yet: getrandom(2) blocks.
  meaning  A program waits for random numbers and the kernel has none yet: getrandom(2) blocks.
  cure     Give the machine a source of entropy: virtio-rng, random.trust_cpu=on or a saved seed. Linux 5.6 and later generate their own.
qemu-exited
no-output
  meaning  The console printed nothing at all.
  cure     Check that this is the right serial port and that console= names it. Add earlycon to see a kernel that dies early.
unknown
  meaning  The log ends in the initramfs stage of generation 1 and shows no failure.
  meaning  The log ends in the initramfs stage of generation 2 and shows no failure.
  meaning  The log ends in the kernel stage of generation 1 and shows no failure.
  meaning  The system came up, then the machine was reset. The log does not show what happened next.
  meaning  The text does not look like the console of a booting machine.
  cure     Check that this file is the log of the serial console, and check the baud rate: at the wrong speed every console is noise.
  cure     Record for longer, until the console has been silent for a minute. If it stays silent at this point, add earlycon ignore_loglevel to the command line.
  cure     Record until the machine is up again. If nobody requested the reset, look for a watchdog.
`
