/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/run/verdict.test.ts > TAP > a step that was not done is a reason, told with its place > the reasons 1`] = `
a.yaml:12: step 2 (ssh true): refused
step 1 (ssh true): the boot ended before it was done
`

exports[`test/run/verdict.test.ts > TAP > the verdict names everything that differs > the reasons 1`] = `
outcome: expected bye-hang, got booted
root device: expected /dev/vdb1, got /dev/vda1
device: expected /dev/vda, got none
`
