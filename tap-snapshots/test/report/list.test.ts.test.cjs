/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/report/list.test.ts > TAP > running cases at the bottom, finished ones above > four screens 1`] = `
run r1: 2 cases, 2 at a time, in runs/r1
▸ arm/bye  power-on                  0 s
  0 of 2 done, 0 s
---
run r1: 2 cases, 2 at a time, in runs/r1
▸ arm/bye    generation 1, kernel      1 s
▸ arm/kexec  power-on                  0 s
  0 of 2 done, 1 s
---
run r1: 2 cases, 2 at a time, in runs/r1
✓ arm/bye    booted  4.4 s
▸ arm/kexec  generation 2, kernel      2 s
  1 of 2 done, 1 passed, 4 s
---
run r1: 2 cases, 2 at a time, in runs/r1
✓ arm/bye    booted  4.4 s
✓ arm/kexec  booted  4.4 s

2 passed in 74.0 s
report: runs/r1/report.json
`
