/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/cli/messages/diagnose.test.ts > TAP > in other forms > kexec-lab diagnose --exit-code bye.log booted.log 1`] = `
$ kexec-lab diagnose --exit-code bye.log booted.log
bye.log: bye-hang
  generation 1, stage kexec (6 lines read)
  likely: the console ends there, and no line settles it

  The first kernel said "Bye!", then nothing: the second kernel printed nothing. The log only shows
  silence. CPU samples (is it stuck?) or the kernel's log in memory would prove that it is dead.

Evidence
  bye.log:1: [  129.248360] kexec_core: Starting new kernel
  bye.log-2- [  129.298586] Disabling non-boot CPUs ...
  bye.log-3- [  129.393572] CPU1: shutdown
  bye.log-4- [  129.532515] CPU2: shutdown
  bye.log-5- [  129.632399] CPU3: shutdown
  bye.log:6: [  129.700758] Bye!

What else it could be
  console-lost (line 6: the kernel may be running with a different console, or it was told to be
  quiet)
  unknown (line 6: the recording may have ended before the kernel printed anything)

What would settle it
  CPU samples (are the CPUs stuck?), the kernel's log in memory, or the same boot with earlycon.

What usually helps
  Try in this order: run kexec with -d to see what is loaded where; on 32-bit arm, add
  --image-size=67108864 (kexec underestimates the size of kernels with a larger text offset, so the
  kernel overwrites the device tree); omit --dtb, or pass the right one; add earlycon to the new
  kernel's command line.

Next
  kexec-lab diagnose bye.log --signals  # all 6 signals recognised

booted.log: booted
  generation 2, stage userspace (26 lines read)
  proved: by more than the console

  The machine kexec'ed into kernel 6.12.107+deb13-cloud-arm64 and reached a login prompt.

Evidence
  booted.log-14- [    4.118340] psci: CPU1 killed (polled 0 ms)
  booted.log-15- [    4.119922] Bye!
  booted.log-16- [    0.000000] Booting Linux on physical CPU 0x0000000000 [0x410fd034]
  booted.log:17: [    0.000000] Linux version 6.12.107+deb13-cloud-arm64 (debian-kernel@lists.debian.org) (aarch64-linux-gnu-gcc-14 (Debian 14.2.0-19) 14.2.0, GNU ld (GNU Binutils for Debian) 2.44) #1 SMP Debian 6.12.107-1 (2026-08-15)
  booted.log-18- [    0.000000] Kernel command line: console=ttyAMA0 root=/dev/vda is_in_kexec=yes root=/dev/vda1
  booted.log-19- [    0.751211] Run /init as init process
  booted.log-20- Begin: Mounting root file system ... Begin: Running /scripts/local-top ... done.
  booted.log-21- done.
  booted.log:22: kexec-lab: release=6.12.107+deb13-cloud-arm64
  booted.log:23: kexec-lab: root=/dev/vda1
  booted.log:24: kexec-lab: cmdline=console=ttyAMA0 root=/dev/vda is_in_kexec=yes root=/dev/vda1
  booted.log-25- 
  booted.log:26: kexec-lab login: 

Next
  kexec-lab diagnose booted.log --signals  # all 22 signals recognised

2 logs: 1 bye-hang, 1 booted
exit code 1
`

exports[`test/cli/messages/diagnose.test.ts > TAP > in other forms > kexec-lab diagnose --explain-signals bye.log 1`] = `
$ kexec-lab diagnose --explain-signals bye.log
kexec-start
  bye.log:1: [  129.248360] kexec_core: Starting new kernel
  Means: the kernel begins the jump and cannot return.
  Printed by: Linux kernel/kexec_core.c (before 4.3 kernel/kexec.c, without a prefix).

cpus-disabling
  bye.log:2: [  129.298586] Disabling non-boot CPUs ...
  Means: the kernel stops its other CPUs, for a kexec, a shutdown or a suspend.
  Printed by: Linux kernel/cpu.c.

cpu-down (3 times)
  bye.log:3: [  129.393572] CPU1: shutdown
  Means: one CPU has stopped.
  Printed by: Linux arch/arm/kernel/smp.c, drivers/firmware/psci/psci.c.

kexec-bye
  bye.log:6: [  129.700758] Bye!
  Means: the first kernel's last message; next come the purgatory and the second kernel.
  Printed by: Linux arch/arm/kernel/machine_kexec.c, arch/arm64/kernel/machine_kexec.c.
exit code 0
`

exports[`test/cli/messages/diagnose.test.ts > TAP > in other forms > kexec-lab diagnose --signals bye.log 1`] = `
$ kexec-lab diagnose --signals bye.log
bye.log:1: kexec-start     [  129.248360] kexec_core: Starting new kernel
bye.log:2: cpus-disabling  [  129.298586] Disabling non-boot CPUs ...
bye.log:3: cpu-down        [  129.393572] CPU1: shutdown
bye.log:4: cpu-down        [  129.532515] CPU2: shutdown
bye.log:5: cpu-down        [  129.632399] CPU3: shutdown
bye.log:6: kexec-bye       [  129.700758] Bye!
exit code 0
`

exports[`test/cli/messages/diagnose.test.ts > TAP > one log of each outcome: meaning, evidence, cure > kexec-lab diagnose booted.log 1`] = `
$ kexec-lab diagnose booted.log
booted.log: booted
  generation 2, stage userspace (26 lines read)
  proved: by more than the console

  The machine kexec'ed into kernel 6.12.107+deb13-cloud-arm64 and reached a login prompt.

Evidence
  booted.log-14- [    4.118340] psci: CPU1 killed (polled 0 ms)
  booted.log-15- [    4.119922] Bye!
  booted.log-16- [    0.000000] Booting Linux on physical CPU 0x0000000000 [0x410fd034]
  booted.log:17: [    0.000000] Linux version 6.12.107+deb13-cloud-arm64 (debian-kernel@lists.debian.org) (aarch64-linux-gnu-gcc-14 (Debian 14.2.0-19) 14.2.0, GNU ld (GNU Binutils for Debian) 2.44) #1 SMP Debian 6.12.107-1 (2026-08-15)
  booted.log-18- [    0.000000] Kernel command line: console=ttyAMA0 root=/dev/vda is_in_kexec=yes root=/dev/vda1
  booted.log-19- [    0.751211] Run /init as init process
  booted.log-20- Begin: Mounting root file system ... Begin: Running /scripts/local-top ... done.
  booted.log-21- done.
  booted.log:22: kexec-lab: release=6.12.107+deb13-cloud-arm64
  booted.log:23: kexec-lab: root=/dev/vda1
  booted.log:24: kexec-lab: cmdline=console=ttyAMA0 root=/dev/vda is_in_kexec=yes root=/dev/vda1
  booted.log-25- 
  booted.log:26: kexec-lab login: 

Next
  kexec-lab diagnose booted.log --signals  # all 22 signals recognised
exit code 0
`

exports[`test/cli/messages/diagnose.test.ts > TAP > one log of each outcome: meaning, evidence, cure > kexec-lab diagnose bye-hang.log 1`] = `
$ kexec-lab diagnose bye-hang.log
bye-hang.log: bye-hang
  generation 1, stage kexec (6 lines read)
  likely: the console ends there, and no line settles it

  The first kernel said "Bye!", then nothing: the second kernel printed nothing. The log only shows
  silence. CPU samples (is it stuck?) or the kernel's log in memory would prove that it is dead.

Evidence
  bye-hang.log:1: [  129.248360] kexec_core: Starting new kernel
  bye-hang.log-2- [  129.298586] Disabling non-boot CPUs ...
  bye-hang.log-3- [  129.393572] CPU1: shutdown
  bye-hang.log-4- [  129.532515] CPU2: shutdown
  bye-hang.log-5- [  129.632399] CPU3: shutdown
  bye-hang.log:6: [  129.700758] Bye!

What else it could be
  console-lost (line 6: the kernel may be running with a different console, or it was told to be
  quiet)
  unknown (line 6: the recording may have ended before the kernel printed anything)

What would settle it
  CPU samples (are the CPUs stuck?), the kernel's log in memory, or the same boot with earlycon.

What usually helps
  Try in this order: run kexec with -d to see what is loaded where; on 32-bit arm, add
  --image-size=67108864 (kexec underestimates the size of kernels with a larger text offset, so the
  kernel overwrites the device tree); omit --dtb, or pass the right one; add earlycon to the new
  kernel's command line.

Next
  kexec-lab diagnose bye-hang.log --signals  # all 6 signals recognised
exit code 0
`

exports[`test/cli/messages/diagnose.test.ts > TAP > one log of each outcome: meaning, evidence, cure > kexec-lab diagnose crash-load-failed.log 1`] = `
$ kexec-lab diagnose crash-load-failed.log
crash-load-failed.log: crash-load-failed
  generation 1, stage userspace (392 lines read)
  shown: by a line of the console

  The crash kernel could not be loaded (failed to load kdump kernel). If this kernel panics, no dump
  is saved.

Evidence
  crash-load-failed.log-375- [  OK  ] Listening on systemd-hostnamed.socket - Hostname Service Socket.
  crash-load-failed.log-376- [  OK  ] Reached target sockets.target - Socket Units.
  crash-load-failed.log-377- [  OK  ] Found device dev-ttyAMA0.device - /dev/ttyAMA0.
  crash-load-failed.log:378: [   63.579522] kdump-tools[323]: Could not find a free area of memory of 0xec7000 bytes...
  crash-load-failed.log-379- [   63.588373] kdump-tools[323]: locate_hole failed
  crash-load-failed.log:380: [   63.598251] kdump-tools[272]: failed to load kdump kernel ... failed!
  crash-load-failed.log-381- [  OK  ] Finished kdump-tools.service - Kernel crash dump capture service.
  crash-load-failed.log-382- [  OK  ] Reached target basic.target - Basic System.
  crash-load-failed.log-383-          Starting systemd-user-sessions.service - Permit User Sessions...
  --
  crash-load-failed.log-389- 
  crash-load-failed.log-390- Debian GNU/Linux 13 kexec-lab ttyAMA0
  crash-load-failed.log-391- 
  crash-load-failed.log:392: kexec-lab login: 

What usually helps
  Load it by hand (kdump-config load, kdumpctl start, kexec -p) and read the message. If kexec finds
  no free area, raise crashkernel=: the crash kernel and its initrd must fit. Otherwise check that
  both files exist.

Next
  kexec-lab diagnose crash-load-failed.log --signals  # all 74 signals recognised
exit code 0
`

exports[`test/cli/messages/diagnose.test.ts > TAP > one log of each outcome: meaning, evidence, cure > kexec-lab diagnose crash-not-reserved.log 1`] = `
$ kexec-lab diagnose crash-not-reserved.log
crash-not-reserved.log: crash-not-reserved
  generation 1, stage kernel (13 lines read)
  shown: by a line of the console

  No memory is reserved for a crash kernel (crashkernel reservation failed - No suitable area
  found), so none is loaded. If this kernel panics, no dump is saved.

Evidence
  crash-not-reserved.log-1- [    0.000000] Booting Linux on physical CPU 0x0000000000 [0x481fd010]
  crash-not-reserved.log-2- [    0.000000] Linux version 4.18.0-553.el8.aarch64 (mockbuild@example.org) (gcc version 8.5.0 20210514 (Red Hat 8.5.0-22) (GCC)) #1 SMP
  crash-not-reserved.log:3: [    0.000000] crashkernel reservation failed - No suitable area found.
  crash-not-reserved.log-4- [    0.000000] Kernel command line: root=/dev/vda3 ro crashkernel=2G console=ttyAMA0
  crash-not-reserved.log-5- [    4.201133] systemd[1]: Detected architecture arm64.
  crash-not-reserved.log:6: [    9.840117] kdumpctl[712]: kdump: No memory reserved for crash kernel
  crash-not-reserved.log-7- [    9.851204] kdumpctl[712]: kdump: Starting kdump: [FAILED]
  crash-not-reserved.log-8- [FAILED] Failed to start Crash recovery kernel arming.
  crash-not-reserved.log-9- 
  crash-not-reserved.log-10- Rocky Linux 8.10 (Green Obsidian)
  crash-not-reserved.log-11- Kernel 4.18.0-553.el8.aarch64 on an aarch64
  crash-not-reserved.log-12- 
  crash-not-reserved.log:13: amp3 login: 

What usually helps
  Add crashkernel=256M to the kernel's command line and restart. If it is there, the kernel could
  not reserve that much: look for crashkernel in dmesg and ask for less.

Next
  kexec-lab diagnose crash-not-reserved.log --signals  # all 7 signals recognised
exit code 0
`

exports[`test/cli/messages/diagnose.test.ts > TAP > one log of each outcome: meaning, evidence, cure > kexec-lab diagnose degraded.log 1`] = `
$ kexec-lab diagnose degraded.log
degraded.log: degraded
  generation 2, stage userspace (505 lines read)
  proved: by more than the console

  The system came up after the kexec, but the machine has lost: CPUs (2, now 1), see maxcpus=1;
  interrupts (ipi), see maxcpus=1.

Evidence
  degraded.log-249- ** Message: /dev/nbd14 is not used
  degraded.log-250- ** Message: cmd check mode
  degraded.log-251- ** Message: /dev/nbd15 is not used
  degraded.log:252: kexec-lab: machine cpus=2 memory=485440 interrupts=timer,ipi,msi clock=ok disk=unknown
  degraded.log-253- [    5.922239] kexec_core: Starting new kernel
  degraded.log-254- [    5.977966] CPU1: shutdown
  degraded.log-255- [    5.978283] psci: CPU1 killed (polled 4 ms)
  degraded.log-256- [    5.985230] Bye!
  degraded.log-257- [    0.000000] Booting Linux on physical CPU 0x0000000000 [0x410fd034]
  degraded.log:258: [    0.000000] Linux version 6.1.0-50-cloud-arm64 (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 SMP Debian 6.1.176-1 (2026-07-02)
  degraded.log-259- [    0.000000] Machine model: linux,dummy-virt
  degraded.log-260- [    0.000000] efi: UEFI not found.
  degraded.log-261- [    0.000000] NUMA: No NUMA configuration found
  --
  degraded.log-492- Begin: Running /scripts/local-bottom ... done.
  degraded.log-493- Begin: Running /scripts/init-bottom ... done.
  degraded.log-494- [    2.088852] Not activating Mandatory Access Control as /sbin/tomoyo-init does not exist.
  degraded.log:495: kexec-lab: release=6.1.0-50-cloud-arm64
  degraded.log:496: kexec-lab: root=/dev/vda1
  degraded.log:497: kexec-lab: cmdline=console=ttyAMA0 cryptomgr.notests root=/dev/vda is_in_kexec=yes root=/dev/vda1 maxcpus=1
  degraded.log-498- [    2.636211] EXT4-fs (vda1): re-mounted. Quota mode: none.
  degraded.log-499- [    2.842145] kexec-lab-machi (144): drop_caches: 3
  degraded.log-500- [    3.001561] EXT4-fs (vda1): re-mounted. Quota mode: none.
  degraded.log:501: kexec-lab: machine cpus=1 memory=491324 interrupts=timer,msi clock=ok disk=ok
  degraded.log-502- 
  degraded.log-503- kexec-lab mini distribution 6.1.0-50-cloud-arm64 on /dev/console
  degraded.log-504- 
  degraded.log:505: kexec-lab login: 

What usually helps
  Remove maxcpus=1 from the second kernel's command line, unless it is meant.

Next
  kexec-lab diagnose degraded.log --signals  # all 46 signals recognised
exit code 0
`

exports[`test/cli/messages/diagnose.test.ts > TAP > one log of each outcome: meaning, evidence, cure > kexec-lab diagnose dump-not-saved.log 1`] = `
$ kexec-lab diagnose dump-not-saved.log
dump-not-saved.log: dump-not-saved
  generation 2, stage initramfs (30 lines read)
  shown: by a line of the console

  The kernel panicked (sysrq triggered crash), and its crash kernel did not save a dump: line 20
  shows why.

Evidence
  dump-not-saved.log-5- Debian GNU/Linux 12 node7 ttyAMA0
  dump-not-saved.log-6- 
  dump-not-saved.log-7- node7 login: [  300.100233] sysrq: Trigger a crash
  dump-not-saved.log:8: [  300.101233] Kernel panic - not syncing: sysrq triggered crash
  dump-not-saved.log-9- [  300.101877] CPU: 0 PID: 411 Comm: bash Kdump: loaded Not tainted 6.1.0-50-cloud-arm64 #1
  dump-not-saved.log:10: [  300.200120] Starting crashdump kernel...
  dump-not-saved.log-11- [  300.200444] Bye!
  dump-not-saved.log-12- [    0.000000] Booting Linux on physical CPU 0x0000000000 [0x410fd034]
  dump-not-saved.log-13- [    0.000000] Linux version 6.1.0-50-cloud-arm64 (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 SMP Debian 6.1.176-1 (2026-07-02)
  --
  dump-not-saved.log-17- Begin: Mounting root file system ... Begin: Running /scripts/local-top ... done.
  dump-not-saved.log-18- Begin: Waiting for root file system ... Begin: Running /scripts/local-block ... done.
  dump-not-saved.log-19- done.
  dump-not-saved.log:20: Gave up waiting for root file system device.  Common problems:
  dump-not-saved.log-21-  - Boot args (cat /proc/cmdline)
  dump-not-saved.log-22-    - Check rootdelay= (did the system wait long enough?)
  dump-not-saved.log-23-  - Missing modules (cat /proc/modules; ls /dev)
  dump-not-saved.log:24: ALERT!  /dev/vda1 does not exist.  Dropping to a shell!
  dump-not-saved.log-25- 
  dump-not-saved.log-26- 
  dump-not-saved.log-27- BusyBox v1.35.0 (Debian 1:1.35.0-4+b3) built-in shell (ash)
  dump-not-saved.log-28- Enter 'help' for a list of built-in commands.
  dump-not-saved.log-29- 
  dump-not-saved.log:30: (initramfs) 

What usually helps
  Find the first problem that the crash kernel reports. Common causes: too little memory (raise
  crashkernel=), no space for the dump, a driver that the initrd of the crash kernel lacks, or a
  makedumpfile that does not know this kernel (docs/kdump.md).

Next
  kexec-lab diagnose dump-not-saved.log --signals  # all 17 signals recognised
exit code 0
`

exports[`test/cli/messages/diagnose.test.ts > TAP > one log of each outcome: meaning, evidence, cure > kexec-lab diagnose dumped.log 1`] = `
$ kexec-lab diagnose dumped.log
dumped.log: dumped
  generation 3, stage userspace (30 lines read)
  shown: by a line of the console

  The kernel panicked (sysrq triggered crash). Its crash kernel saved a dump in
  /var/crash/202611280301, and the machine came back.

Evidence
  dumped.log-5- Debian GNU/Linux 12 node7 ttyAMA0
  dumped.log-6- 
  dumped.log-7- node7 login: [  300.100233] sysrq: Trigger a crash
  dumped.log:8: [  300.101233] Kernel panic - not syncing: sysrq triggered crash
  dumped.log-9- [  300.101877] CPU: 0 PID: 411 Comm: bash Kdump: loaded Not tainted 6.1.0-50-cloud-arm64 #1
  dumped.log:10: [  300.200120] Starting crashdump kernel...
  dumped.log-11- [  300.200444] Bye!
  dumped.log-12- [    0.000000] Booting Linux on physical CPU 0x0000000000 [0x410fd034]
  dumped.log-13- [    0.000000] Linux version 6.1.0-50-cloud-arm64 (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 SMP Debian 6.1.176-1 (2026-07-02)
  --
  dumped.log-18- Copying data                                      : [100.0 %] -           eta: 0s
  dumped.log-19- [   21.004113] kdump-tools[231]: The dumpfile is saved to STDOUT.
  dumped.log-20- [   21.010221] kdump-tools[231]: makedumpfile Completed.
  dumped.log:21: [   21.066824] kdump-tools[217]:  * kdump-tools: saved vmcore in /var/crash/202611280301
  dumped.log-22- [   21.404113] kdump-tools[240]: Sat, 28 Nov 2026 03:01:22 +0000
  dumped.log-23- [   21.504113] reboot: Restarting system
  dumped.log-24- [    0.000000] Booting Linux on physical CPU 0x0000000000 [0x410fd034]
  --
  dumped.log-27- 
  dumped.log-28- Debian GNU/Linux 12 node7 ttyAMA0
  dumped.log-29- 
  dumped.log:30: node7 login: 

What usually helps
  Read the dump: kexec-lab autopsy DUMP prints its kernel log and names the panic. For everything
  else, use crash(8) with the debug symbols of that kernel.

Next
  kexec-lab diagnose dumped.log --signals  # all 18 signals recognised
exit code 0
`

exports[`test/cli/messages/diagnose.test.ts > TAP > one log of each outcome: meaning, evidence, cure > kexec-lab diagnose entropy-blocked.log 1`] = `
$ kexec-lab diagnose entropy-blocked.log
entropy-blocked.log: entropy-blocked
  generation 1, stage userspace (8 lines read)
  likely: the console ends there, and no line settles it

  A program (autocert:412) waits for random numbers and the kernel has none yet: getrandom(2)
  blocks.

Evidence
  entropy-blocked.log-2- [    0.000000] Linux version 4.5.7-std-3 (root@builder) (gcc version 5.3.1) #1 SMP Wed Jun 15 13:12:42 UTC 2016
  entropy-blocked.log-3- [    2.100201] random: systemd-udevd: uninitialized urandom read (16 bytes read)
  entropy-blocked.log-4- [   12.100200] systemd[1]: systemd 229 running in system mode. (+PAM +AUDIT)
  entropy-blocked.log:5: [  242.110021] INFO: task autocert:412 blocked for more than 120 seconds.
  entropy-blocked.log-6- [  242.110832]       Not tainted 4.5.7-std-3 #1
  entropy-blocked.log-7- [  242.112010] [<c0723a54>] (schedule) from [<c04b1f20>] (_random_read+0x1a0/0x24c)
  entropy-blocked.log:8: [  242.112888] [<c04b1f20>] (_random_read) from [<c04b2010>] (SyS_getrandom+0x44/0x90)

What else it could be
  unknown (line 8: the recording may have ended while the boot was making progress)

What would settle it
  A recording until the machine has been silent for some minutes or is up again.

What usually helps
  Give the machine a source of entropy: virtio-rng, random.trust_cpu=on or a saved seed. Linux 5.6
  and later generate their own.

Next
  kexec-lab diagnose entropy-blocked.log --signals  # all 6 signals recognised
exit code 0
`

exports[`test/cli/messages/diagnose.test.ts > TAP > one log of each outcome: meaning, evidence, cure > kexec-lab diagnose firmware-stuck.log 1`] = `
$ kexec-lab diagnose firmware-stuck.log
firmware-stuck.log: firmware-stuck
  generation 0, stage firmware (10 lines read)
  shown: by a line of the console

  The firmware or boot loader did not start a kernel (Shell>).

Evidence
  firmware-stuck.log-7- Mapping table
  firmware-stuck.log-8- map: No mapping found.
  firmware-stuck.log-9- Press ESC in 5 seconds to skip startup.nsh or any other key to continue. Press ESC in 4 seconds to skip startup.nsh or any other key to continue. Press ESC in 3 seconds to skip startup.nsh or any other key to continue. Press ESC in 2 seconds to skip startup.nsh or any other key to continue. Press ESC in 1 seconds to skip startup.nsh or any other key to continue.
  firmware-stuck.log:10: Shell> 
  --
  screen: UEFI Interactive Shell v2.2
  screen: EDK II
  screen: UEFI v2.70 (EDK II, 0x00010000)
  screen: map: No mapping found.
  screen: Press ESC in 1 seconds to skip startup.nsh or any other key to continue.
  screen: Shell>

What usually helps
  Check that the boot disk is attached and has a boot entry or \\EFI\\BOOT\\BOOTAA64.EFI, BOOTX64.EFI,
  …, and that the kernel file is complete.

Next
  kexec-lab diagnose firmware-stuck.log --signals  # all 6 signals recognised
exit code 0
`

exports[`test/cli/messages/diagnose.test.ts > TAP > one log of each outcome: meaning, evidence, cure > kexec-lab diagnose initramfs-corrupt.log 1`] = `
$ kexec-lab diagnose initramfs-corrupt.log
initramfs-corrupt.log: initramfs-corrupt
  generation 2, stage kernel (512 lines read)
  shown: by a line of the console

  The kernel could not unpack its initrd (invalid magic at start of compressed archive): the file is
  damaged, or it was overwritten in memory before the kernel read it.

Evidence
  initramfs-corrupt.log-404- [    1.268542] NET: Registered PF_XDP protocol family
  initramfs-corrupt.log-405- [    1.268617] PCI: CLS 0 bytes, default 64
  initramfs-corrupt.log-406- [    1.269853] Trying to unpack rootfs image as initramfs...
  initramfs-corrupt.log:407: [    1.269955] Initramfs unpacking failed: invalid magic at start of compressed archive
  initramfs-corrupt.log-408- [    1.321461] Freeing initrd memory: 4624K
  initramfs-corrupt.log-409- [    1.332057] Initialise system trusted keyrings
  initramfs-corrupt.log-410- [    1.332388] Key type blacklist registered
  --
  initramfs-corrupt.log-488- [    9.471113] clk: Disabling unused clocks
  initramfs-corrupt.log-489- [    9.471177] PM: genpd: Disabling unused power domains
  initramfs-corrupt.log-490- [    9.521866] /dev/root: Can't open blockdev
  initramfs-corrupt.log:491: [    9.521958] VFS: Cannot open root device "/dev/vda1" or unknown-block(0,0): error -6
  initramfs-corrupt.log-492- [    9.522043] Please append a correct "root=" boot option; here are the available partitions:
  initramfs-corrupt.log-493- [    9.522120] List of all bdev filesystems:
  initramfs-corrupt.log-494- [    9.522177]  fuseblk
  initramfs-corrupt.log-495- [    9.522199] 
  initramfs-corrupt.log:496: [    9.522277] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)
  initramfs-corrupt.log-497- [    9.522364] CPU: 0 UID: 0 PID: 1 Comm: swapper/0 Not tainted 6.12.107+deb13-armmp-lpae #1  Debian 6.12.107-1
  initramfs-corrupt.log-498- [    9.522494] Hardware name: Generic DT based system
  initramfs-corrupt.log-499- [    9.522565] Call trace: 

What usually helps
  On 32-bit arm, pass kexec an --image-size well above the size of the unpacked kernel, for example
  --image-size=67108864: kexec loads the initrd where kernels with a larger text offset unpack
  themselves. Otherwise, check the initrd file (lsinitramfs, file) and where the boot loader or
  kexec loads it.

Next
  kexec-lab diagnose initramfs-corrupt.log --signals  # all 33 signals recognised
exit code 0
`

exports[`test/cli/messages/diagnose.test.ts > TAP > one log of each outcome: meaning, evidence, cure > kexec-lab diagnose irq-storm.log 1`] = `
$ kexec-lab diagnose irq-storm.log
irq-storm.log: irq-storm
  generation 2, stage initramfs (11 lines read)
  likely: the console ends there, and no line settles it

  Interrupt 42 keeps firing without a handler, and the boot makes no progress. After a kexec the
  cause is usually a device that the first kernel left running.

Evidence
  irq-storm.log-5- [    0.000000] Linux version 6.12.107+deb13-cloud-arm64 (debian-kernel@lists.debian.org) (aarch64-linux-gnu-gcc-14 (Debian 14.2.0-19) 14.2.0, GNU ld (GNU Binutils for Debian) 2.44) #1 SMP Debian 6.12.107-1 (2026-08-15)
  irq-storm.log-6- [    0.000000] Kernel command line: console=ttyAMA0 root=/dev/vda is_in_kexec=yes root=/dev/vda1
  irq-storm.log-7- [    0.751211] Run /init as init process
  irq-storm.log:8: [    9.811022] irq 42: nobody cared (try booting with the "irqpoll" option)
  irq-storm.log-9- [    9.811990] handlers:
  irq-storm.log:10: [    9.812877] Disabling IRQ #42
  irq-storm.log:11: [   10.019920] unexpected IRQ trap at vector 2a

What else it could be
  unknown (line 8: the recording may have ended while the boot was making progress)

What would settle it
  A recording until the machine has been silent for some minutes or is up again.

What usually helps
  Stop the device before the kexec (unload its driver; use systemctl kexec instead of kexec -f), or
  boot with irqpoll to get further.

Next
  kexec-lab diagnose irq-storm.log --signals  # all 10 signals recognised
exit code 0
`

exports[`test/cli/messages/diagnose.test.ts > TAP > one log of each outcome: meaning, evidence, cure > kexec-lab diagnose kernel-hang.log 1`] = `
$ kexec-lab diagnose kernel-hang.log
kernel-hang.log: kernel-hang
  generation 1, stage initramfs (10 lines read)
  likely: the console ends there, and no line settles it

  The kernel makes no progress: BUG: soft lockup - CPU#0 stuck for 22s! [modprobe:88].

Evidence
  kernel-hang.log-5- [    0.000000] Kernel command line: root=/dev/vda1
  kernel-hang.log-6- [    0.871004] Freeing unused kernel memory: 4608K
  kernel-hang.log-7- [    0.960880] Run /init as init process
  kernel-hang.log:8: [   48.110023] watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [modprobe:88]
  kernel-hang.log:9: [   52.881022] rcu: INFO: rcu_sched self-detected stall on CPU
  kernel-hang.log-10- [   52.881722] rcu:     0-....: (5249 ticks this GP) idle=8e2/1/0x4000000000000002

What else it could be
  unknown (line 8: the recording may have ended while the boot was making progress)

What would settle it
  A recording until the machine has been silent for some minutes or is up again.

What usually helps
  Add earlycon initcall_debug ignore_loglevel to the command line to see its last step. On a slow
  emulated machine a lockup warning may be harmless: check whether the boot continues.

Next
  kexec-lab diagnose kernel-hang.log --signals  # all 7 signals recognised
exit code 0
`

exports[`test/cli/messages/diagnose.test.ts > TAP > one log of each outcome: meaning, evidence, cure > kexec-lab diagnose kernel-panic.log 1`] = `
$ kexec-lab diagnose kernel-panic.log
kernel-panic.log: kernel-panic
  generation 1, stage initramfs (17 lines read)
  shown: by a line of the console

  The kernel panicked (sysrq triggered crash).

Evidence
  kernel-panic.log-5- [    0.000000] Kernel command line: root=/dev/vda1 crashkernel=128M
  kernel-panic.log-6- [    0.871004] Freeing unused kernel memory: 4608K
  kernel-panic.log-7- [    0.960880] Run /init as init process
  kernel-panic.log:8: [  300.100233] Kernel panic - not syncing: sysrq triggered crash
  kernel-panic.log-9- [  300.101877] CPU: 0 PID: 411 Comm: bash Kdump: loaded Not tainted 6.1.0-50-cloud-arm64 #1
  kernel-panic.log-10- [  300.200120] Starting crashdump kernel...
  kernel-panic.log-11- [  300.200444] Bye!
  --
  kernel-panic.log-14- [    0.000000] Kernel command line: root=/dev/vda1 maxcpus=1
  kernel-panic.log-15- [    0.751211] Run /init as init process
  kernel-panic.log-16- 
  kernel-panic.log:17: kdump login: 

What usually helps
  Search for the panic message and the kernel's release. Boot the previous kernel. Add console=…
  earlycon panic=10 to the command line to see the whole trace and to restart the machine after a
  panic.

Next
  kexec-lab diagnose kernel-panic.log --signals  # all 13 signals recognised
exit code 0
`

exports[`test/cli/messages/diagnose.test.ts > TAP > one log of each outcome: meaning, evidence, cure > kexec-lab diagnose kernel-silent.log 1`] = `
$ kexec-lab diagnose kernel-silent.log
kernel-silent.log: kernel-silent
  generation 0, stage firmware (5 lines read)
  likely: the console ends there, and no line settles it

  The boot loader started a kernel, then nothing: the kernel printed nothing. The log only shows
  silence. CPU samples would tell a dead kernel from a kernel that uses a different console.

Evidence
  kernel-silent.log-2- EFI stub: Booting Linux Kernel...
  kernel-silent.log-3- EFI stub: EFI_RNG_PROTOCOL unavailable
  kernel-silent.log-4- EFI stub: Generating empty DTB
  kernel-silent.log:5: EFI stub: Exiting boot services...

What else it could be
  console-lost (line 5: the kernel may be running with a different console, or it was told to be
  quiet)
  unknown (line 5: the recording may have ended before the kernel printed anything)

What would settle it
  CPU samples (are the CPUs stuck?), the kernel's log in memory, or the same boot with earlycon.

What usually helps
  Add earlycon to the kernel's command line and check console=. Check that the kernel and the device
  tree are complete, match this machine, and do not overlap in memory.

Next
  kexec-lab diagnose kernel-silent.log --signals  # all 5 signals recognised
exit code 0
`

exports[`test/cli/messages/diagnose.test.ts > TAP > one log of each outcome: meaning, evidence, cure > kexec-lab diagnose kexec-load-failed.log 1`] = `
$ kexec-lab diagnose kexec-load-failed.log
kexec-load-failed.log: kexec-load-failed
  generation 1, stage kexec (299 lines read)
  shown: by a line of the console

  Loading the new kernel failed (Cannot determine the file type of /boot/kernel). The old kernel
  keeps running.

Evidence
  kexec-load-failed.log-283- ** Message: /dev/nbd14 is not used
  kexec-load-failed.log-284- ** Message: cmd check mode
  kexec-load-failed.log-285- ** Message: /dev/nbd15 is not used
  kexec-load-failed.log:286: Cannot determine the file type of /boot/kernel
  kexec-load-failed.log-287- >>> Mounting /newroot/proc...
  kexec-load-failed.log-288- >>> Mounting /newroot/sys...
  kexec-load-failed.log-289- >>> Mounting /newroot/run...
  --
  kexec-load-failed.log-296- 
  kexec-load-failed.log-297- kexec-lab mini distribution 6.1.0-50-cloud-arm64 on /dev/console
  kexec-load-failed.log-298- 
  kexec-load-failed.log:299: kexec-lab login: 

What usually helps
  Check with file(1) that the kernel was built for this architecture: arm64 needs an Image (plain or
  gzipped), arm a zImage. kexec -c loads more formats than -s and -a, and newer kexec-tools load
  more than older ones (docs/kexec-truth-table.md).

Next
  kexec-lab diagnose kexec-load-failed.log --signals  # all 35 signals recognised
exit code 0
`

exports[`test/cli/messages/diagnose.test.ts > TAP > one log of each outcome: meaning, evidence, cure > kexec-lab diagnose kexec-missing.log 1`] = `
$ kexec-lab diagnose kexec-missing.log
kexec-missing.log: kexec-missing
  generation 1, stage kexec (18 lines read)
  shown: by a line of the console

  A kexec was requested, but the \`kexec\` program is missing there. The old kernel keeps running.

Evidence
  kexec-missing.log-15- /init: line 337: xnbd-client: not found
  kexec-missing.log-16- /init: line 337: xnbd-client: not found
  kexec-missing.log-17- /init: line 337: xnbd-client: not found
  kexec-missing.log:18: /init: line 337: kexec: not found 

What usually helps
  Use the kexec of the root file system: mount it and run its /sbin/kexec with chroot, or copy kexec
  and its libraries into the initramfs. Installing kexec-tools on the disk does not add it to the
  provider's initramfs.

Next
  kexec-lab diagnose kexec-missing.log --signals  # all 18 signals recognised
exit code 0
`

exports[`test/cli/messages/diagnose.test.ts > TAP > one log of each outcome: meaning, evidence, cure > kexec-lab diagnose kexec-refused.log 1`] = `
$ kexec-lab diagnose kexec-refused.log
kexec-refused.log: kexec-refused
  generation 1, stage kexec (7 lines read)
  shown: by a line of the console

  The running kernel refuses to kexec: CPUs are stuck in the kernel.

Evidence
  kexec-refused.log-1- >>> kexec: kernel=/vmlinuz initrd=/initrd.img append='root=/dev/vda1'
  kexec-refused.log:2: [    5.019923] Can't kexec: CPUs are stuck in the kernel.
  kexec-refused.log:3: kexec_load failed: Device or resource busy
  kexec-refused.log-4- >>> Checking metadata for debug shell...
  kexec-refused.log-5- >>> Switching to linux...
  kexec-refused.log-6- 
  kexec-refused.log:7: kexec-lab login: 

What usually helps
  The CPUs cannot be stopped. Use a kernel and firmware with PSCI or another CPU hotplug method, or
  boot with maxcpus=1.

Next
  kexec-lab diagnose kexec-refused.log --signals  # all 6 signals recognised
exit code 0
`

exports[`test/cli/messages/diagnose.test.ts > TAP > one log of each outcome: meaning, evidence, cure > kexec-lab diagnose no-init.log 1`] = `
$ kexec-lab diagnose no-init.log
no-init.log: no-init
  generation 2, stage initramfs (558 lines read)
  shown: by a line of the console

  The kernel runs, but it cannot start a first program (Attempted to kill init!
  exitcode=0x00000000).

Evidence
  no-init.log-533- Begin: Running /scripts/local-bottom ... done.
  no-init.log-534- Begin: Running /scripts/init-bottom ... done.
  no-init.log-535- Linux
  no-init.log:536: [    9.744367] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000000
  no-init.log-537- [    9.744458] CPU: 0 UID: 0 PID: 1 Comm: uname Not tainted 6.12.107+deb13-cloud-arm64 #1  Debian 6.12.107-1
  no-init.log-538- [    9.744597] Hardware name: linux,dummy-virt (DT)
  no-init.log-539- [    9.744670] Call trace:

What usually helps
  Check init= and rdinit= on the command line. Check that the root file system is the right one and
  has the program, its interpreter and its libraries, built for this architecture.

Next
  kexec-lab diagnose no-init.log --signals  # all 39 signals recognised
exit code 0
`

exports[`test/cli/messages/diagnose.test.ts > TAP > one log of each outcome: meaning, evidence, cure > kexec-lab diagnose no-output.log 1`] = `
$ kexec-lab diagnose no-output.log
no-output.log: no-output
  generation 0, stage firmware (0 lines read)
  shown: by a line of the console

  The console printed nothing at all.

What usually helps
  Check that this is the right serial port and that console= names it. Add earlycon to see a kernel
  that dies early.

Next
  kexec-lab diagnose no-output.log --signals  # all 0 signals recognised
exit code 0
`

exports[`test/cli/messages/diagnose.test.ts > TAP > one log of each outcome: meaning, evidence, cure > kexec-lab diagnose reboot-loop.log 1`] = `
$ kexec-lab diagnose reboot-loop.log
reboot-loop.log: reboot-loop
  generation 6, stage initramfs (1605 lines read)
  shown: by a line of the console

  The machine was reset 3 times and never reached a login prompt. The evidence shows the last
  message of each round.

Evidence
  reboot-loop.log-532- done.
  reboot-loop.log-533- Begin: Running /scripts/local-bottom ... done.
  reboot-loop.log-534- Begin: Running /scripts/init-bottom ... done.
  reboot-loop.log:535: [    9.666802] reboot: Restarting system
  reboot-loop.log-536- [    0.000000] Booting Linux on physical CPU 0x0000000000 [0x410fd034]
  reboot-loop.log-537- [    0.000000] Linux version 6.1.0-50-cloud-arm64 (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 SMP Debian 6.1.176-1 (2026-07-02)
  reboot-loop.log-538- [    0.000000] random: crng init done
  --
  reboot-loop.log-1067- done.
  reboot-loop.log-1068- Begin: Running /scripts/local-bottom ... done.
  reboot-loop.log-1069- Begin: Running /scripts/init-bottom ... done.
  reboot-loop.log:1070: [    9.703852] reboot: Restarting system
  reboot-loop.log-1071- [    0.000000] Booting Linux on physical CPU 0x0000000000 [0x410fd034]
  reboot-loop.log-1072- [    0.000000] Linux version 6.1.0-50-cloud-arm64 (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 SMP Debian 6.1.176-1 (2026-07-02)
  reboot-loop.log-1073- [    0.000000] random: crng init done
  --
  reboot-loop.log-1602- done.
  reboot-loop.log-1603- Begin: Running /scripts/local-bottom ... done.
  reboot-loop.log-1604- Begin: Running /scripts/init-bottom ... done.
  reboot-loop.log:1605: [    9.776454] reboot: Restarting system

What usually helps
  Fix what ends each round. If the kexec itself repeats, guard it: skip it when /proc/cmdline
  contains is_in_kexec=yes. Without panic= on the command line the machine stops at the first
  failure.

Next
  kexec-lab diagnose reboot-loop.log --signals  # all 117 signals recognised
exit code 0
`

exports[`test/cli/messages/diagnose.test.ts > TAP > one log of each outcome: meaning, evidence, cure > kexec-lab diagnose rescue-shell.log 1`] = `
$ kexec-lab diagnose rescue-shell.log
rescue-shell.log: rescue-shell
  generation 1, stage initramfs (11 lines read)
  shown: by a line of the console

  The boot ended in a rescue shell (initramfs); the console does not show why.

Evidence
  rescue-shell.log-6- [    0.871004] Freeing unused kernel memory: 4608K
  rescue-shell.log-7- [    0.960880] Run /init as init process
  rescue-shell.log-8- >>> 'mount /dev/vda1 /newroot' failed
  rescue-shell.log:9: Press Enter to open a console or wait 5s to reboot
  rescue-shell.log-10- >>> Rescue Shell (Busybox's /bin/sh)
  rescue-shell.log-11- >>> To continue, press 'control-D'

What usually helps
  Use the shell on the console: cat /proc/cmdline, ls /dev, dmesg. In systemd's emergency mode,
  check journalctl -xb and /etc/fstab.

Next
  kexec-lab diagnose rescue-shell.log --signals  # all 9 signals recognised
exit code 0
`

exports[`test/cli/messages/diagnose.test.ts > TAP > one log of each outcome: meaning, evidence, cure > kexec-lab diagnose root-missing.log 1`] = `
$ kexec-lab diagnose root-missing.log
root-missing.log: root-missing
  generation 2, stage initramfs (542 lines read)
  shown: by a line of the console

  The kernel runs, but its root device /dev/vdz1 never appeared.

Evidence
  root-missing.log-529- Begin: Running /scripts/local-block ... done.
  root-missing.log-530- Begin: Running /scripts/local-block ... done.
  root-missing.log-531- done.
  root-missing.log:532: Gave up waiting for root file system device.  Common problems:
  root-missing.log-533-  - Boot args (cat /proc/cmdline)
  root-missing.log-534-    - Check rootdelay= (did the system wait long enough?)
  root-missing.log-535-  - Missing modules (cat /proc/modules; ls /dev)
  root-missing.log:536: ALERT!  /dev/vdz1 does not exist.  Dropping to a shell!
  root-missing.log-537- 
  root-missing.log-538- 
  root-missing.log-539- BusyBox v1.37.0 (Debian 1:1.37.0-6+b9) built-in shell (ash)

What usually helps
  Compare root= on the kernel's command line with the disk's real name, or use root=UUID=…. If the
  name is right, the initrd lacks the disk's driver (virtio_blk, nbd, …) or the network that leads
  to the disk.

Next
  kexec-lab diagnose root-missing.log --signals  # all 69 signals recognised
exit code 0
`

exports[`test/cli/messages/diagnose.test.ts > TAP > one log of each outcome: meaning, evidence, cure > kexec-lab diagnose root-mount-failed.log 1`] = `
$ kexec-lab diagnose root-mount-failed.log
root-mount-failed.log: root-mount-failed
  generation 2, stage initramfs (21 lines read)
  shown: by a line of the console

  The kernel runs, but it cannot mount its root file system from /dev/vda (Invalid argument).

Evidence
  root-mount-failed.log-10- Begin: Mounting root file system ... Begin: Running /scripts/local-top ... done.
  root-mount-failed.log-11- Begin: Running /scripts/local-premount ... done.
  root-mount-failed.log-12- Warning: Type of root file system is unknown, so skipping check.
  root-mount-failed.log:13: mount: mounting /dev/vda on /root failed: Invalid argument
  root-mount-failed.log-14- done.
  root-mount-failed.log:15: Failed to mount /dev/vda as root file system.
  root-mount-failed.log-16- 
  root-mount-failed.log-17- 
  root-mount-failed.log-18- BusyBox v1.37.0 (Debian 1:1.37.0-6) built-in shell (ash)

What usually helps
  /dev/vda is the whole disk; the root partition is probably /dev/vda1. Add root=/dev/vda1 at the
  end of the new kernel's command line: the last root= wins.

Next
  kexec-lab diagnose root-mount-failed.log --signals  # all 14 signals recognised
exit code 0
`

exports[`test/cli/messages/diagnose.test.ts > TAP > one log of each outcome: meaning, evidence, cure > kexec-lab diagnose unknown.log 1`] = `
$ kexec-lab diagnose unknown.log
unknown.log: unknown
  generation 2, stage initramfs (6 lines read)
  unknown: the console does not show it

  The log ends in the initramfs stage of generation 2 and shows no failure.

Evidence
  unknown.log-3- [    4.119922] Bye!
  unknown.log-4- >>> Installing busybox...
  unknown.log-5- >>> Running in a kexec
  unknown.log:6: >>> Switching to linux...

What would settle it
  A recording until the login prompt, or until no text has appeared for some minutes.

What usually helps
  Record for longer, until the console has been silent for a minute. If it stays silent at this
  point, add earlycon ignore_loglevel to the command line.

Next
  kexec-lab diagnose unknown.log --signals  # all 6 signals recognised
exit code 0
`

exports[`test/cli/messages/diagnose.test.ts > TAP > one log of each outcome: meaning, evidence, cure > kexec-lab diagnose wrong-kernel.log 1`] = `
$ kexec-lab diagnose wrong-kernel.log
wrong-kernel.log: wrong-kernel
  generation 3, stage userspace (27 lines read)
  shown: by a line of the console

  The second kernel ran, then the machine was reset and its normal boot started kernel
  5.10.0-32-arm64.

Evidence
  wrong-kernel.log-7- [   14.118340] psci: CPU1 killed (polled 0 ms)
  wrong-kernel.log-8- [   14.119922] Bye!
  wrong-kernel.log-9- [    0.000000] Booting Linux on physical CPU 0x0000000000 [0x410fd034]
  wrong-kernel.log:10: [    0.000000] Linux version 6.12.0-5-arm64 (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14) 12.2.0, GNU ld 2.40) #1 SMP Debian
  wrong-kernel.log-11- [    0.000000] Kernel command line: console=ttyAMA0 root=/dev/vda1
  wrong-kernel.log-12- [    0.871004] Freeing unused kernel memory: 4608K
  wrong-kernel.log-13- [    0.960880] Run /init as init process
  wrong-kernel.log-14- [    6.100233] e1000 0000:00:01.0 eth0: link up
  wrong-kernel.log:15: U-Boot 2023.01 (Jan 20 2023 - 10:14:53 +0000)
  wrong-kernel.log-16- 
  wrong-kernel.log-17- Starting kernel ...
  wrong-kernel.log-18- 
  wrong-kernel.log-19- [    0.000000] Booting Linux on physical CPU 0x0000000000 [0x410fd034]
  wrong-kernel.log:20: [    0.000000] Linux version 5.10.0-32-arm64 (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14) 12.2.0, GNU ld 2.40) #1 SMP Debian
  wrong-kernel.log-21- [    0.000000] Kernel command line: console=ttyAMA0 root=/dev/vda1
  wrong-kernel.log-22- [    0.871004] Freeing unused kernel memory: 4608K
  wrong-kernel.log-23- [    0.960880] Run /init as init process
  wrong-kernel.log-24- 
  wrong-kernel.log-25- Debian GNU/Linux 12 node7 ttyAMA0
  wrong-kernel.log-26- 
  wrong-kernel.log:27: node7 login: 

What usually helps
  Find out what reset the machine (a watchdog, a panic without a console), and record the second
  kernel with earlycon.

Next
  kexec-lab diagnose wrong-kernel.log --signals  # all 18 signals recognised
exit code 0
`

exports[`test/cli/messages/diagnose.test.ts > TAP > what cannot be read > kexec-lab diagnose - - 1`] = `
$ kexec-lab diagnose - -
stderr: -: standard input can be read only once
exit code 2
`

exports[`test/cli/messages/diagnose.test.ts > TAP > what cannot be read > kexec-lab diagnose - 1`] = `
$ kexec-lab diagnose -
stdin: no-output
  generation 0, stage firmware (0 lines read)
  shown: by a line of the console

  The console printed nothing at all.

What usually helps
  Check that this is the right serial port and that console= names it. Add earlycon to see a kernel
  that dies early.

Next
  kexec-lab diagnose - --signals  # all 0 signals recognised
exit code 0
`

exports[`test/cli/messages/diagnose.test.ts > TAP > what cannot be read > kexec-lab diagnose . 1`] = `
$ kexec-lab diagnose .
stderr: .: this is a directory, not a console log
stderr:   Name a file in it. In a run of kexec-lab, the console is <arch>/<scenario>/console.raw.
exit code 2
`

exports[`test/cli/messages/diagnose.test.ts > TAP > what cannot be read > kexec-lab diagnose /dev/zero 1`] = `
$ kexec-lab diagnose /dev/zero
stderr: /dev/zero: this is a device, not a file
stderr:   Diagnose only the part with the boot: tail -c 100M LOG | kexec-lab diagnose -
exit code 2
`

exports[`test/cli/messages/diagnose.test.ts > TAP > what cannot be read > kexec-lab diagnose 1`] = `
$ kexec-lab diagnose
stderr: error: missing required argument 'logs'
stderr:   kexec-lab diagnose --help shows the usage.
exit code 2
`

exports[`test/cli/messages/diagnose.test.ts > TAP > what cannot be read > kexec-lab diagnose bye.log --html no/such/page.html 1`] = `
$ kexec-lab diagnose bye.log --html no/such/page.html
bye.log: bye-hang
  generation 1, stage kexec (6 lines read)
  likely: the console ends there, and no line settles it

  The first kernel said "Bye!", then nothing: the second kernel printed nothing. The log only shows
  silence. CPU samples (is it stuck?) or the kernel's log in memory would prove that it is dead.

Evidence
  bye.log:1: [  129.248360] kexec_core: Starting new kernel
  bye.log-2- [  129.298586] Disabling non-boot CPUs ...
  bye.log-3- [  129.393572] CPU1: shutdown
  bye.log-4- [  129.532515] CPU2: shutdown
  bye.log-5- [  129.632399] CPU3: shutdown
  bye.log:6: [  129.700758] Bye!

What else it could be
  console-lost (line 6: the kernel may be running with a different console, or it was told to be
  quiet)
  unknown (line 6: the recording may have ended before the kernel printed anything)

What would settle it
  CPU samples (are the CPUs stuck?), the kernel's log in memory, or the same boot with earlycon.

What usually helps
  Try in this order: run kexec with -d to see what is loaded where; on 32-bit arm, add
  --image-size=67108864 (kexec underestimates the size of kernels with a larger text offset, so the
  kernel overwrites the device tree); omit --dtb, or pass the right one; add earlycon to the new
  kernel's command line.

Next
  kexec-lab diagnose bye.log --signals  # all 6 signals recognised
stderr: no/such/page.html: cannot write the page: no such file or directory
stderr:   Check the path.
exit code 2
`

exports[`test/cli/messages/diagnose.test.ts > TAP > what cannot be read > kexec-lab diagnose bye.log --json --signals 1`] = `
$ kexec-lab diagnose bye.log --json --signals
stderr: error: option '--json' cannot be used with option '--signals'
exit code 2
`

exports[`test/cli/messages/diagnose.test.ts > TAP > what cannot be read > kexec-lab diagnose damaged.log.gz 1`] = `
$ kexec-lab diagnose damaged.log.gz
stderr: damaged.log.gz: cannot read this log: the gzip data is damaged
stderr:   Name a saved console log, or - for standard input.
exit code 2
`

exports[`test/cli/messages/diagnose.test.ts > TAP > what cannot be read > kexec-lab diagnose layers.log.gz 1`] = `
$ kexec-lab diagnose layers.log.gz
stderr: layers.log.gz: this is compressed more than 4 times
exit code 2
`

exports[`test/cli/messages/diagnose.test.ts > TAP > what cannot be read > kexec-lab diagnose missing.log bye.log 1`] = `
$ kexec-lab diagnose missing.log bye.log
bye.log: bye-hang
  generation 1, stage kexec (6 lines read)
  likely: the console ends there, and no line settles it

  The first kernel said "Bye!", then nothing: the second kernel printed nothing. The log only shows
  silence. CPU samples (is it stuck?) or the kernel's log in memory would prove that it is dead.

Evidence
  bye.log:1: [  129.248360] kexec_core: Starting new kernel
  bye.log-2- [  129.298586] Disabling non-boot CPUs ...
  bye.log-3- [  129.393572] CPU1: shutdown
  bye.log-4- [  129.532515] CPU2: shutdown
  bye.log-5- [  129.632399] CPU3: shutdown
  bye.log:6: [  129.700758] Bye!

What else it could be
  console-lost (line 6: the kernel may be running with a different console, or it was told to be
  quiet)
  unknown (line 6: the recording may have ended before the kernel printed anything)

What would settle it
  CPU samples (are the CPUs stuck?), the kernel's log in memory, or the same boot with earlycon.

What usually helps
  Try in this order: run kexec with -d to see what is loaded where; on 32-bit arm, add
  --image-size=67108864 (kexec underestimates the size of kernels with a larger text offset, so the
  kernel overwrites the device tree); omit --dtb, or pass the right one; add earlycon to the new
  kernel's command line.

Next
  kexec-lab diagnose bye.log --signals  # all 6 signals recognised

1 logs: 1 bye-hang
stderr: missing.log: cannot read this log: no such file or directory
stderr:   Name a saved console log, or - for standard input.
exit code 2
`

exports[`test/cli/messages/diagnose.test.ts > TAP > what cannot be read > kexec-lab diagnose packed.log.xz 1`] = `
$ kexec-lab diagnose packed.log.xz
stderr: packed.log.xz: this file is compressed with xz
stderr:   Unpack it: xz -dc packed.log.xz | kexec-lab diagnose -
exit code 2
`

exports[`test/cli/messages/diagnose.test.ts > TAP > what cannot be read > kexec-lab diagnose program.log 1`] = `
$ kexec-lab diagnose program.log
stderr: program.log: this is a program or a core dump (ELF), not a console log
stderr:   Name a file with the text of the serial console, as it was recorded or pasted.
exit code 2
`
