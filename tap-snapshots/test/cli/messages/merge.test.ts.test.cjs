/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/cli/messages/merge.test.ts > TAP > merge > kexec-lab merge 1`] = `
$ kexec-lab merge
stderr: error: missing required argument 'directory'
stderr:   kexec-lab merge --help shows the usage.
exit code 2
`

exports[`test/cli/messages/merge.test.ts > TAP > merge > kexec-lab merge first --out merged 1`] = `
$ kexec-lab merge first --out merged
stderr: first/RUN/events.jsonl: this is shard 1 of 2, and another shard is missing: there is no result for aarch64/other
stderr:   Name the directories of all shards.
exit code 2
`

exports[`test/cli/messages/merge.test.ts > TAP > merge > kexec-lab merge first first --out merged 1`] = `
$ kexec-lab merge first first --out merged
stderr: first/RUN/events.jsonl: this is shard 1 of 2, and another shard is missing: there is no result for aarch64/other
stderr:   Name the directories of all shards.
exit code 2
`

exports[`test/cli/messages/merge.test.ts > TAP > merge > kexec-lab merge first second --out /dev/null/merged 1`] = `
$ kexec-lab merge first second --out /dev/null/merged
stderr: /dev/null/merged: cannot make the run directory: a part of the path is not a directory (/dev/null/merged/RUN)
stderr:   Choose another directory with --out.
exit code 5
`

exports[`test/cli/messages/merge.test.ts > TAP > merge > kexec-lab merge first second --out merged 1`] = `
$ kexec-lab merge first second --out merged
run RUN: 2 cases, 1 at a time, in merged/RUN

2 passed in N.N s
report: merged/RUN/report.json
exit code 0
`

exports[`test/cli/messages/merge.test.ts > TAP > merge > kexec-lab merge merged --out again 1`] = `
$ kexec-lab merge merged --out again
run RUN: 2 cases, 1 at a time, in again/RUN

2 passed in N.N s
report: again/RUN/report.json
exit code 0
`

exports[`test/cli/messages/merge.test.ts > TAP > merge > kexec-lab merge mine.yaml 1`] = `
$ kexec-lab merge mine.yaml
stderr: mine.yaml: cannot list this directory: a part of the path is not a directory
stderr:   Check the path.
exit code 2
`

exports[`test/cli/messages/merge.test.ts > TAP > merge > kexec-lab merge nowhere 1`] = `
$ kexec-lab merge nowhere
stderr: nowhere: cannot list this directory: no such file or directory
stderr:   Check the path.
exit code 2
`

exports[`test/cli/messages/merge.test.ts > TAP > merge > kexec-lab merge runs 1`] = `
$ kexec-lab merge runs
stderr: runs: cannot list this directory: no such file or directory
stderr:   Check the path.
exit code 2
`

exports[`test/cli/messages/merge.test.ts > TAP > merge > kexec-lab run mine.yaml other.yaml --arch aarch64 --no-checkpoint --jobs 1 --shard 1/2 --out first 1`] = `
$ kexec-lab run mine.yaml other.yaml --arch aarch64 --no-checkpoint --jobs 1 --shard 1/2 --out first
run RUN: 1 case, 1 at a time, in first/RUN

1 passed in N.N s
report: first/RUN/report.json
exit code 0
`

exports[`test/cli/messages/merge.test.ts > TAP > merge > kexec-lab run mine.yaml other.yaml --arch aarch64 --no-checkpoint --jobs 1 --shard 2/2 --out second 1`] = `
$ kexec-lab run mine.yaml other.yaml --arch aarch64 --no-checkpoint --jobs 1 --shard 2/2 --out second
run RUN: 1 case, 1 at a time, in second/RUN

1 passed in N.N s
report: second/RUN/report.json
exit code 0
`
