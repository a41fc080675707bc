/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/report/reporters.test.ts > TAP > a bug comes with its stack, trouble with what to do > a bug, and a full disk 1`] = `
report junit is incomplete: this is a bug in kexec-lab, please report it
report json is incomplete: /x: cannot write: no space left on the disk
  Free some space there, or choose another directory with --out or KEXEC_LAB_CACHE.
`

exports[`test/report/reporters.test.ts > TAP > a reporter that fails harms neither the run nor the others > a full disk 1`] = `
report json=/dev/full is incomplete: /dev/full: cannot write this report: no space left on the disk
  Free some space there, or choose another directory with --out or KEXEC_LAB_CACHE.
`

exports[`test/report/reporters.test.ts > TAP > standard output fails late, and only who writes there is left out > a full disk 1`] = `
report tap is incomplete: cannot write to standard output: no space left on the disk
  Free some space there, or choose another directory with --out or KEXEC_LAB_CACHE.
`
