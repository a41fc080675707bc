/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/report/tap.test.ts > TAP > one test point per case, with diagnostics below what did not pass > the document 1`] = `
TAP version 14
1..2
ok 1 - aarch64/kexec: booted
not ok 2 - arm/whole-disk: booted
  ---
  verdict: "fail"
  reasons:
    - "outcome: expected booted, got root-mount-failed"
  expected: "booted, generation 2, root /dev/vda1"
  happened: "root-mount-failed in generation 2, stage initramfs (device /dev/vda)"
  meaning: "The root could not be mounted."
  cure: "Name the partition."
  evidence:
    - "arm/whole-disk/console.log:123: mount: mounting /dev/vda on /root failed: Invalid argument"
    - "silence: silent for 3.0 s"
  seconds: 5.1
  ...

`
