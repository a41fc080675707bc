/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/report/differences.test.ts > TAP > after a verdict: what matters, a line each > a pass and a failure 1`] = `
run r1: 1 case, 2 at a time, in runs/r1
… aarch64/web1
✓ aarch64/web1  booted  4.4 s
    differs   memory (alike): 2048 MiB instead of 131072 MiB
              Secure Boot (not here): no signature is checked

1 passed in 74.0 s
report: runs/r1/report.json

run r1: 1 case, 2 at a time, in runs/r1
… aarch64/web1
✗ aarch64/web1  root-mount-failed (expected booted)  5.1 s
    expected  booted, generation 2, root /dev/vda1
    happened  root-mount-failed in generation 2, stage initramfs (device /dev/vda)
    because   outcome: expected booted, got root-mount-failed
    meaning   The root could not be mounted.
    cure      Name the partition.
    proof     runs/r1/aarch64/web1/console.log:123: mount: mounting /dev/vda on /root failed: Invalid argument
              silence: silent for 3.0 s
    differs   memory (alike): 2048 MiB instead of 131072 MiB
              Secure Boot (not here): no signature is checked
    next      kexec-lab run web1 --arch aarch64 --tail
              sh runs/r1/aarch64/web1/qemu.sh

0 passed, 1 failed in 74.0 s
report: runs/r1/report.json

`

exports[`test/report/differences.test.ts > TAP > check: once per server, before the decision > text and Markdown 1`] = `
baseline   the server's own kernel
candidate  debian:trixie

✓ same       aarch64/db1   1/1 -> 1/1  booted (generation 2, userspace)
✓ same       aarch64/web1  2/3 -> 2/3  booted (generation 2, userspace)

How aarch64/web1 differs from the server
  alike     memory       2048 MiB instead of 131072 MiB
  not here  Secure Boot  no signature is checked

ROLL

## :white_check_mark: ROLL

Candidate \`debian:trixie\` against \`the server's own kernel\`.

| class | case | baseline | candidate | |
| --- | --- | --- | --- | --- |
| **same** | \`aarch64/db1\` | 1 of 1 | 1 of 1 | \`booted (generation 2, userspace)\` |
| **same** | \`aarch64/web1\` | 2 of 3 | 2 of 3 | \`booted (generation 2, userspace)\` |

### How aarch64/web1 differs from the server

\`\`\`text
memory (alike): 2048 MiB instead of 131072 MiB
Secure Boot (not here): no signature is checked
\`\`\`

`

exports[`test/report/differences.test.ts > TAP > the summary of a job: once per server, if there is room > the summary 1`] = `
## kexec-lab: 2 passed, 1 failed in 74.0 s

| scenario | aarch64 |
| --- | --- |
| web1 | ✅ booted (4.4 s)<br>✅ booted (4.4 s)<br>❌ root-mount-failed (5.1 s) |


### ❌ aarch64/web1 #3: root-mount-failed

\`\`\`text
expected  booted, generation 2, root /dev/vda1
happened  root-mount-failed in generation 2, stage initramfs (device /dev/vda)
because   outcome: expected booted, got root-mount-failed
meaning   The root could not be mounted.
cure      Name the partition.
proof     aarch64/web1/console.log:123: mount: mounting /dev/vda on /root failed: Invalid argument
          silence: silent for 3.0 s
next      kexec-lab run web1 --arch aarch64 --tail
          sh aarch64/web1/qemu.sh
\`\`\`

### How aarch64/web1 differs from the server

\`\`\`text
memory (alike): 2048 MiB instead of 131072 MiB
Secure Boot (not here): no signature is checked
\`\`\`

`
