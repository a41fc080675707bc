/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/merge/merge-runs.test.ts > TAP > a damaged record is refused at its line > messages 1`] = `
r/events.jsonl:1: the first line does not begin a run
r/events.jsonl:3: this line is incomplete
r/events.jsonl:3: result.verdict: Invalid option: expected one of "pass"|"fail"|"error"|"unavailable"|"interrupted"
r/events.jsonl:2: directory: this is not a case directory
r/events.jsonl:4: aarch64/b has a second result
r/events.jsonl:6: aarch64/b has no result
`

exports[`test/merge/merge-runs.test.ts > TAP > a run that was killed or still goes on: what there is, and that it is not finished > the reason 1`] = `
the run is not finished; this case was running
`

exports[`test/merge/merge-runs.test.ts > TAP > what is missing, there twice or mixed up is named with its place > messages 1`] = `
one/events.jsonl: this is shard 1 of 2, and another shard is missing: there is no result for aarch64/c
two/events.jsonl: aarch64/b is already in one/events.jsonl
two/events.jsonl: written by kexec-lab 9, other runs by 0.1.0
none: cannot list this directory: no such file or directory
empty: no run found here
`
