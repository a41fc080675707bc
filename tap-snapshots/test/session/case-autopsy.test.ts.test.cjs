/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/session/case-autopsy.test.ts > TAP > a dump that makedumpfile marked as incomplete > compressed, a page lost 1`] = `
Array [
  "the saved dump is truncated: 4096 bytes are missing",
  "the saved dump cannot be read whole: part of memory, which makedumpfile did not save because its disk was full",
]
`

exports[`test/session/case-autopsy.test.ts > TAP > a dump that makedumpfile marked as incomplete > compressed, not marked 1`] = `
Array [
  "the saved dump is truncated: 4096 bytes are missing",
]
`

exports[`test/session/case-autopsy.test.ts > TAP > a dump that makedumpfile marked as incomplete > ELF 1`] = `
Array [
  "the saved dump cannot be read whole: part of memory, which makedumpfile did not save because its disk was full",
]
`

exports[`test/session/case-autopsy.test.ts > TAP > a dump that makedumpfile marked as incomplete > must match snapshot 1`] = `
Array [
  "the saved dump is truncated: 4096 bytes are missing",
  "the saved dump cannot be read whole: part of memory, which makedumpfile did not save because its disk was full",
  "the saved dump shows no panic",
]
`

exports[`test/session/case-autopsy.test.ts > TAP > a truncated dump > cut after the log 1`] = `
Array [
  "the saved dump is truncated: 8192 bytes are missing",
]
`

exports[`test/session/case-autopsy.test.ts > TAP > a truncated dump > cut in the log 1`] = `
Array [
  "the saved dump is truncated: 12288 bytes are missing",
  "the saved dump shows no panic",
]
`

exports[`test/session/case-autopsy.test.ts > TAP > what names no panic > a damaged page 1`] = `
Array [
  "the saved dump could not be read: a page of this dump is damaged",
]
`

exports[`test/session/case-autopsy.test.ts > TAP > what names no panic > a header alone 1`] = `
Array [
  "the saved dump shows no panic",
]
`

exports[`test/session/case-autopsy.test.ts > TAP > what names no panic > a kernel that lives 1`] = `
Array [
  "the saved dump shows no panic",
]
`

exports[`test/session/case-autopsy.test.ts > TAP > what names no panic > a program 1`] = `
Array [
  "the saved dump could not be read: this ELF file is not a core dump",
]
`

exports[`test/session/case-autopsy.test.ts > TAP > what names no panic > no dump 1`] = `
Array [
  "the saved dump shows no panic",
]
`

exports[`test/session/case-autopsy.test.ts > TAP > what names no panic > packed 1`] = `
Array [
  "the saved dump could not be read: this file is packed with gzip",
]
`

exports[`test/session/case-autopsy.test.ts > TAP > what names no panic > the words in memory, not in the log 1`] = `
Array [
  "the saved dump shows no panic",
]
`
