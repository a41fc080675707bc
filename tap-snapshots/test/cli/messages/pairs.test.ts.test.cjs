/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/cli/messages/pairs.test.ts > TAP > pairs > kexec-lab pairs --from ./linux.deb --to debian:sid 1`] = `
$ kexec-lab pairs --from ./linux.deb --to debian:sid
stderr: --from ./linux.deb: the first kernel must be a Debian kernel
stderr:   Use debian:SUITE or debian:SUITE/PACKAGE, for example debian:bookworm.
exit code 2
`

exports[`test/cli/messages/pairs.test.ts > TAP > pairs > kexec-lab pairs --from debian:bookworm 1`] = `
$ kexec-lab pairs --from debian:bookworm
stderr: no kernels to pair
stderr:   Name kernels for both sides, or with --from and --to. For example: kexec-lab pairs debian:bookworm,debian:sid.
exit code 2
`

exports[`test/cli/messages/pairs.test.ts > TAP > pairs > kexec-lab pairs 1`] = `
$ kexec-lab pairs
stderr: no kernels to pair
stderr:   Name kernels for both sides, or with --from and --to. For example: kexec-lab pairs debian:bookworm,debian:sid.
exit code 2
`

exports[`test/cli/messages/pairs.test.ts > TAP > pairs > kexec-lab pairs debian:bookworm --arch aarch64 --known missing.json 1`] = `
$ kexec-lab pairs debian:bookworm --arch aarch64 --known missing.json
stderr: missing.json: this file does not exist
stderr:   Name a pairs.json that kexec-lab pairs wrote, or leave --known out.
exit code 2
`

exports[`test/cli/messages/pairs.test.ts > TAP > pairs > kexec-lab pairs debian:bookworm --arch aarch64 --known other.json 1`] = `
$ kexec-lab pairs debian:bookworm --arch aarch64 --known other.json
stderr: other.json: not a file of kexec-lab pairs: schema: Invalid input: expected "kexec-lab/pairs@1"
stderr:   Name a pairs.json that kexec-lab pairs wrote, or leave --known out.
exit code 2
`

exports[`test/cli/messages/pairs.test.ts > TAP > pairs > kexec-lab pairs debian:bookworm --arch aarch64 --known text.json 1`] = `
$ kexec-lab pairs debian:bookworm --arch aarch64 --known text.json
stderr: text.json: this is not JSON
stderr:   Name a pairs.json that kexec-lab pairs wrote, or leave --known out.
exit code 2
`

exports[`test/cli/messages/pairs.test.ts > TAP > pairs > kexec-lab pairs debian:bookworm --arch aarch64 --no-boot --json --out other 1`] = `
$ kexec-lab pairs debian:bookworm --arch aarch64 --no-boot --json --out other
{
  "schema": "kexec-lab/pairs@1",
  "tables": [
    {
      "arch": "aarch64",
      "machine": "aarch64",
      "kexecTools": null,
      "cure": false,
      "from": [
        {
          "word": "debian:bookworm",
          "label": "debian:bookworm"
        }
      ],
      "to": [
        {
          "word": "debian:bookworm",
          "label": "debian:bookworm"
        }
      ],
      "cells": []
    }
  ]
}
stderr: 1 pair: 0 known, 0 to boot
stderr: tables: other/pairs.html
exit code 0
`

exports[`test/cli/messages/pairs.test.ts > TAP > pairs > kexec-lab pairs debian:bookworm --arch aarch64 --out damaged 1`] = `
$ kexec-lab pairs debian:bookworm --arch aarch64 --out damaged
stderr: damaged/pairs.json: not a file of kexec-lab pairs: tables: Invalid input: expected array, received undefined
stderr:   Remove the file to boot all pairs again, or choose another directory with --out.
exit code 2
`

exports[`test/cli/messages/pairs.test.ts > TAP > pairs > kexec-lab pairs debian:bookworm --arch aarch64 --out file --no-boot 1`] = `
$ kexec-lab pairs debian:bookworm --arch aarch64 --out file --no-boot
stderr: 1 pair: 0 known, 0 to boot
stderr: file: cannot write the tables: it already exists
stderr:   Choose another path.
exit code 2
`

exports[`test/cli/messages/pairs.test.ts > TAP > pairs > kexec-lab pairs debian:bookworm --machine potato 1`] = `
$ kexec-lab pairs debian:bookworm --machine potato
stderr: --machine: unknown machine "potato"
stderr:   Known machines: aarch64-slow-counter, aarch64-stray-device, aarch64, arm-two-cpus, arm, scaleway-c1, scaleway-vps, uefi-aarch64, uefi-arm. A profile of your own is a file, such as ./my-machine.yaml.
exit code 2
`

exports[`test/cli/messages/pairs.test.ts > TAP > pairs > kexec-lab pairs debian:bookworm --shard 3/2 1`] = `
$ kexec-lab pairs debian:bookworm --shard 3/2
stderr: error: option '--shard <i/n>' argument '3/2' is invalid. Use INDEX/TOTAL with 1 <= INDEX <= TOTAL, for example 1/4.
exit code 2
`

exports[`test/cli/messages/pairs.test.ts > TAP > pairs > kexec-lab pairs debian:Bookworm 1`] = `
$ kexec-lab pairs debian:Bookworm
stderr: --from debian:Bookworm: this is not a valid suite name
stderr:   Use a Debian suite, for example debian:bookworm-backports or debian:sid.
exit code 2
`

exports[`test/cli/messages/pairs.test.ts > TAP > pairs > kexec-lab pairs debian:bookworm,debian:sid --arch aarch64 --no-boot 1`] = `
$ kexec-lab pairs debian:bookworm,debian:sid --arch aarch64 --no-boot

aarch64, the provider's kexec-tools
  row: first kernel; column: the kernel that it starts

                   a b
  debian:bookworm  ? ?
  debian:sid       ? ?

   a  debian:bookworm
   b  debian:sid

0 of 4 pairs came up, 4 without a result
stderr: 4 pairs: 0 known, 0 to boot
stderr: tables: pairs/pairs.html
exit code 0
`

exports[`test/cli/messages/pairs.test.ts > TAP > pairs > kexec-lab pairs debian:sid/linux-image-armmp --arch aarch64 1`] = `
$ kexec-lab pairs debian:sid/linux-image-armmp --arch aarch64
stderr: no machine has a kernel on both sides
stderr:   Name kernels for the same architecture on both sides, or leave --arch out.
exit code 4
`
