/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/cli/messages/run.test.ts > TAP > a boot that passes > kexec-lab run --last-failed --no-checkpoint --jobs 1 1`] = `
$ kexec-lab run --last-failed --no-checkpoint --jobs 1
stderr: runs: every case passed when it last ran
stderr:   Leave out --last-failed to run cases again.
exit code 4
`

exports[`test/cli/messages/run.test.ts > TAP > a boot that passes > kexec-lab run mine.yaml --no-checkpoint --jobs 1 1`] = `
$ kexec-lab run mine.yaml --no-checkpoint --jobs 1
run RUN: 1 case, 1 at a time, in runs/RUN
… aarch64/mine
✓ aarch64/mine  booted  N.N s

1 passed in N.N s
report: runs/RUN/report.json
exit code 0
`

exports[`test/cli/messages/run.test.ts > TAP > a boot that passes > kexec-lab run mine.yaml --quiet --no-checkpoint --jobs 1 1`] = `
$ kexec-lab run mine.yaml --quiet --no-checkpoint --jobs 1
1 passed in N.N s
report: runs/RUN/report.json
exit code 0
`

exports[`test/cli/messages/run.test.ts > TAP > a boot that passes > kexec-lab run mine.yaml --reporter list --no-checkpoint --jobs 1 1`] = `
$ kexec-lab run mine.yaml --reporter list --no-checkpoint --jobs 1
run RUN: 1 case, 1 at a time, in runs/RUN
… aarch64/mine
✓ aarch64/mine  booted  N.N s

1 passed in N.N s
report: runs/RUN/report.json
exit code 0
`

exports[`test/cli/messages/run.test.ts > TAP > a boot that passes > kexec-lab run mine.yaml --reporter tap --no-checkpoint --jobs 1 1`] = `
$ kexec-lab run mine.yaml --reporter tap --no-checkpoint --jobs 1
TAP version 14
1..1
ok 1 - aarch64/mine: booted
exit code 0
`

exports[`test/cli/messages/run.test.ts > TAP > a boot that passes > kexec-lab run mine.yaml --tail --no-checkpoint --jobs 1 1`] = `
$ kexec-lab run mine.yaml --tail --no-checkpoint --jobs 1
run RUN: 1 case, 1 at a time, in runs/RUN
… aarch64/mine
[aarch64/mine] [    0.000000] Booting Linux on physical CPU 0x0000000000 [0x410fd034]
[aarch64/mine] [    0.000000] Linux version 6.1.0-old (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14)) #1 SMP
[aarch64/mine] [    3.000000] Run /init as init process
[aarch64/mine] >>> kexec: kernel=/vmlinuz initrd=/initrd.img append='root=/dev/vda1'
[aarch64/mine] [    4.000000] kexec_core: Starting new kernel
[aarch64/mine] [    4.000100] Bye!
[aarch64/mine] [    0.000000] Booting Linux on physical CPU 0x0000000000 [0x410fd034]
[aarch64/mine] [    0.000000] Linux version 6.12.0-new (debian-kernel@lists.debian.org) (gcc-14 (Debian 14.2.0-19)) #1 SMP
[aarch64/mine] [    3.000000] Run /init as init process
[aarch64/mine] kexec-lab: release=6.12.0-new
[aarch64/mine] kexec-lab: root=/dev/vda1
[aarch64/mine] kexec-lab: cmdline=console=ttyAMA0 root=/dev/vda is_in_kexec=yes root=/dev/vda1
[aarch64/mine] 
[aarch64/mine] kexec-lab login: 
✓ aarch64/mine  booted  N.N s

1 passed in N.N s
report: runs/RUN/report.json
exit code 0
`

exports[`test/cli/messages/run.test.ts > TAP > boots that do not pass > kexec-lab run broken.yaml --no-checkpoint --jobs 1 1`] = `
$ kexec-lab run broken.yaml --no-checkpoint --jobs 1
run RUN: 1 case, 1 at a time, in runs/RUN
… aarch64/broken
✗ aarch64/broken  error  N.N s
    expected  booted
    because   text.txt: this kernel is not a kernel for aarch64 (Image): it is a text file

0 passed, 1 in error in N.N s
report: runs/RUN/report.json
exit code 2
`

exports[`test/cli/messages/run.test.ts > TAP > boots that do not pass > kexec-lab run mine.yaml --no-checkpoint --jobs 1 1`] = `
$ kexec-lab run mine.yaml --no-checkpoint --jobs 1
run RUN: 1 case, 1 at a time, in runs/RUN
… aarch64/mine
✗ aarch64/mine  kernel-panic (expected booted)  N.N s
    expected  booted
    happened  kernel-panic in generation 1, stage kexec (release 6.1.0-old, panic oh no)
    because   outcome: expected booted, got kernel-panic
    meaning   The first kernel crashed during the kexec (oh no). The second kernel did not run.
    cure      Search for the panic message and the kernel's release. Boot the previous kernel. Add console=… earlycon panic=10 to the command line to see the whole trace and to restart the machine after a panic.
    proof     runs/RUN/aarch64/mine/console.log:6: [    4.500000] Kernel panic - not syncing: oh no
    next      kexec-lab run mine.yaml --arch aarch64 --tail
              sh runs/RUN/aarch64/mine/qemu.sh

0 passed, 1 failed in N.N s
report: runs/RUN/report.json
exit code 1
`

exports[`test/cli/messages/run.test.ts > TAP > boots that do not pass > kexec-lab run mine.yaml --repeat 3 --max-failures 1 --no-checkpoint --jobs 1 1`] = `
$ kexec-lab run mine.yaml --repeat 3 --max-failures 1 --no-checkpoint --jobs 1
run RUN: 3 cases, 1 at a time, in runs/RUN
… aarch64/mine#1
✗ aarch64/mine#1  kernel-panic (expected booted)  N.N s
    expected  booted
    happened  kernel-panic in generation 1, stage kexec (release 6.1.0-old, panic oh no)
    because   outcome: expected booted, got kernel-panic
    meaning   The first kernel crashed during the kexec (oh no). The second kernel did not run.
    cure      Search for the panic message and the kernel's release. Boot the previous kernel. Add console=… earlycon panic=10 to the command line to see the whole trace and to restart the machine after a panic.
    proof     runs/RUN/aarch64/mine/console.log:6: [    4.500000] Kernel panic - not syncing: oh no
    next      kexec-lab run mine.yaml --arch aarch64 --tail
              sh runs/RUN/aarch64/mine/qemu.sh
stopping (--max-failures: 1 case failed); press Ctrl-C again to leave at once
… aarch64/mine#2
– aarch64/mine#2  interrupted  N.N s
… aarch64/mine#3
– aarch64/mine#3  interrupted  N.N s

✗ aarch64/mine#1  kernel-panic (expected booted)  N.N s
– aarch64/mine#2  interrupted  N.N s
– aarch64/mine#3  interrupted  N.N s
0 passed, 1 failed, 2 interrupted in N.N s
report: runs/RUN/report.json
exit code 1
`

exports[`test/cli/messages/run.test.ts > TAP > boots that do not pass > kexec-lab run mine.yaml --reporter github --no-checkpoint --jobs 1 1`] = `
$ kexec-lab run mine.yaml --reporter github --no-checkpoint --jobs 1
::stop-commands::DIGEST
run RUN: 1 case, 1 at a time, in runs/RUN
… aarch64/mine
✗ aarch64/mine  kernel-panic (expected booted)  N.N s
    expected  booted
    happened  kernel-panic in generation 1, stage kexec (release 6.1.0-old, panic oh no)
    because   outcome: expected booted, got kernel-panic
    meaning   The first kernel crashed during the kexec (oh no). The second kernel did not run.
    cure      Search for the panic message and the kernel's release. Boot the previous kernel. Add console=… earlycon panic=10 to the command line to see the whole trace and to restart the machine after a panic.
    proof     runs/RUN/aarch64/mine/console.log:6: [    4.500000] Kernel panic - not syncing: oh no
    next      kexec-lab run mine.yaml --arch aarch64 --tail
              sh runs/RUN/aarch64/mine/qemu.sh

0 passed, 1 failed in N.N s
report: runs/RUN/report.json
::DIGEST::
::error file=mine.yaml,line=4,title=aarch64/mine%3A kernel-panic::expected booted%0Agot kernel-panic in generation 1, stage kexec (release 6.1.0-old, panic oh no)%0Aoutcome: expected booted, got kernel-panic%0AThe first kernel crashed during the kexec (oh no). The second kernel did not run.%0Aaarch64/mine/console.log:6: [    4.500000] Kernel panic - not syncing: oh no
exit code 1
`

exports[`test/cli/messages/run.test.ts > TAP > boots that do not pass > kexec-lab run mine.yaml --reporter tap --no-checkpoint --jobs 1 1`] = `
$ kexec-lab run mine.yaml --reporter tap --no-checkpoint --jobs 1
TAP version 14
1..1
not ok 1 - aarch64/mine: booted
  ---
  verdict: "fail"
  reasons:
    - "outcome: expected booted, got kernel-panic"
  expected: "booted"
  happened: "kernel-panic in generation 1, stage kexec (release 6.1.0-old, panic oh no)"
  meaning: "The first kernel crashed during the kexec (oh no). The second kernel did not run."
  cure: "Search for the panic message and the kernel's release. Boot the previous kernel. Add console=… earlycon panic=10 to the command line to see the whole trace and to restart the machine after a panic."
  evidence:
    - "aarch64/mine/console.log:6: [    4.500000] Kernel panic - not syncing: oh no"
  seconds: N.N
  ...
exit code 1
`

exports[`test/cli/messages/run.test.ts > TAP > boots that do not pass > kexec-lab run mine.yaml --retries 1 --reporter list --no-checkpoint --jobs 1 1`] = `
$ kexec-lab run mine.yaml --retries 1 --reporter list --no-checkpoint --jobs 1
run RUN: 1 case, 1 at a time, in runs/RUN
… aarch64/mine
↻ aarch64/mine  kernel-panic; attempt 2 follows
… aarch64/mine
✗ aarch64/mine  kernel-panic (expected booted)  N.N s
    expected  booted
    happened  kernel-panic in generation 1, stage kexec (release 6.1.0-old, panic oh no)
    because   outcome: expected booted, got kernel-panic
    meaning   The first kernel crashed during the kexec (oh no). The second kernel did not run.
    cure      Search for the panic message and the kernel's release. Boot the previous kernel. Add console=… earlycon panic=10 to the command line to see the whole trace and to restart the machine after a panic.
    proof     runs/RUN/aarch64/mine.retry1/console.log:6: [    4.500000] Kernel panic - not syncing: oh no
    next      kexec-lab run mine.yaml --arch aarch64 --tail
              sh runs/RUN/aarch64/mine.retry1/qemu.sh

0 passed, 1 failed in N.N s
report: runs/RUN/report.json
exit code 1
`

exports[`test/cli/messages/run.test.ts > TAP > candidates > kexec-lab run kexec-to-distro --first-kernel kernel 1`] = `
$ kexec-lab run kexec-to-distro --first-kernel kernel
stderr: --first-kernel kernel: the first kernel must be a Debian kernel
stderr:   Use debian:SUITE or debian:SUITE/PACKAGE, for example debian:bookworm.
exit code 2
`

exports[`test/cli/messages/run.test.ts > TAP > candidates > kexec-lab run kexec-to-distro --kernel debian: 1`] = `
$ kexec-lab run kexec-to-distro --kernel debian:
stderr: --kernel debian:: this is not a valid suite name
stderr:   Use a Debian suite, for example debian:bookworm-backports or debian:sid.
exit code 2
`

exports[`test/cli/messages/run.test.ts > TAP > candidates > kexec-lab run kexec-to-distro --kernel http://example.org/kernel.deb 1`] = `
$ kexec-lab run kexec-to-distro --kernel http://example.org/kernel.deb
stderr: --kernel http://example.org/kernel.deb: only https:// URLs are supported
stderr:   Use debian:SUITE, debian:SUITE/PACKAGE, FILE.deb[,FILE.deb…], a directory, an image with --initrd, or https://…#sha256=HEX.
exit code 2
`

exports[`test/cli/messages/run.test.ts > TAP > candidates > kexec-lab run kexec-to-distro --kernel kernel --initrd missing 1`] = `
$ kexec-lab run kexec-to-distro --kernel kernel --initrd missing
stderr: --initrd missing: cannot read it: no such file or directory
stderr:   Check the path.
exit code 2
`

exports[`test/cli/messages/run.test.ts > TAP > candidates > kexec-lab run kexec-to-distro --kernel kernel 1`] = `
$ kexec-lab run kexec-to-distro --kernel kernel
stderr: --kernel kernel: the modules that it needs to find its root are unknown
stderr:   Add its initramfs with --initrd FILE, or use a directory that also has lib/modules.
exit code 2
`

exports[`test/cli/messages/run.test.ts > TAP > candidates > kexec-lab run kexec-to-distro --kernel missing.deb 1`] = `
$ kexec-lab run kexec-to-distro --kernel missing.deb
stderr: --kernel missing.deb: cannot read it: no such file or directory
stderr:   Check the path.
exit code 2
`

exports[`test/cli/messages/run.test.ts > TAP > candidates > kexec-lab run kexec-to-distro --kernel text.txt 1`] = `
$ kexec-lab run kexec-to-distro --kernel text.txt
stderr: --kernel text.txt: this is not a kernel for arm or aarch64: it is a text file
exit code 2
`

exports[`test/cli/messages/run.test.ts > TAP > candidates > kexec-lab run kexec-to-distro --kexec-tools https://example.org/kexec 1`] = `
$ kexec-lab run kexec-to-distro --kexec-tools https://example.org/kexec
stderr: --kexec-tools https://example.org/kexec: URLs are not supported here
stderr:   Use debian:SUITE, FILE.deb, or the file of a kexec program.
exit code 2
`

exports[`test/cli/messages/run.test.ts > TAP > candidates > kexec-lab run kexec-to-distro --kexec-tools text.txt 1`] = `
$ kexec-lab run kexec-to-distro --kexec-tools text.txt
stderr: --kexec-tools text.txt: this is neither a .deb nor a program for arm or aarch64
exit code 2
`

exports[`test/cli/messages/run.test.ts > TAP > mistakes in the arguments > kexec-lab rnu all 1`] = `
$ kexec-lab rnu all
stderr: error: unknown command 'rnu' (did you mean run?)
exit code 2
`

exports[`test/cli/messages/run.test.ts > TAP > mistakes in the arguments > kexec-lab run --last-failed 1`] = `
$ kexec-lab run --last-failed
stderr: runs: no finished run found
stderr:   Run without --last-failed first, or name the directory of the runs with --out.
exit code 4
`

exports[`test/cli/messages/run.test.ts > TAP > mistakes in the arguments > kexec-lab run 1`] = `
$ kexec-lab run
stderr: no scenarios to run
stderr:   Name scenarios, for example kexec-lab run quick. kexec-lab list shows them all.
exit code 2
`

exports[`test/cli/messages/run.test.ts > TAP > mistakes in the arguments > kexec-lab run all --ach arm 1`] = `
$ kexec-lab run all --ach arm
stderr: error: unknown option '--ach' (did you mean --arch?)
exit code 2
`

exports[`test/cli/messages/run.test.ts > TAP > mistakes in the arguments > kexec-lab run all --jobs 0 1`] = `
$ kexec-lab run all --jobs 0
stderr: error: option '--jobs <n>' argument '0' is invalid. It must be a whole number from 1 to 9999.
exit code 2
`

exports[`test/cli/messages/run.test.ts > TAP > mistakes in the arguments > kexec-lab run all --mirror nonsense 1`] = `
$ kexec-lab run all --mirror nonsense
stderr: error: option '--mirror <url>' argument 'nonsense' is invalid. It must be a URL, such as http://mirror.example/debian.
exit code 2
`

exports[`test/cli/messages/run.test.ts > TAP > mistakes in the arguments > kexec-lab run all --out= 1`] = `
$ kexec-lab run all --out=
stderr: error: option '--out <directory>' argument '' is invalid. It must not be empty.
exit code 2
`

exports[`test/cli/messages/run.test.ts > TAP > mistakes in the arguments > kexec-lab run all --record --record-on-failure 2 1`] = `
$ kexec-lab run all --record --record-on-failure 2
stderr: error: option '--record-on-failure <n>' cannot be used with option '--record'
exit code 2
`

exports[`test/cli/messages/run.test.ts > TAP > mistakes in the arguments > kexec-lab run all --repeat 1e9 1`] = `
$ kexec-lab run all --repeat 1e9
stderr: error: option '--repeat <n>' argument '1e9' is invalid. It must be a whole number from 1 to 9999.
exit code 2
`

exports[`test/cli/messages/run.test.ts > TAP > mistakes in the arguments > kexec-lab run all --reporter tap --reporter json 1`] = `
$ kexec-lab run all --reporter tap --reporter json
stderr: only one reporter can write to standard output, not tap and json
stderr:   Give the others a file: --reporter json=FILE.
exit code 2
`

exports[`test/cli/messages/run.test.ts > TAP > mistakes in the arguments > kexec-lab run all --reporter tap= 1`] = `
$ kexec-lab run all --reporter tap=
stderr: --reporter tap= needs a file after the "="
exit code 2
`

exports[`test/cli/messages/run.test.ts > TAP > mistakes in the arguments > kexec-lab run all --reporter tap=same --reporter json=same 1`] = `
$ kexec-lab run all --reporter tap=same --reporter json=same
stderr: same: two reporters write to this file
stderr:   Give each reporter a file of its own.
exit code 2
`

exports[`test/cli/messages/run.test.ts > TAP > mistakes in the arguments > kexec-lab run all --reporter xml 1`] = `
$ kexec-lab run all --reporter xml
stderr: unknown reporter "xml"; choose from list, plain, tap, json, junit, html, github
exit code 2
`

exports[`test/cli/messages/run.test.ts > TAP > mistakes in the arguments > kexec-lab run all --scenarios missing 1`] = `
$ kexec-lab run all --scenarios missing
stderr: missing: cannot list this directory of scenarios: no such file or directory
stderr:   Give --scenarios a directory that you can read.
exit code 2
`

exports[`test/cli/messages/run.test.ts > TAP > mistakes in the arguments > kexec-lab run all --shard 3/2 1`] = `
$ kexec-lab run all --shard 3/2
stderr: error: option '--shard <i/n>' argument '3/2' is invalid. Use INDEX/TOTAL with 1 <= INDEX <= TOTAL, for example 1/4.
exit code 2
`

exports[`test/cli/messages/run.test.ts > TAP > mistakes in the arguments > kexec-lab run all --tail --reporter json 1`] = `
$ kexec-lab run all --tail --reporter json
stderr: --tail needs a reporter that shows consoles
stderr:   Add --reporter plain or --reporter plain=FILE, or leave --tail out.
exit code 2
`

exports[`test/cli/messages/run.test.ts > TAP > mistakes in the arguments > kexec-lab run all --timeout 0 1`] = `
$ kexec-lab run all --timeout 0
stderr: error: option '--timeout <minutes>' argument '0' is invalid. Use minutes greater than 0, up to 10080, such as 30 or 1.5.
exit code 2
`

exports[`test/cli/messages/run.test.ts > TAP > mistakes in the arguments > kexec-lab run arm/kexec-to-distro#2 1`] = `
$ kexec-lab run arm/kexec-to-distro#2
stderr: arm/kexec-to-distro#2 is a case, not a scenario
stderr:   Use kexec-to-distro --arch arm.
exit code 2
`

exports[`test/cli/messages/run.test.ts > TAP > mistakes in the arguments > kexec-lab run first-kernel-boots --arch mips 1`] = `
$ kexec-lab run first-kernel-boots --arch mips
stderr: error: option '--arch <arch>' argument 'mips' is invalid. It must be aarch64 or arm.
exit code 2
`

exports[`test/cli/messages/run.test.ts > TAP > mistakes in the arguments > kexec-lab run kexec-to-ditsro 1`] = `
$ kexec-lab run kexec-to-ditsro
stderr: no scenario is named or labelled "kexec-to-ditsro"; did you mean "kexec-to-distro"?
stderr:   kexec-lab list shows all scenarios and labels.
exit code 4
`

exports[`test/cli/messages/run.test.ts > TAP > mistakes in the arguments > kexec-lab run mine.yaml --arch aarch64 --shard 2/2 1`] = `
$ kexec-lab run mine.yaml --arch aarch64 --shard 2/2
stderr: shard 2 of 2 is empty: only 1 case selected
stderr:   Use at most as many shards as cases; kexec-lab matrix does.
exit code 4
`

exports[`test/cli/messages/run.test.ts > TAP > mistakes in the arguments > kexec-lab run mine.yaml --exclude mien 1`] = `
$ kexec-lab run mine.yaml --exclude mien
stderr: no scenario is named or labelled "mien"; did you mean "mine"?
stderr:   kexec-lab list shows all scenarios and labels.
exit code 4
`

exports[`test/cli/messages/run.test.ts > TAP > mistakes in the arguments > kexec-lab run mine.yaml --exclude mine 1`] = `
$ kexec-lab run mine.yaml --exclude mine
stderr: --exclude leaves out every selected scenario
stderr:   Exclude fewer scenarios or select more; kexec-lab list shows names and labels.
exit code 4
`

exports[`test/cli/messages/run.test.ts > TAP > mistakes in the arguments > kexec-lab run mine.yaml --out /dev/null/runs --no-checkpoint --jobs 1 1`] = `
$ kexec-lab run mine.yaml --out /dev/null/runs --no-checkpoint --jobs 1
stderr: /dev/null/runs: cannot make the run directory: a part of the path is not a directory (/dev/null/runs/RUN)
stderr:   Choose another directory with --out.
exit code 5
`

exports[`test/cli/messages/run.test.ts > TAP > mistakes in the arguments > kexec-lab run mine.yaml --qemu-dir . --no-checkpoint --jobs 1 1`] = `
$ kexec-lab run mine.yaml --qemu-dir . --no-checkpoint --jobs 1
run RUN: 1 case, 1 at a time, in runs/RUN
… aarch64/mine
? aarch64/mine  unavailable  N.N s
    expected  booted
    because   no usable qemu-system-aarch64 in .
              Choose another directory with --qemu-dir or KEXEC_LAB_QEMU_DIR, or leave both out.

0 passed, 1 unavailable in N.N s
report: runs/RUN/report.json
exit code 5
`

exports[`test/cli/messages/run.test.ts > TAP > mistakes in the arguments > kexec-lab run mine.yaml --reporter tap=no/such/file 1`] = `
$ kexec-lab run mine.yaml --reporter tap=no/such/file
stderr: no/such/file: cannot write this report: no such file or directory
stderr:   Check the path.
exit code 2
`

exports[`test/cli/messages/run.test.ts > TAP > mistakes in the arguments > kexec-lab run missing.yaml 1`] = `
$ kexec-lab run missing.yaml
stderr: missing.yaml: cannot read this file: no such file or directory
stderr:   Check the path.
exit code 2
`

exports[`test/cli/messages/run.test.ts > TAP > mistakes in the arguments > kexec-lab run text.txt 1`] = `
$ kexec-lab run text.txt
stderr: no scenario is named or labelled "text.txt"
stderr:   kexec-lab list shows all scenarios and labels.
exit code 4
`

exports[`test/cli/messages/run.test.ts > TAP > what the lab cannot run > kexec-lab run mine.yaml --no-checkpoint --jobs 1 1`] = `
$ kexec-lab run mine.yaml --no-checkpoint --jobs 1
run RUN: 1 case, 1 at a time, in runs/RUN
… aarch64/mine
? aarch64/mine  unavailable  N.N s
    expected  booted
    because   QEMU did not start: qemu-system-aarch64: cannot set up guest memory

0 passed, 1 unavailable in N.N s
report: runs/RUN/report.json
exit code 5
`

exports[`test/cli/messages/run.test.ts > TAP > what the lab cannot run > kexec-lab run networked.yaml --record --no-checkpoint --jobs 1 1`] = `
$ kexec-lab run networked.yaml --record --no-checkpoint --jobs 1
run RUN: 1 case, 1 at a time, in runs/RUN
… arm/networked
✗ arm/networked  error  N.N s
    expected  booted
    because   kernel: this kernel is a kernel for aarch64 (an Image), not for arm

0 passed, 1 in error in N.N s
report: runs/RUN/report.json
stderr: not recorded: machines with a network, several CPUs or an NVMe disk, which QEMU cannot record (scaleway-c1)
exit code 2
`
