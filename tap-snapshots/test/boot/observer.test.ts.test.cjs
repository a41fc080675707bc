/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/boot/observer.test.ts > TAP > a live bye-hang rests on silence and on samples > words 1`] = `
no byte from the console for 3.6 s
CPU stuck: always at 0x40080000, 98 % of a host CPU (21 samples over 2.0 s)
The first kernel said "Bye!", then nothing: the console is silent and the CPUs are stuck. The second kernel is dead, not slow.
`

exports[`test/boot/observer.test.ts > TAP > before the end nothing is called unfinished > words 1`] = `
Not decided yet: the boot is in the kernel stage of generation 1.
`
