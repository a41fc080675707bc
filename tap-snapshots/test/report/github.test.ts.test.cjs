/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/report/github.test.ts > TAP > the summary is appended to the file, and fits > a pass and a failure 1`] = `
before
## kexec-lab: 1 passed, 1 failed in 74.0 s

| scenario | aarch64 | arm |
| --- | --- | --- |
| kexec | ✅ booted (4.4 s) | ❌ root-mount-failed (5.1 s) |


### ❌ arm/kexec: root-mount-failed

\`\`\`text
expected  booted, generation 2, root /dev/vda1
happened  root-mount-failed in generation 2, stage initramfs (device /dev/vda)
because   outcome: expected booted, got root-mount-failed
meaning   The root could not be mounted.
cure      Name the partition.
proof     arm/kexec/console.log:123: mount: mounting /dev/vda on /root failed: Invalid argument
          silence: silent for 3.0 s
next      kexec-lab run kexec --arch arm --tail
          sh arm/kexec/qemu.sh
\`\`\`

`
