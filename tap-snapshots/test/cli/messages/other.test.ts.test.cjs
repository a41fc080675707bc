/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/cli/messages/other.test.ts > TAP > completion > kexec-lab completion 1`] = `
$ kexec-lab completion
stderr: error: missing required argument 'shell'
stderr:   kexec-lab completion --help shows the usage.
exit code 2
`

exports[`test/cli/messages/other.test.ts > TAP > completion > kexec-lab completion tcsh 1`] = `
$ kexec-lab completion tcsh
stderr: error: command-argument value 'tcsh' is invalid for argument 'shell'. It must be bash, zsh or fish.
stderr:   kexec-lab completion --help shows the usage.
exit code 2
`

exports[`test/cli/messages/other.test.ts > TAP > init > kexec-lab init in-the-way 1`] = `
$ kexec-lab init in-the-way
stderr: in-the-way/machines/my-machine.yaml: cannot write this file: a part of the path is not a directory
stderr:   Name a directory that you can write to.
exit code 2
`

exports[`test/cli/messages/other.test.ts > TAP > init > kexec-lab init one two 1`] = `
$ kexec-lab init one two
stderr: error: too many arguments for 'init'. Expected 1 argument but got 2.
stderr:   kexec-lab init --help shows the usage.
exit code 2
`

exports[`test/cli/messages/other.test.ts > TAP > init > kexec-lab init tests 1`] = `
$ kexec-lab init tests
wrote tests/my-boot.yaml
wrote tests/machines/my-machine.yaml

Run it:
  kexec-lab run tests/my-boot.yaml --tail
exit code 0
`

exports[`test/cli/messages/other.test.ts > TAP > init > kexec-lab init tests 2`] = `
$ kexec-lab init tests
stderr: tests/my-boot.yaml: this file already exists
stderr:   Choose another directory, or move the file.
exit code 2
`

exports[`test/cli/messages/other.test.ts > TAP > kexec-lab itself > kexec-lab --bogus 1`] = `
$ kexec-lab --bogus
stderr: error: unknown option '--bogus'
stderr:   kexec-lab --help shows the usage.
exit code 2
`

exports[`test/cli/messages/other.test.ts > TAP > kexec-lab itself > kexec-lab '' 1`] = `
$ kexec-lab ''
stderr: error: unknown command ''
stderr:   kexec-lab --help shows the usage.
exit code 2
`

exports[`test/cli/messages/other.test.ts > TAP > kexec-lab itself > kexec-lab help bogus 1`] = `
$ kexec-lab help bogus
stderr: error: unknown command 'bogus'
stderr:   kexec-lab --help shows the usage.
exit code 2
`

exports[`test/cli/messages/other.test.ts > TAP > kexec-lab itself > kexec-lab lsit 1`] = `
$ kexec-lab lsit
stderr: error: unknown command 'lsit' (did you mean list?)
exit code 2
`

exports[`test/cli/messages/other.test.ts > TAP > matrix > kexec-lab matrix 1`] = `
$ kexec-lab matrix
stderr: error: missing required argument 'what'
stderr:   kexec-lab matrix --help shows the usage.
exit code 2
`

exports[`test/cli/messages/other.test.ts > TAP > matrix > kexec-lab matrix all --shards 0 1`] = `
$ kexec-lab matrix all --shards 0
stderr: error: option '--shards <n>' argument '0' is invalid. It must be a whole number from 1 to 9999.
exit code 2
`

exports[`test/cli/messages/other.test.ts > TAP > matrix > kexec-lab matrix kexec-to-distro --shards 2 1`] = `
$ kexec-lab matrix kexec-to-distro --shards 2
aarch64              1 case  weight    300  images DIGEST
arm                  1 case  weight    600  images DIGEST
exit code 0
`

exports[`test/cli/messages/other.test.ts > TAP > matrix > kexec-lab matrix kexec-to-ditsro 1`] = `
$ kexec-lab matrix kexec-to-ditsro
stderr: no scenario is named or labelled "kexec-to-ditsro"; did you mean "kexec-to-distro"?
stderr:   kexec-lab list shows all scenarios and labels.
exit code 4
`

exports[`test/cli/messages/other.test.ts > TAP > rewind > kexec-lab rewind 1`] = `
$ kexec-lab rewind
stderr: error: missing required argument 'directory'
stderr:   kexec-lab rewind --help shows the usage.
exit code 2
`

exports[`test/cli/messages/other.test.ts > TAP > rewind > kexec-lab rewind case --at kexec-bye 1`] = `
$ kexec-lab rewind case --at kexec-bye
stderr: --at needs --gdb
stderr:   Add --gdb to stop there, or leave out --at to replay the whole boot.
exit code 2
`

exports[`test/cli/messages/other.test.ts > TAP > rewind > kexec-lab rewind case 1`] = `
$ kexec-lab rewind case
stderr: case/recording.json: cannot read this recording: no such file or directory
stderr:   Name the directory of a case that was run with --record or --record-on-failure.
exit code 2
`

exports[`test/cli/messages/other.test.ts > TAP > rewind > kexec-lab rewind damaged 1`] = `
$ kexec-lab rewind damaged
stderr: damaged/recording.json: this is not a valid description of a recording: schema: Invalid input: expected "kexec-lab/recording@1"
stderr:   Name the directory of a case that was run with --record or --record-on-failure.
exit code 2
`

exports[`test/cli/messages/other.test.ts > TAP > rewind > kexec-lab rewind nowhere 1`] = `
$ kexec-lab rewind nowhere
stderr: nowhere/recording.json: cannot read this recording: no such file or directory
stderr:   Name the directory of a case that was run with --record or --record-on-failure.
exit code 2
`

exports[`test/cli/messages/other.test.ts > TAP > schema > kexec-lab schema 1`] = `
$ kexec-lab schema
scenario    a scenario file, for editors
config      kexec-lab.config.yaml: defaults for options, for editors
machine     a machine profile, for editors
report      report.json: a whole run
result      result.json: one case of a run
event       events.jsonl: what happened in a run, one event per line
signal      signals.jsonl: what was recognised on the console, one signal per line
sample      samples.jsonl: CPU samples taken during silences, one per line
recording   recording.json: what is needed to replay a recorded boot
baseline    a baseline file, as kexec-lab baseline accept writes it
comparison  kexec-lab check --json and compare --json
pairs       pairs.json: which kernel comes up after which
history     the history of kexec-lab watch
watch       kexec-lab watch --json
bisect      kexec-lab bisect --json
diagnosis   kexec-lab diagnose --json: an object for one log, an array for several
list        kexec-lab list --json
matrix      kexec-lab matrix --json
images      kexec-lab images --json
verify      kexec-lab images verify --json
preflight   kexec-lab preflight --json
server      server.json in a server file, as kexec-lab capture writes it
server-show kexec-lab server show --json
doctor      kexec-lab doctor --json
autopsy     kexec-lab autopsy --json
rewind      kexec-lab rewind --json
image       manifest.json of an image in the cache
checkpoint  manifest.json of a checkpoint in the cache
exit code 0
`

exports[`test/cli/messages/other.test.ts > TAP > schema > kexec-lab schema raport 1`] = `
$ kexec-lab schema raport
stderr: unknown schema "raport"; did you mean "report"?
stderr:   Choose from: scenario, config, machine, report, result, event, signal, sample, recording, baseline, comparison, pairs, history, watch, bisect, diagnosis, list, matrix, images, verify, preflight, server, server-show, doctor, autopsy, rewind, image, checkpoint.
exit code 2
`
