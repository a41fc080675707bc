/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/report/bisect.test.ts > TAP > the answer > must match snapshot 1`] = `

first bad  debian:sid/linux-image-7.2-arm64 (7.2-1)
last good  debian:sid/linux-image-6.12-arm64 (6.12-1)
between    debian:sid/linux-image-6.16-arm64 (6.16-1): their boots ended
           otherwise, so any of them may be the first
certainty  wrong with a probability of 0.073 %
failure    bye-hang: The second kernel never spoke.
evidence   Bye!
cure       Try earlycon.
record     runs/one/aarch64/kexec-to-distro
config     1 changed
           CONFIG_EFI: n → y
changelog  2 versions
           7.2-1
           * Change of 7.2
           6.16-1
           * Change of 6.16

`
