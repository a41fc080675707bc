/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/cli/messages/bisect.test.ts > TAP > bisect > kexec-lab bisect --good ./one --bad debian:sid 1`] = `
$ kexec-lab bisect --good ./one --bad debian:sid
stderr: --good ./one: this is not a kernel of the archive
stderr:   To search among kernels of yours, name all of them in order: kexec-lab bisect ./one ./two ./three.
exit code 2
`

exports[`test/cli/messages/bisect.test.ts > TAP > bisect > kexec-lab bisect --good debian:bookworm 1`] = `
$ kexec-lab bisect --good debian:bookworm
stderr: name a good and a bad kernel, or kernels in order
stderr:   For example: kexec-lab bisect --good debian:bookworm --bad debian:sid; or kexec-lab bisect ./build-1 ./build-2 ./build-3.
exit code 2
`

exports[`test/cli/messages/bisect.test.ts > TAP > bisect > kexec-lab bisect ./missing ./two 1`] = `
$ kexec-lab bisect ./missing ./two
stderr: --kernel ./missing: cannot read it: no such file or directory
stderr:   Check the path.
exit code 2
`

exports[`test/cli/messages/bisect.test.ts > TAP > bisect > kexec-lab bisect ./one --bad debian:sid 1`] = `
$ kexec-lab bisect ./one --bad debian:sid
stderr: name a good and a bad kernel, or kernels in order
stderr:   For example: kexec-lab bisect --good debian:bookworm --bad debian:sid; or kexec-lab bisect ./build-1 ./build-2 ./build-3.
exit code 2
`

exports[`test/cli/messages/bisect.test.ts > TAP > bisect > kexec-lab bisect ./one ./two --arch riscv 1`] = `
$ kexec-lab bisect ./one ./two --arch riscv
stderr: error: option '--arch <arch>' argument 'riscv' is invalid. It must be aarch64 or arm.
exit code 2
`

exports[`test/cli/messages/bisect.test.ts > TAP > bisect > kexec-lab bisect ./one ./two --rate 2 1`] = `
$ kexec-lab bisect ./one ./two --rate 2
stderr: error: option '--rate <share>' argument '2' is invalid. It must be from 0.1 to 1.
exit code 2
`

exports[`test/cli/messages/bisect.test.ts > TAP > bisect > kexec-lab bisect ./one ./two --scenario nothing 1`] = `
$ kexec-lab bisect ./one ./two --scenario nothing
stderr: no scenario is named or labelled "nothing"
stderr:   kexec-lab list shows all scenarios and labels.
exit code 4
`

exports[`test/cli/messages/bisect.test.ts > TAP > bisect > kexec-lab bisect ./one ./two --scenario quick 1`] = `
$ kexec-lab bisect ./one ./two --scenario quick
stderr: --scenario quick: this is more than one case
stderr:   Name one scenario, on one machine. kexec-lab list shows them.
exit code 2
`

exports[`test/cli/messages/bisect.test.ts > TAP > bisect > kexec-lab bisect ./one ./two 1`] = `
$ kexec-lab bisect ./one ./two
stderr: --kernel ./one: no kernel found in this directory
stderr:   Name a directory with the .deb files of a kernel, or with vmlinuz, vmlinuz-RELEASE or boot/vmlinuz-RELEASE.
exit code 2
`

exports[`test/cli/messages/bisect.test.ts > TAP > bisect > kexec-lab bisect 1`] = `
$ kexec-lab bisect
stderr: name a good and a bad kernel, or kernels in order
stderr:   For example: kexec-lab bisect --good debian:bookworm --bad debian:sid; or kexec-lab bisect ./build-1 ./build-2 ./build-3.
exit code 2
`
