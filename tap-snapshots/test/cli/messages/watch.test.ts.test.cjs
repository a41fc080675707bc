/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/cli/messages/watch.test.ts > TAP > watch > kexec-lab watch --history . 1`] = `
$ kexec-lab watch --history .
stderr: .: this is a directory, not a file
exit code 2
`

exports[`test/cli/messages/watch.test.ts > TAP > watch > kexec-lab watch --history damaged.json 1`] = `
$ kexec-lab watch --history damaged.json
stderr: damaged.json: not a history of kexec-lab watch: entries.0.arch: Invalid option: expected one of "aarch64"|"arm"
stderr:   Name a file that kexec-lab watch wrote, or another name to begin a new history, with --history.
exit code 2
`

exports[`test/cli/messages/watch.test.ts > TAP > watch > kexec-lab watch --history pairs.json 1`] = `
$ kexec-lab watch --history pairs.json
stderr: pairs.json: not a history of kexec-lab watch: schema: Invalid input: expected "kexec-lab/history@1"
stderr:   Name a file that kexec-lab watch wrote, or another name to begin a new history, with --history.
exit code 2
`

exports[`test/cli/messages/watch.test.ts > TAP > watch > kexec-lab watch --history text.json 1`] = `
$ kexec-lab watch --history text.json
stderr: text.json: this is not JSON
stderr:   Name a file that kexec-lab watch wrote, or another name to begin a new history, with --history.
exit code 2
`

exports[`test/cli/messages/watch.test.ts > TAP > watch > kexec-lab watch --machine potato 1`] = `
$ kexec-lab watch --machine potato
stderr: --machine: unknown machine "potato"
stderr:   Known machines: aarch64-slow-counter, aarch64-stray-device, aarch64, arm-two-cpus, arm, scaleway-c1, scaleway-vps, uefi-aarch64, uefi-arm. A profile of your own is a file, such as ./my-machine.yaml.
exit code 2
`

exports[`test/cli/messages/watch.test.ts > TAP > watch > kexec-lab watch --to ./linux.deb 1`] = `
$ kexec-lab watch --to ./linux.deb
stderr: --to ./linux.deb: this is not a kernel of the archive
stderr:   Use debian:SUITE, debian:SUITE/PACKAGE or a pattern. kexec-lab pairs boots kernels of yours.
exit code 2
`

exports[`test/cli/messages/watch.test.ts > TAP > watch > kexec-lab watch --to debian:Sid 1`] = `
$ kexec-lab watch --to debian:Sid
stderr: --to debian:Sid: this is not a valid suite name
stderr:   Use a Debian suite, for example debian:bookworm-backports or debian:sid.
exit code 2
`

exports[`test/cli/messages/watch.test.ts > TAP > watch > kexec-lab watch kernels 1`] = `
$ kexec-lab watch kernels
stderr: error: too many arguments for 'watch'. Expected 0 arguments but got 1.
stderr:   kexec-lab watch --help shows the usage.
exit code 2
`
