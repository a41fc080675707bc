/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/cli/messages/check.test.ts > TAP > check > kexec-lab check --kernel debian:sid --against missing.json 1`] = `
$ kexec-lab check --kernel debian:sid --against missing.json
stderr: missing.json: cannot read this run: no such file or directory
stderr:   A run that was killed leaves no report.json; choose a finished run.
exit code 2
`

exports[`test/cli/messages/check.test.ts > TAP > check > kexec-lab check --kernel debian:sid --arch mips 1`] = `
$ kexec-lab check --kernel debian:sid --arch mips
stderr: error: option '--arch <arch>' argument 'mips' is invalid. It must be aarch64 or arm.
exit code 2
`

exports[`test/cli/messages/check.test.ts > TAP > check > kexec-lab check --kernel debian:sid --baseline debian:trixie --against x 1`] = `
$ kexec-lab check --kernel debian:sid --baseline debian:trixie --against x
stderr: error: option '--baseline <candidate>' cannot be used with option '--against <file>'
exit code 2
`

exports[`test/cli/messages/check.test.ts > TAP > check > kexec-lab check --kernel debian:sid --fail-on worse 1`] = `
$ kexec-lab check --kernel debian:sid --fail-on worse
stderr: error: option '--fail-on <class>' argument 'worse' is invalid. It must be regressed, changed, lost, unstable, neither, costlier, unknown, new, fixed or same.
exit code 2
`

exports[`test/cli/messages/check.test.ts > TAP > check > kexec-lab check --kernel debian:sid kexec-to-ditsro 1`] = `
$ kexec-lab check --kernel debian:sid kexec-to-ditsro
stderr: no scenario is named or labelled "kexec-to-ditsro"; did you mean "kexec-to-distro"?
stderr:   kexec-lab list shows all scenarios and labels.
exit code 4
`

exports[`test/cli/messages/check.test.ts > TAP > check > kexec-lab check --kernel missing.deb 1`] = `
$ kexec-lab check --kernel missing.deb
stderr: --kernel missing.deb: cannot read it: no such file or directory
stderr:   Check the path.
exit code 2
`

exports[`test/cli/messages/check.test.ts > TAP > check > kexec-lab check --kernel text.txt 1`] = `
$ kexec-lab check --kernel text.txt
stderr: --kernel text.txt: this is not a kernel for arm or aarch64: it is a text file
exit code 2
`

exports[`test/cli/messages/check.test.ts > TAP > check > kexec-lab check --kexec-tools debian:sid 1`] = `
$ kexec-lab check --kexec-tools debian:sid
stderr: no kernel to check
stderr:   Name the new kernel with --kernel, or the new first kernel with --first-kernel. To check only kexec-tools or an initramfs, name the current kernel with --kernel.
exit code 2
`

exports[`test/cli/messages/check.test.ts > TAP > check > kexec-lab check 1`] = `
$ kexec-lab check
stderr: no kernel to check
stderr:   Name the new kernel with --kernel, or the new first kernel with --first-kernel. To check only kexec-tools or an initramfs, name the current kernel with --kernel.
exit code 2
`
