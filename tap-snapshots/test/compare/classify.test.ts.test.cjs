/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/compare/classify.test.ts > TAP > the reasons, in words > one per line 1`] = `
same: booted (generation 2, userspace)
regressed: booted before, now bye-hang (generation 1, kexec)
changed: kernel-panic (generation 2, kernel) before, now bye-hang (generation 1, kexec), earlier than before
changed: bye-hang (generation 1, kexec) before, now kernel-panic (generation 2, kernel)
changed: kernel-panic (generation 2, kernel) as before, but with other evidence: "Kernel panic - not syncing: Oops at ffff80000812a2c4" before, now "Kernel panic - not syncing: a NULL pointer"
changed: bye-hang is expected, but the machine now boots
unstable: 2 of 3 boots as expected, 3 of 3 before; otherwise bye-hang (generation 1, kexec)
unknown: 1 of 3 baseline boots and 2 of 3 candidate boots were inconclusive
fixed: bye-hang (generation 1, kexec) before
lost: not run with the candidate
new: not in the baseline; 3 of 3 boots as expected: booted (generation 2, userspace)
unknown: the candidate was inconclusive
nothing was compared
`

exports[`test/compare/classify.test.ts > TAP > what comes up with neither kernel does not hold by itself, and is named > sentences 1`] = `
Comes up with neither kernel: kexec-to-distro, kexec-to-distro on GICv3 without UEFI (aarch64)
Comes up with neither kernel: kexec-to-distro (aarch64)
`
