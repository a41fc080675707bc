/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/scenario/step.test.ts > TAP > steps as their author writes them > one per line 1`] = `
wait for signature login-prompt
wait for signature login-prompt, generation 2
wait for screen Boot Manager
wait for reported booted
type "root\\n"
press ctrl-c
run kexec -e
ssh tee -a kexec.sh
set the tags KEXEC_APPEND
reset the machine
nbd-dies
`
