/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/qemu/arguments.test.ts > TAP > what is known of skipping idle time, in words > proved, then assumed 1`] = `
works (sleep=off)
does not work: DETAIL; machines wait in real time while idle (sleep=on)
does not work: DETAIL; machines run on the host's clock
not tried (DETAIL); assumed to work (sleep=off)
not tried (DETAIL); assumed to work (sleep=on)
not tried (DETAIL); assumed to work (host)
`
