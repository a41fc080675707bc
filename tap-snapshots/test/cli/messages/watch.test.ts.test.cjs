/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/cli/messages/watch.test.ts > TAP > watch > kexec-lab watch --from debian:bookworm --to debian:bookworm --arch aarch64 --history file/new.json 1`] = `
$ kexec-lab watch --from debian:bookworm --to debian:bookworm --arch aarch64 --history file/new.json
run RUN: 1 case, 2 at a time, in watch/runs/RUN
… aarch64/6-1-0-50-cloud-arm64-bookworm-to-6-1-0-50-cloud-arm64-bookworm
image aarch64/provider-kernel: downloading packages
image aarch64/provider-kernel: unpacking packages
image aarch64/provider-kernel: collecting modules
image aarch64/provider-initramfs: downloading packages
image aarch64/provider-initramfs: unpacking packages
image aarch64/provider-initramfs: assembling the file tree
image aarch64/provider-initramfs: packing the initramfs
image aarch64/distro-kernel: unpacking packages
image aarch64/distro-kernel: collecting modules
image aarch64/distro-initrd: downloading packages
image aarch64/distro-initrd: unpacking packages
image aarch64/distro-initrd: assembling the file tree
image aarch64/distro-initrd: packing the initramfs
image aarch64/mini-disk: unpacking packages
image aarch64/mini-disk: assembling the file tree
image aarch64/mini-disk: writing the disk
↻ aarch64/6-1-0-50-cloud-arm64-bookworm-to-6-1-0-50-cloud-arm64-bookworm  no-output; attempt 2 follows
… aarch64/6-1-0-50-cloud-arm64-bookworm-to-6-1-0-50-cloud-arm64-bookworm
✗ aarch64/6-1-0-50-cloud-arm64-bookworm-to-6-1-0-50-cloud-arm64-bookworm  no-output (expected booted)  N.N s
    expected  booted, generation 2, root /dev/vda1
    happened  no-output in generation 0, stage firmware
    because   outcome: expected booted, got no-output
    meaning   The console printed nothing at all.
    cure      Check that this is the right serial port and that console= names it. Add earlycon to see a kernel that dies early.
    proof     silence: no byte from the console for N.N s
              cpu-samples: CPU stuck: always at 0x40080000, 1 % of a host CPU (38 samples over N.N s)
              stopped: silent for 60 s of guest time
    next      kexec-lab run kexec-to-distro --arch aarch64 --first-kernel debian:bookworm/linux-image-6.1.0-50-cloud-arm64 --kernel debian:bookworm/linux-image-6.1.0-50-cloud-arm64 --tail
              sh watch/runs/RUN/aarch64/6-1-0-50-cloud-arm64-bookworm-to-6-1-0-50-cloud-arm64-bookworm.retry1/qemu.sh

0 passed, 1 failed in 179 s
report: watch/runs/RUN/report.json

1 new pair: 1 failed.

✗ aarch64: bookworm 6.1.176-1 (cloud-arm64) → bookworm 6.1.176-1 (cloud-arm64)
    result   no-output in generation 0; it fails; no earlier version was booted
    means    The console printed nothing at all.
    because  no byte from the console for N.N s
stderr: downloading the package index of Debian bookworm for arm64
stderr: 1 pair: 0 known, 1 to boot
stderr: page: watch/watch.html
exit code 1
`

exports[`test/cli/messages/watch.test.ts > TAP > watch > kexec-lab watch --history . 1`] = `
$ kexec-lab watch --history .
stderr: .: this is a directory, not a file
exit code 2
`

exports[`test/cli/messages/watch.test.ts > TAP > watch > kexec-lab watch --history damaged.json 1`] = `
$ kexec-lab watch --history damaged.json
stderr: damaged.json: not a history of kexec-lab watch: entries.0.arch: Invalid option: expected one of "aarch64"|"arm"
stderr:   Name a file that kexec-lab watch wrote, or another name to begin a new history, with --history.
exit code 2
`

exports[`test/cli/messages/watch.test.ts > TAP > watch > kexec-lab watch --history pairs.json 1`] = `
$ kexec-lab watch --history pairs.json
stderr: pairs.json: not a history of kexec-lab watch: schema: Invalid input: expected "kexec-lab/history@1"
stderr:   Name a file that kexec-lab watch wrote, or another name to begin a new history, with --history.
exit code 2
`

exports[`test/cli/messages/watch.test.ts > TAP > watch > kexec-lab watch --history text.json 1`] = `
$ kexec-lab watch --history text.json
stderr: text.json: this is not JSON
stderr:   Name a file that kexec-lab watch wrote, or another name to begin a new history, with --history.
exit code 2
`

exports[`test/cli/messages/watch.test.ts > TAP > watch > kexec-lab watch --machine potato 1`] = `
$ kexec-lab watch --machine potato
stderr: --machine: unknown machine "potato"
stderr:   Known machines: aarch64-slow-counter, aarch64-stray-device, aarch64, arm-two-cpus, arm, scaleway-c1, scaleway-vps, uefi-aarch64, uefi-arm. A profile of your own is a file, such as ./my-machine.yaml.
exit code 2
`

exports[`test/cli/messages/watch.test.ts > TAP > watch > kexec-lab watch --to ./linux.deb 1`] = `
$ kexec-lab watch --to ./linux.deb
stderr: --to ./linux.deb: this is not a kernel of the archive
stderr:   Use debian:SUITE, debian:SUITE/PACKAGE or a pattern. kexec-lab pairs boots kernels of yours.
exit code 2
`

exports[`test/cli/messages/watch.test.ts > TAP > watch > kexec-lab watch --to debian:Sid 1`] = `
$ kexec-lab watch --to debian:Sid
stderr: --to debian:Sid: this is not a valid suite name
stderr:   Use a Debian suite, for example debian:bookworm-backports or debian:sid.
exit code 2
`

exports[`test/cli/messages/watch.test.ts > TAP > watch > kexec-lab watch kernels 1`] = `
$ kexec-lab watch kernels
stderr: error: too many arguments for 'watch'. Expected 0 arguments but got 1.
stderr:   kexec-lab watch --help shows the usage.
exit code 2
`
