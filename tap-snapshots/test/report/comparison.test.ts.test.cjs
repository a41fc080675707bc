/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/report/comparison.test.ts > TAP > as lines: both kernels, a row per case, costs, and the decision last > costlier, alike, held, apart 1`] = `
baseline   debian:bookworm
candidate  debian:trixie

+ costlier   aarch64/kexec-to-distro  3/3 -> 3/3  2 kernel: 1.700 s -> 1.900 s (+11.8 %, n=3)

Guest time of the second kernel
  aarch64/kexec-to-distro  2 kernel: 1.700 s -> 1.900 s (+11.8 %, n=3), spread 0.00 %

ROLL
  3 boots without a failure leave open that a case fails in up to 63 % of its boots (95 % confidence). More boots with --repeat narrow this.

baseline   debian:bookworm
candidate  debian:trixie

✓ same       aarch64/kexec-to-distro  3/3 -> 3/3  booted (generation 2, userspace)

Guest time of the second kernel
  aarch64/kexec-to-distro  2 kernel: 1.700 s ~ 1.700 s (+0.0 %, n=3), spread 0.00 %

ROLL
  3 boots without a failure leave open that a case fails in up to 63 % of its boots (95 % confidence). More boots with --repeat narrow this.

baseline   debian:bookworm
candidate  debian:trixie

✗ regressed  aarch64/kexec-to-distro  3/3 -> 0/3  booted before, now bye-hang (generation 1, kexec)

HOLD
  aarch64/kexec-to-distro regressed: booted before, now bye-hang (generation 1, kexec)

baseline   debian:bookworm
candidate  debian:trixie
differs    QEMU for arm: 7.2.22 and 10.0.2
           costs are therefore not compared

✓ same       aarch64/kexec-to-distro  3/3 -> 3/3  booted (generation 2, userspace)

ROLL
  3 boots without a failure leave open that a case fails in up to 63 % of its boots (95 % confidence). More boots with --repeat narrow this.

`

exports[`test/report/comparison.test.ts > TAP > one boot of each side: both times, and that stability was not tested > caveats 1`] = `
Stability was not tested: one boot does not show how often a case fails. Boot every case several times with --repeat.
Stability was not tested in 1 of 2 cases: one boot does not show how often a case fails. Boot every case several times with --repeat.
3 boots without a failure leave open that a case fails in up to 63 % of its boots (95 % confidence). More boots with --repeat narrow this.
`

exports[`test/report/comparison.test.ts > TAP > what comes up with neither kernel is named before the reasons > both 1`] = `
baseline   debian:bookworm
candidate  debian:trixie

✗ neither    aarch64/kexec-to-distro-gicv3  0/3 -> 0/3  bye-hang (generation 1, kexec)
✓ same       aarch64/kexec-to-distro        3/3 -> 3/3  booted (generation 2, userspace)

ROLL
  Comes up with neither kernel: kexec-to-distro on GICv3 without UEFI (aarch64)
  3 boots without a failure leave open that a case fails in up to 63 % of its boots (95 % confidence). More boots with --repeat narrow this.

## :white_check_mark: ROLL

Candidate \`debian:trixie\` against \`debian:bookworm\`.

- \`Comes up with neither kernel: kexec-to-distro on GICv3 without UEFI (aarch64)\`
- 3 boots without a failure leave open that a case fails in up to 63 % of its boots (95 % confidence). More boots with --repeat narrow this.

| class | case | baseline | candidate | |
| --- | --- | --- | --- | --- |
| **neither** | \`aarch64/kexec-to-distro-gicv3\` | 0 of 3 | 0 of 3 | \`bye-hang (generation 1, kexec)\` |
| **same** | \`aarch64/kexec-to-distro\` | 3 of 3 | 3 of 3 | \`booted (generation 2, userspace)\` |

baseline   debian:bookworm
candidate  debian:trixie

✗ neither    aarch64/kexec-to-distro-gicv3  0/3 -> 0/3  bye-hang (generation 1, kexec)

HOLD
  Comes up with neither kernel: kexec-to-distro on GICv3 without UEFI (aarch64)
  the baseline came up in no case, so a comparison with it shows nothing

`
