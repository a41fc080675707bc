/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/report/plain.test.ts > TAP > a run in which one passes, one fails and one cannot be run > the run 1`] = `
run r1: 3 cases, 2 at a time, in runs/r1
… aarch64/kexec
✓ aarch64/kexec       booted  4.4 s
… aarch64/whole-disk
✗ aarch64/whole-disk  root-mount-failed (expected booted)  5.1 s
    expected  booted, generation 2, root /dev/vda1
    happened  root-mount-failed in generation 2, stage initramfs (device /dev/vda)
    because   outcome: expected booted, got root-mount-failed
    meaning   The root could not be mounted.
    cure      Name the partition.
    proof     runs/r1/aarch64/whole-disk/console.log:123: mount: mounting /dev/vda on /root failed: Invalid argument
              silence: silent for 3.0 s
    next      kexec-lab run whole-disk --arch aarch64 --tail
              sh runs/r1/aarch64/whole-disk/qemu.sh
… arm/kexec
? arm/kexec           unavailable  0.1 s
    expected  booted
    because   no usable qemu-system-arm on this machine
              Install it: apt-get install …

✗ aarch64/whole-disk  root-mount-failed (expected booted)  5.1 s
? arm/kexec           unavailable  0.1 s
1 passed, 1 failed, 1 unavailable in 74.0 s
report: runs/r1/report.json

`

exports[`test/report/plain.test.ts > TAP > retries, flaky passes and interrupted runs > the lines 1`] = `
run r1: 2 cases, 1 at a time, in runs/r1
↻ arm/kexec  root-mount-failed; attempt 2 follows
✓ arm/kexec  booted  4.4 s flaky, 2 attempts
stopping (SIGINT); press Ctrl-C again to leave at once
– arm/bye    interrupted  1.0 s

`
