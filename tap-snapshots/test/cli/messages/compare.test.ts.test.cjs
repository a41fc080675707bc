/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/cli/messages/compare.test.ts > TAP > baseline > kexec-lab baseline accept good.json --out accepted.json 1`] = `
$ kexec-lab baseline accept good.json --out accepted.json
accepted.json: 1 case
exit code 0
`

exports[`test/cli/messages/compare.test.ts > TAP > baseline > kexec-lab baseline accept good.json --out no/such/file.json 1`] = `
$ kexec-lab baseline accept good.json --out no/such/file.json
stderr: no/such/file.json: cannot write the baseline: no such file or directory
stderr:   Check the path.
exit code 2
`

exports[`test/cli/messages/compare.test.ts > TAP > baseline > kexec-lab baseline accept missing.json --out accepted.json 1`] = `
$ kexec-lab baseline accept missing.json --out accepted.json
stderr: missing.json: cannot read this run: no such file or directory
stderr:   A run that was killed leaves no report.json; choose a finished run.
exit code 2
`

exports[`test/cli/messages/compare.test.ts > TAP > baseline > kexec-lab baseline accept untold.json --out accepted.json 1`] = `
$ kexec-lab baseline accept untold.json --out accepted.json
stderr: untold.json: inconclusive cases: aarch64/kexec-to-distro
stderr:   Run them again, or accept them with --allow-untold.
exit code 2
`

exports[`test/cli/messages/compare.test.ts > TAP > baseline > kexec-lab baseline accept untold.json --out allowed.json --allow-untold 1`] = `
$ kexec-lab baseline accept untold.json --out allowed.json --allow-untold
allowed.json: 1 case
exit code 0
`

exports[`test/cli/messages/compare.test.ts > TAP > baseline > kexec-lab baseline acept good.json 1`] = `
$ kexec-lab baseline acept good.json
stderr: error: unknown command 'acept' (did you mean accept?)
exit code 2
`

exports[`test/cli/messages/compare.test.ts > TAP > compare > kexec-lab compare fast.json slow.json --fail-on costlier 1`] = `
$ kexec-lab compare fast.json slow.json --fail-on costlier
baseline   fast.json
candidate  slow.json

+ costlier   aarch64/kexec-to-distro  3/3 -> 3/3  2 kernel: N.N s -> N.N s (+900.0 %, n=3)

Guest time of the second kernel
  aarch64/kexec-to-distro  2 kernel: N.N s -> N.N s (+900.0 %, n=3), spread 0.00 %

HOLD
  aarch64/kexec-to-distro costlier: 2 kernel: N.N s -> N.N s (+900.0 %, n=3)
  3 boots without a failure leave open that a case fails in up to 63 % of its boots (95 % confidence). More boots with --repeat narrow this.
exit code 7
`

exports[`test/cli/messages/compare.test.ts > TAP > compare > kexec-lab compare good.json 1`] = `
$ kexec-lab compare good.json
stderr: error: missing required argument 'candidate'
stderr:   kexec-lab compare --help shows the usage.
exit code 2
`

exports[`test/cli/messages/compare.test.ts > TAP > compare > kexec-lab compare good.json doubted.json 1`] = `
$ kexec-lab compare good.json doubted.json
baseline   good.json
candidate  doubted.json

? unknown    aarch64/kexec-to-distro  3/3 -> 0/3  3 of 3 candidate boots were inconclusive

HOLD
  aarch64/kexec-to-distro unknown: 3 of 3 candidate boots were inconclusive
exit code 7
`

exports[`test/cli/messages/compare.test.ts > TAP > compare > kexec-lab compare good.json empty 1`] = `
$ kexec-lab compare good.json empty
stderr: empty/report.json: cannot read this run: no such file or directory
stderr:   A run that was killed leaves no report.json; choose a finished run.
exit code 2
`

exports[`test/cli/messages/compare.test.ts > TAP > compare > kexec-lab compare good.json good.json 1`] = `
$ kexec-lab compare good.json good.json
baseline   good.json
candidate  good.json

✓ same       aarch64/kexec-to-distro  3/3 -> 3/3  booted (generation 2, userspace)

ROLL
  3 boots without a failure leave open that a case fails in up to 63 % of its boots (95 % confidence). More boots with --repeat narrow this.
exit code 0
`

exports[`test/cli/messages/compare.test.ts > TAP > compare > kexec-lab compare good.json hang.json --fail-on worse 1`] = `
$ kexec-lab compare good.json hang.json --fail-on worse
stderr: error: option '--fail-on <class>' argument 'worse' is invalid. It must be regressed, changed, lost, unstable, neither, costlier, unknown, new, fixed or same.
exit code 2
`

exports[`test/cli/messages/compare.test.ts > TAP > compare > kexec-lab compare good.json hang.json --html no/such/page.html 1`] = `
$ kexec-lab compare good.json hang.json --html no/such/page.html
stderr: no/such/page.html: cannot write the comparison: no such file or directory
stderr:   Check the path.
exit code 2
`

exports[`test/cli/messages/compare.test.ts > TAP > compare > kexec-lab compare good.json hang.json --html same --markdown same 1`] = `
$ kexec-lab compare good.json hang.json --html same --markdown same
stderr: same: --markdown and --html name the same file
stderr:   Use a different file for each.
exit code 2
`

exports[`test/cli/messages/compare.test.ts > TAP > compare > kexec-lab compare good.json hang.json 1`] = `
$ kexec-lab compare good.json hang.json
baseline   good.json
candidate  hang.json

✗ regressed  aarch64/kexec-to-distro  3/3 -> 0/3  booted before, now bye-hang (generation 1, kexec)

HOLD
  aarch64/kexec-to-distro regressed: booted before, now bye-hang (generation 1, kexec)
exit code 7
`

exports[`test/cli/messages/compare.test.ts > TAP > compare > kexec-lab compare good.json missing.json 1`] = `
$ kexec-lab compare good.json missing.json
stderr: missing.json: cannot read this run: no such file or directory
stderr:   A run that was killed leaves no report.json; choose a finished run.
exit code 2
`

exports[`test/cli/messages/compare.test.ts > TAP > compare > kexec-lab compare good.json mixed.json 1`] = `
$ kexec-lab compare good.json mixed.json
baseline   good.json
candidate  mixed.json

✗ unstable   aarch64/kexec-to-distro  3/3 -> 2/3  2 of 3 boots as expected, 3 of 3 before; otherwise kernel-panic (generation 2, kernel)

HOLD
  aarch64/kexec-to-distro unstable: 2 of 3 boots as expected, 3 of 3 before; otherwise kernel-panic (generation 2, kernel)
exit code 7
`

exports[`test/cli/messages/compare.test.ts > TAP > compare > kexec-lab compare good.json other.json 1`] = `
$ kexec-lab compare good.json other.json
stderr: other.json: is a kexec-lab/baseline@9; expected kexec-lab/run@1 or kexec-lab/baseline@1
stderr:   Name the directory of a run (such as runs/latest), or a file that \`kexec-lab baseline accept\` wrote.
exit code 2
`

exports[`test/cli/messages/compare.test.ts > TAP > compare > kexec-lab compare good.json panic.json 1`] = `
$ kexec-lab compare good.json panic.json
baseline   good.json
candidate  panic.json

✗ regressed  aarch64/kexec-to-distro  3/3 -> 0/3  booted before, now kernel-panic (generation 2, kernel)

HOLD
  aarch64/kexec-to-distro regressed: booted before, now kernel-panic (generation 2, kernel)
exit code 7
`

exports[`test/cli/messages/compare.test.ts > TAP > compare > kexec-lab compare good.json text.json 1`] = `
$ kexec-lab compare good.json text.json
stderr: text.json: this is not a record: it is not JSON
stderr:   A run that was killed leaves no report.json; choose a finished run.
exit code 2
`

exports[`test/cli/messages/compare.test.ts > TAP > compare > kexec-lab compare good.json untold.json 1`] = `
$ kexec-lab compare good.json untold.json
baseline   good.json
candidate  untold.json

? unknown    aarch64/kexec-to-distro  3/3 -> 0/3  3 of 3 candidate boots were inconclusive

HOLD
  aarch64/kexec-to-distro unknown: 3 of 3 candidate boots were inconclusive
exit code 7
`

exports[`test/cli/messages/compare.test.ts > TAP > compare > kexec-lab compare hang.json good.json 1`] = `
$ kexec-lab compare hang.json good.json
baseline   hang.json
candidate  good.json

✓ fixed      aarch64/kexec-to-distro  0/3 -> 3/3  bye-hang (generation 1, kexec) before

HOLD
  the baseline came up in no case, so a comparison with it shows nothing
  3 boots without a failure leave open that a case fails in up to 63 % of its boots (95 % confidence). More boots with --repeat narrow this.
exit code 7
`

exports[`test/cli/messages/compare.test.ts > TAP > compare > kexec-lab compare hang.json panic.json 1`] = `
$ kexec-lab compare hang.json panic.json
baseline   hang.json
candidate  panic.json

✗ changed    aarch64/kexec-to-distro  0/3 -> 0/3  bye-hang (generation 1, kexec) before, now kernel-panic (generation 2, kernel)

HOLD
  aarch64/kexec-to-distro changed: bye-hang (generation 1, kexec) before, now kernel-panic (generation 2, kernel)
  the baseline came up in no case, so a comparison with it shows nothing
exit code 7
`

exports[`test/cli/messages/compare.test.ts > TAP > compare > kexec-lab compare once.json once.json 1`] = `
$ kexec-lab compare once.json once.json
baseline   once.json
candidate  once.json

✓ same       aarch64/kexec-to-distro  1/1 -> 1/1  booted (generation 2, userspace)

Guest time of the second kernel
  aarch64/kexec-to-distro  2 kernel: N.N s ~ N.N s (+0.0 %, n=1)

ROLL
  Stability was not tested: one boot does not show how often a case fails. Boot every case several times with --repeat.
exit code 0
`
