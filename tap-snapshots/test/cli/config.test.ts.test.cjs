/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/cli/config.test.ts > TAP > each mistake, with its place > messages 1`] = `
kexec-lab.config.yaml:1:14: run.jobs: expected one value, not a list
kexec-lab.config.yaml:1:14: run.jobs: expected text or a number, as in --jobs <n>
kexec-lab.config.yaml:1:14: run.jobs: expected text or a number, as in --jobs <n>
kexec-lab.config.yaml:1:13: run.out: "" is invalid. It must not be empty.
kexec-lab.config.yaml:1:14: run.tail: expected true or false
kexec-lab.config.yaml:1:8: unknown option "retrys" of run; did you mean "retries"?
kexec-lab.config.yaml:1:8: unknown option "checkpoint" of run; did you mean "no-checkpoint"?
kexec-lab.config.yaml:1:8: unknown option "what" of run; kexec-lab run --help lists the options
kexec-lab.config.yaml:1:8: "help" is allowed only on the command line; remove it
kexec-lab.config.yaml:1:8: "config" is allowed only on the command line; remove it
kexec-lab.config.yaml:1:6: run: expected a mapping of options
kexec-lab.config.yaml:1:1: expected a mapping, got a list
kexec-lab.config.yaml:1:1: unknown command "rum"; did you mean "run"?
kexec-lab.config.yaml:1:1: unknown command "jobs"; options belong below the name of their command, such as "run"
kexec-lab.config.yaml:1:1: unknown command "help"; options belong below the name of their command, such as "run"
kexec-lab.config.yaml:1:14: run.jobs: "many" is invalid. It must be a whole number from 1 to 9999.
kexec-lab.config.yaml:1:20: run.arch: "mips" is invalid. It must be aarch64 or arm.
kexec-lab.config.yaml:1:18: run.reporter: unknown reporter "lst"; did you mean "list"?
kexec-lab.config.yaml:1:20: run.quiet: cannot be used with "tail"; remove one
kexec-lab.config.yaml:1:17: duplicate key
kexec-lab.config.yaml:2:1: Flow sequence in block collection must be sufficiently indented and end with a ]
`
