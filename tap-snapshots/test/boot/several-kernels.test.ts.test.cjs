/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/boot/several-kernels.test.ts > TAP > a prompt behind the last word of a kernel is the next one’s, and before it anybody’s > words 1`] = `
A kexec began and a login prompt follows, but nothing shows which kernel printed it.
`
