/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/autopsy/hostile.test.ts > TAP > a memory full of what begins like something is read once, and what is left out is said > log 1`] = `
there are too many starts of logs to read them all
`

exports[`test/autopsy/hostile.test.ts > TAP > a memory full of what begins like something is read once, and what is left out is said > purgatory 1`] = `
there are too many purgatories to list them all
`

exports[`test/autopsy/hostile.test.ts > TAP > a memory full of what begins like something is read once, and what is left out is said > tree 1`] = `
there are too many device trees to read them all
`
