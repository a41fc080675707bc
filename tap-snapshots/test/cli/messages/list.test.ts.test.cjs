/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list --scenarios . 1`] = `
$ kexec-lab list --scenarios .
stderr: all.yaml: a scenario cannot be named "all"
stderr:   Name the file with a-z, 0-9 and single dashes, such as kexec-to-distro.yaml; "all" is reserved.
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list a-list.yaml 1`] = `
$ kexec-lab list a-list.yaml
stderr: a-list.yaml:1:1: expected a mapping, got a list
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list a-tab.yaml 1`] = `
$ kexec-lab list a-tab.yaml
stderr: a-tab.yaml:3:1: Tabs are not allowed as indentation
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list all.yaml 1`] = `
$ kexec-lab list all.yaml
stderr: all.yaml: a scenario cannot be named "all"
stderr:   Name the file with a-z, 0-9 and single dashes, such as kexec-to-distro.yaml; "all" is reserved.
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list deep.yaml 1`] = `
$ kexec-lab list deep.yaml
stderr: deep.yaml:1:N: this is nested too deeply
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list empty.yaml 1`] = `
$ kexec-lab list empty.yaml
stderr: empty.yaml:1:1: expected a mapping, got nothing
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list hang-with-root.yaml 1`] = `
$ kexec-lab list hang-with-root.yaml
stderr: hang-with-root.yaml:4:36: expect.root: this is only proved by a boot, but the outcome is bye-hang
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list large.yaml 1`] = `
$ kexec-lab list large.yaml
stderr: large.yaml: this file is larger than 1 MiB (1 MiB)
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list negative-limit.yaml 1`] = `
$ kexec-lab list negative-limit.yaml
stderr: negative-limit.yaml:5:20: limits.silence: must be more than 0 seconds
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list no-kernel.yaml 1`] = `
$ kexec-lab list no-kernel.yaml
stderr: no-kernel.yaml:5:17: boot.kernel: machine "aarch64" has no firmware that looks for one (see machine uefi-aarch64)
stderr: no-kernel.yaml:5:17: boot.kernel: machine "arm" has no firmware that looks for one (see machine uefi-arm)
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list no-network.yaml 1`] = `
$ kexec-lab list no-network.yaml
stderr: no-network.yaml:5:18: boot.storage: machine "aarch64" has no network
stderr: no-network.yaml:5:18: boot.storage: machine "arm" has no network
stderr: no-network.yaml:6:8: steps: ssh true: machine "aarch64" has no network
stderr: no-network.yaml:6:8: steps: a reset step needs on-reset: reboot; otherwise the reset ends the boot
stderr: no-network.yaml:6:8: steps: ssh true: machine "arm" has no network
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list no-such-file.yaml 1`] = `
$ kexec-lab list no-such-file.yaml
stderr: no-such-file.yaml:5:17: boot.kernel: nowhere does not exist
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list not-in-arch.yaml 1`] = `
$ kexec-lab list not-in-arch.yaml
stderr: not-in-arch.yaml:5:13: per-arch: "arm" is not in the list of arch
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list not-yaml.yaml 1`] = `
$ kexec-lab list not-yaml.yaml
stderr: not-yaml.yaml:2:1: Missing closing "quote
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list other-arch.yaml 1`] = `
$ kexec-lab list other-arch.yaml
stderr: other-arch.yaml:5:18: boot.machine: machine "scaleway-c1" is arm, not aarch64
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list proof-by-hearsay.yaml 1`] = `
$ kexec-lab list proof-by-hearsay.yaml
stderr: proof-by-hearsay.yaml:4:50: expect.proof: expected lab, system, login, { run: COMMAND } or { ssh: COMMAND }
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list proof-of-a-hang.yaml 1`] = `
$ kexec-lab list proof-of-a-hang.yaml
stderr: proof-of-a-hang.yaml:4:52: expect.proof: only a boot can be proved, but the outcome is bye-hang
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list proof-of-any.yaml 1`] = `
$ kexec-lab list proof-of-any.yaml
stderr: proof-of-any.yaml:4:35: expect.proof: add the generation that should come up (2 after one kexec)
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list proof-of-root.yaml 1`] = `
$ kexec-lab list proof-of-root.yaml
stderr: proof-of-root.yaml:4:63: expect.root: only proof: lab and proof: system report the root device
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list second-kernel.yaml 1`] = `
$ kexec-lab list second-kernel.yaml
stderr: second-kernel.yaml:5:36: boot.second-kernel: a second kernel needs a disk recipe; a disk of your own already has its kernel
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list silence.yaml 1`] = `
$ kexec-lab list silence.yaml
stderr: silence.yaml:5:31: limits.silence: 20 s exceeds the total of 10 s
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list steps.yaml 1`] = `
$ kexec-lab list steps.yaml
stderr: steps.yaml:6:5: steps.0: a step has exactly one of these keys: wait, type, key, run, ssh, tags, reset, fault
stderr: steps.yaml:7:5: steps.1: exit is only valid with run and ssh
stderr: steps.yaml:8:5: steps.2: stdin is only valid with ssh
stderr: steps.yaml:9:10: steps.3.key: "escpae" is not valid here; did you mean "escape"?
stderr: steps.yaml:10:5: steps.4: generation is only valid with signature
stderr: steps.yaml:11:12: steps.5.reset: this is not valid here; choose from: true
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list twice.yaml 1`] = `
$ kexec-lab list twice.yaml
stderr: twice.yaml:5:1: duplicate key
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list two-documents.yaml 1`] = `
$ kexec-lab list two-documents.yaml
stderr: two-documents.yaml:2:1: a second document begins here; a file contains one
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list unknown-arch.yaml 1`] = `
$ kexec-lab list unknown-arch.yaml
stderr: unknown-arch.yaml:3:8: arch.0: "mips" is not valid here; choose from: aarch64, arm
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list unknown-key.yaml 1`] = `
$ kexec-lab list unknown-key.yaml
stderr: unknown-key.yaml:5:1: unknown key "limit"; did you mean "limits"?
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list unknown-machine.yaml 1`] = `
$ kexec-lab list unknown-machine.yaml
stderr: unknown-machine.yaml:5:18: boot.machine: unknown machine "c1"; choose from: aarch64-slow-counter, aarch64-stray-device, aarch64, arm-two-cpus, arm, scaleway-c1, scaleway-vps, uefi-aarch64, uefi-arm
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list unknown-outcome.yaml 1`] = `
$ kexec-lab list unknown-outcome.yaml
stderr: unknown-outcome.yaml:4:20: expect.outcome: "boted" is not valid here; did you mean "booted"?
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list unknown-recipe.yaml 1`] = `
$ kexec-lab list unknown-recipe.yaml
stderr: unknown-recipe.yaml:5:17: boot.kernel: unknown recipe for a kernel "old-kernal"; choose from: debian-kdump-trixie, debian-kdump, debian-system, distro-kernel, provider-kernel-usb, provider-kernel
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list unknown-signal.yaml 1`] = `
$ kexec-lab list unknown-signal.yaml
stderr: unknown-signal.yaml:6:5: steps.0: wait for exactly one of signature, screen, reported
stderr: unknown-signal.yaml:6:13: steps.0.wait: unknown key "signal"
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list without-arch.yaml 1`] = `
$ kexec-lab list without-arch.yaml
stderr: without-arch.yaml:3:7: arch: name at least one architecture
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list without-title.yaml 1`] = `
$ kexec-lab list without-title.yaml
stderr: without-title.yaml:1:1: "title" is missing
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list Wrong_Name.yaml 1`] = `
$ kexec-lab list Wrong_Name.yaml
stderr: Wrong_Name.yaml: a scenario cannot be named "Wrong_Name"
stderr:   Name the file with a-z, 0-9 and single dashes, such as kexec-to-distro.yaml; "all" is reserved.
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list wrong-kernel.yaml 1`] = `
$ kexec-lab list wrong-kernel.yaml
stderr: wrong-kernel.yaml:5:17: boot.kernel: expected the name of a recipe, { file: PATH } or { recipe: PATH }
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list wrong-labels.yaml 1`] = `
$ kexec-lab list wrong-labels.yaml
stderr: wrong-labels.yaml:5:9: labels: a label is repeated
stderr: wrong-labels.yaml:5:24: labels.2: a label is made of a-z, 0-9 and single dashes
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list wrong-limit.yaml 1`] = `
$ kexec-lab list wrong-limit.yaml
stderr: wrong-limit.yaml:5:18: limits.total: expected a number, got text
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list wrong-proof.yaml 1`] = `
$ kexec-lab list wrong-proof.yaml
stderr: wrong-proof.yaml:4:35: expect.proof: a proof by command has exactly one of run, ssh
stderr: wrong-proof.yaml:4:37: expect.proof: unknown key "command"
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list wrong-reset.yaml 1`] = `
$ kexec-lab list wrong-reset.yaml
stderr: wrong-reset.yaml:5:19: boot.on-reset: "stop" is not valid here; choose from: exit, reboot
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list wrong-step.yaml 1`] = `
$ kexec-lab list wrong-step.yaml
stderr: wrong-step.yaml:6:5: steps.0: unknown key "wiat"; did you mean "wait"?
stderr: wrong-step.yaml:6:5: steps.0: a step has exactly one of these keys: wait, type, key, run, ssh, tags, reset, fault
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > mistakes in scenarios > kexec-lab list wrong-tags.yaml 1`] = `
$ kexec-lab list wrong-tags.yaml
stderr: wrong-tags.yaml:5:17: boot.tags.kexec: a tag is named like KEXEC_KERNEL
stderr: wrong-tags.yaml:5:41: boot.tags.KEXEC_APPEND: expected text, got a number (put it in quotes)
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > scenarios > kexec-lab list --arch arm 1`] = `
$ kexec-lab list --arch arm
stderr: error: unknown option '--arch'
stderr:   kexec-lab list --help shows the usage.
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > scenarios > kexec-lab list --scenarios mine other 1`] = `
$ kexec-lab list --scenarios mine other
stderr: no scenario is named or labelled "other"
stderr:   kexec-lab list shows all scenarios and labels.
exit code 4
`

exports[`test/cli/messages/list.test.ts > TAP > scenarios > kexec-lab list --scenarios nowhere 1`] = `
$ kexec-lab list --scenarios nowhere
stderr: nowhere: cannot list this directory of scenarios: no such file or directory
stderr:   Give --scenarios a directory that you can read.
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > scenarios > kexec-lab list arm/kexec-to-distro#2 1`] = `
$ kexec-lab list arm/kexec-to-distro#2
stderr: arm/kexec-to-distro#2 is a case, not a scenario
stderr:   Use kexec-to-distro --arch arm.
exit code 2
`

exports[`test/cli/messages/list.test.ts > TAP > scenarios > kexec-lab list kexec-to-ditsro 1`] = `
$ kexec-lab list kexec-to-ditsro
stderr: no scenario is named or labelled "kexec-to-ditsro"; did you mean "kexec-to-distro"?
stderr:   kexec-lab list shows all scenarios and labels.
exit code 4
`

exports[`test/cli/messages/list.test.ts > TAP > scenarios > kexec-lab list mine.yaml --exclude mine 1`] = `
$ kexec-lab list mine.yaml --exclude mine
stderr: --exclude leaves out every selected scenario
stderr:   Exclude fewer scenarios or select more; kexec-lab list shows names and labels.
exit code 4
`

exports[`test/cli/messages/list.test.ts > TAP > scenarios > kexec-lab list mine.yaml 1`] = `
$ kexec-lab list mine.yaml
NAME  ARCH         EXPECTED  LABELS  TITLE
mine  aarch64 arm  booted            A title
exit code 0
`

exports[`test/cli/messages/list.test.ts > TAP > scenarios > kexec-lab list missing.yaml 1`] = `
$ kexec-lab list missing.yaml
stderr: missing.yaml: cannot read this file: no such file or directory
stderr:   Check the path.
exit code 2
`
