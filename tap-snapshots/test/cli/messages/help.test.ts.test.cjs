/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/cli/messages/help.test.ts > TAP > help > kexec-lab 1`] = `
Usage: kexec-lab [options] [command]

Boots ARM machines, makes them kexec, and explains every failure.

Options:
  -V, --version                             output the version number
  --config <file>                           file with defaults for options (default: kexec-lab.config.yaml in the current directory, otherwise ~/.config/kexec-lab/config.yaml)
  --no-config                               ignore configuration files
  -h, --help                                display help for command

Commands:
  run [options] [what...]                   boot scenarios, compare each with its expected outcome, and explain every difference
  init [directory]                          write a commented example: a scenario and a machine of your own
  matrix [options] <what...>                divide a run into jobs for several machines, one per architecture and shard
  merge [options] <directory...>            merge sharded runs into one run and report on it
  list [options] [what...]                  list scenarios
  show [options] <scenario...>              describe scenarios and print the commands that boot them by hand
  preflight [options] [scenario]            examine a kernel, its initramfs and its kexec-tools without booting them
  diagnose [options] <logs...>              diagnose saved console logs and show the lines that prove the outcome
  check [options] [what...]                 boot a new kernel and the current one, compare them, and decide ROLL or HOLD
  pairs [options] [kernels...]              boot each kernel after each other one, and draw a table of what comes up
  bisect [options] [candidate...]           find the first kernel that fails, among packages of the archive or kernels of yours
  watch [options]                           boot the kernels of Debian's archive that are new since the last time, and say what changed
  capture [options] [server]                take what the boot of a server depends on into a file, to boot it here
  server                                    look into files that kexec-lab capture wrote
  compare [options] <baseline> <candidate>  compare two runs and decide whether to roll out the second
  baseline                                  save the results of a run for later comparisons
  autopsy [options] <dump>                  read kernel logs, and the reason for a silence, from a memory dump
  rewind [options] <directory>              replay a recorded boot byte for byte, or stop in it for gdb
  doctor [options]                          show what is installed, what is missing, and which QEMU is used
  images                                    list, build, verify and remove the images that scenarios boot
  schema [name]                             list JSON Schemas, or print one
  completion <shell> [words...]             print a script that completes kexec-lab commands in a shell
  help [command...]                         show help for a command or a topic

Topics:
  kexec-lab help outcomes  list boot outcomes

Examples:
  kexec-lab run all
  kexec-lab run kexec-to-distro --arch arm --tail
  kexec-lab help run

Exit codes:
  0    success; all cases went as expected
  1    a case failed
  2    invalid arguments, or an invalid scenario
  3    internal error: a bug in kexec-lab
  4    no case selected
  5    the lab could not run a case
  7    HOLD: do not roll out
  130  interrupted

`

exports[`test/cli/messages/help.test.ts > TAP > help > kexec-lab autopsy 1`] = `
Usage: kexec-lab autopsy [options] <dump>

read kernel logs, and the reason for a silence, from a memory dump

Arguments:
  dump              memory dump: ELF core, kdump-compressed, or raw

Options:
  --base <address>  physical address at which raw memory begins (default:
                    1073741824)
  --console <log>   console log of the machine
  --log             print every log in full
  --json            print JSON with every log
  -h, --help        display help for command

Global Options:
  --config <file>   file with defaults for options (default:
                    kexec-lab.config.yaml in the current directory, otherwise
                    ~/.config/kexec-lab/config.yaml)
  --no-config       ignore configuration files

A dump is an ELF core (QEMU's dump-guest-memory, kdump's /proc/vmcore, virsh dump --memory-only), a
compressed one (makedumpfile -c, kdump-zlib), or raw memory (QEMU's pmemsave). --console shows which kernels
wrote to the console, and so which were silent.

Examples:
  kexec-lab autopsy memory.elf
  kexec-lab autopsy memory.raw --base 0x80000000 --console console.log
  kexec-lab autopsy memory.elf --log | less

Exit codes:
  0  the dump was read
  2  the dump cannot be read
  5  reading exceeded the limits on memory or time for a dump of this size

`

exports[`test/cli/messages/help.test.ts > TAP > help > kexec-lab baseline 1`] = `
Usage: kexec-lab baseline [options] [command]

save the results of a run for later comparisons

Options:
  -h, --help              display help for command

Global Options:
  --config <file>         file with defaults for options (default:
                          kexec-lab.config.yaml in the current directory,
                          otherwise ~/.config/kexec-lab/config.yaml)
  --no-config             ignore configuration files

Commands:
  accept [options] <run>  write the results of a run to a baseline file
  help [command...]       show help for a command

`

exports[`test/cli/messages/help.test.ts > TAP > help > kexec-lab baseline accept 1`] = `
Usage: kexec-lab baseline accept [options] <run>

write the results of a run to a baseline file

Arguments:
  run              a run directory or its report.json

Options:
  --out <file>     baseline file to write (default: "baseline.json")
  --allow-untold   accept inconclusive cases
  -h, --help       display help for command

Global Options:
  --config <file>  file with defaults for options (default:
                   kexec-lab.config.yaml in the current directory, otherwise
                   ~/.config/kexec-lab/config.yaml)
  --no-config      ignore configuration files

The file is sorted and contains no times of day, so that a diff shows only what changed.

Examples:
  kexec-lab baseline accept runs/latest
  kexec-lab check --kernel debian:trixie --against baseline.json

`

exports[`test/cli/messages/help.test.ts > TAP > help > kexec-lab bisect 1`] = `
Usage: kexec-lab bisect [options] [candidate...]

find the first kernel that fails, among packages of the archive or kernels of
yours

Arguments:
  candidate                kernels of yours in order, from good to bad

Options:
  --good <candidate>       a kernel that works, of the archive
  --bad <candidate>        a newer kernel that fails, of the archive
  --scenario <scenario>    the scenario that shows the failure (default:
                           "kexec-to-distro")
  --arch <arch>            architecture: aarch64 or arm (default: aarch64)
  --first-kernel <source>  kernel that the machine starts with:
                           debian:SUITE[/PACKAGE]
  --kexec-tools <source>   kexec-tools that load the kernels
  --rate <share>           a bad kernel fails in at least this share of its
                           boots, from 0.1 to 1 (default: 0.7)
  --cost                   find what makes the second kernel slower, in guest
                           time
  --jobs <n>               cases that run at the same time (default: one per
                           CPU)
  --out <directory>        directory for the records of the boots (default:
                           "runs")
  --json                   print the answer as JSON
  --no-checkpoint          boot every kernel from power-on
  --qemu-dir <directory>   use only the QEMU programs in this directory (env:
                           KEXEC_LAB_QEMU_DIR)
  --mirror <url>           Debian mirror to take kernels from (default: the
                           host's) (env: KEXEC_LAB_MIRROR)
  --with-deps              install missing system packages with apt
  --machine <machine>      boot on this machine instead of the scenarios' own: a
                           profile by name, or a YAML file
  --shape <shape>          shape of the machine: plain, gicv3-uefi, gicv3, all,
                           or one of the scenario shapes, such as shapes-01; for
                           aarch64 scenarios that expect booted (repeatable)
                           (default: plain)
  -h, --help               display help for command

Global Options:
  --config <file>          file with defaults for options (default:
                           kexec-lab.config.yaml in the current directory,
                           otherwise ~/.config/kexec-lab/config.yaml)
  --no-config              ignore configuration files

Examples:
  kexec-lab bisect --good debian:bookworm --bad debian:sid
  kexec-lab bisect --good debian:trixie --bad debian:experimental --scenario uefi-kernel-from-firmware --rate 1
  kexec-lab bisect ./build-1 ./build-2 ./build-3 ./build-4

Kernels of the archive are tried in the order of their versions, in the flavour of the good one. The good end is not
booted; the bad one is, to learn the failure. A kernel counts as good after so many boots that a bad one would have
passed them all with a probability below 0.1 %: six at the usual rate, one with --rate 1.

Exit codes:
  0    the first bad kernel was found
  1    the bad kernel did not fail
  2    invalid arguments
  5    the lab could not boot a kernel, or a tool is missing
  130  interrupted

`

exports[`test/cli/messages/help.test.ts > TAP > help > kexec-lab capture 1`] = `
Usage: kexec-lab capture [options] [server]

take what the boot of a server depends on into a file, to boot it here

Arguments:
  server               the server, as ssh names it: root@web1

Options:
  -o, --output <file>  the file to write (default: NAME.server.tar)
  --dry-run            list what would be taken; write nothing
  --sudo               run the capture as root, with sudo on the server
  --ssh <command>      how to reach it, such as "ssh -p 2222" (default: "ssh")
  --script             print the script, to run it on the server by hand
  --from <file>        make the file from the output of that script
  --force              replace the file if it exists
  -h, --help           display help for command

Global Options:
  --config <file>      file with defaults for options (default:
                       kexec-lab.config.yaml in the current directory, otherwise
                       ~/.config/kexec-lab/config.yaml)
  --no-config          ignore configuration files

The capture has kernels, initrds, command line, boot loader entries, the layout
of the disks, and what kexecs. It changes nothing on the server. Passwords, keys,
addresses, host names and machine ids are replaced by marks.

Examples:
  kexec-lab capture root@web1
  kexec-lab capture admin@web1 --sudo --dry-run
  kexec-lab capture --script > capture.sh
  kexec-lab capture --from server.raw -o web1.server.tar
  kexec-lab server show web1.server.tar

Exit codes:
  0    the file is complete
  2    invalid arguments, or a damaged capture
  5    the server could not be reached
  130  interrupted

`

exports[`test/cli/messages/help.test.ts > TAP > help > kexec-lab check 1`] = `
Usage: kexec-lab check [options] [what...]

boot a new kernel and the current one, compare them, and decide ROLL or HOLD

Arguments:
  what                     scenarios to boot (default: those labelled check)

Options:
  --baseline <candidate>   the current kernel (default: the lab's own kernel, or
                           the server's)
  --against <file>         earlier results of the current kernel: a baseline
                           file or a run
  --from <kernels>         first kernels that your servers run: each scenario is
                           booted from each (repeatable; default scenario:
                           kexec-to-distro) (default: the lab's own)
  --arch <arch>            only this architecture: aarch64 or arm (repeatable)
                           (default: all)
  --scenarios <directory>  directory with your own scenarios, added to the
                           built-in ones (repeatable) (default: none)
  --server <file>          a captured server, or a directory of them
                           (repeatable) (default: none)
  --root <file>            a tar archive with the server's root file system
                           (default: a Debian of the lab)
  --jobs <n>               cases that run at the same time (default: one per
                           CPU)
  --repeat <n>             boot every case n times with each kernel (default: 3)
  --out <directory>        directory for the records of the runs (default:
                           "runs")
  --no-checkpoint          boot every case from power-on
  --qemu-dir <directory>   use only the QEMU programs in this directory (env:
                           KEXEC_LAB_QEMU_DIR)
  --mirror <url>           Debian mirror to build images from (default: the
                           host's) (env: KEXEC_LAB_MIRROR)
  --with-deps              install missing system packages with apt
  --machine <machine>      boot on this machine instead of the scenarios' own: a
                           profile by name, or a YAML file
  --shape <shape>          shape of the machine: plain, gicv3-uefi, gicv3, all,
                           or one of the scenario shapes, such as shapes-01; for
                           aarch64 scenarios that expect booted (repeatable)
                           (default: plain, gicv3-uefi, gicv3)
  --fail-on <class>        also hold for this class, such as costlier
                           (repeatable) (default: none)
  --json                   print the comparison as JSON
  --markdown <file>        append the comparison to a file as Markdown
  --html <file>            write an HTML page with both consoles side by side
  --kernel <candidate>     kernel under test: debian:SUITE,
                           debian:SUITE/PACKAGE, comma-separated .deb files, a
                           directory, an image, or https://...#sha256=HEX
  --initrd <file>          initramfs of the kernel under test (default: built
                           with the modules it needs)
  --kexec-tools <source>   kexec-tools that load it: debian:SUITE, a .deb, or a
                           kexec program
  --first-kernel <source>  kernel that the machine starts with and kexecs from:
                           debian:SUITE or debian:SUITE/PACKAGE
  -h, --help               display help for command

Global Options:
  --config <file>          file with defaults for options (default:
                           kexec-lab.config.yaml in the current directory,
                           otherwise ~/.config/kexec-lab/config.yaml)
  --no-config              ignore configuration files

Examples:
  kexec-lab check --kernel debian:trixie
  kexec-lab check --kernel debian:bookworm-backports --baseline debian:bookworm --arch arm
  kexec-lab check --kernel ./linux-image-6.12_arm64.deb --against baseline.json
  kexec-lab check --kernel debian:trixie --shape plain --shape gicv3-uefi
  kexec-lab check --kernel debian:trixie --server web1.server.tar --server db1.server.tar
  kexec-lab check --kernel debian:trixie --machine ./my-machine.yaml
  kexec-lab check --kernel debian:trixie --from debian:bullseye,debian:bookworm

Exit codes:
  0    ROLL: the new kernel can be rolled out
  2    invalid arguments
  5    a tool is missing
  7    HOLD: do not roll out
  130  interrupted

`

exports[`test/cli/messages/help.test.ts > TAP > help > kexec-lab compare 1`] = `
Usage: kexec-lab compare [options] <baseline> <candidate>

compare two runs and decide whether to roll out the second

Arguments:
  baseline           a run directory, its report.json, or a baseline file
  candidate          the same, for the new kernel

Options:
  --fail-on <class>  also hold for this class, such as costlier (repeatable)
                     (default: none)
  --json             print the comparison as JSON
  --markdown <file>  append the comparison to a file as Markdown
  --html <file>      write an HTML page with both consoles side by side
  -h, --help         display help for command

Global Options:
  --config <file>    file with defaults for options (default:
                     kexec-lab.config.yaml in the current directory, otherwise
                     ~/.config/kexec-lab/config.yaml)
  --no-config        ignore configuration files

Examples:
  kexec-lab compare runs/20260101T120000Z-1a2b runs/latest
  kexec-lab compare baseline.json runs/latest --fail-on costlier

Exit codes:
  0  ROLL
  2  invalid arguments
  7  HOLD

`

exports[`test/cli/messages/help.test.ts > TAP > help > kexec-lab completion 1`] = `
Usage: kexec-lab completion [options] <shell> [words...]

print a script that completes kexec-lab commands in a shell

Arguments:
  shell            bash, zsh, fish
  words            words to complete; the script passes them

Options:
  -h, --help       display help for command

Global Options:
  --config <file>  file with defaults for options (default:
                   kexec-lab.config.yaml in the current directory, otherwise
                   ~/.config/kexec-lab/config.yaml)
  --no-config      ignore configuration files

Examples:
  eval "$(kexec-lab completion bash)"    # in ~/.bashrc
  eval "$(kexec-lab completion zsh)"     # in ~/.zshrc, after compinit
  kexec-lab completion fish | source     # in config.fish

`

exports[`test/cli/messages/help.test.ts > TAP > help > kexec-lab diagnose 1`] = `
Usage: kexec-lab diagnose [options] <logs...>

diagnose saved console logs and show the lines that prove the outcome

Arguments:
  logs               console logs, or - for standard input

Options:
  --json             print JSON with every recognised signal; an array for
                     several logs
  --signals          list every recognised signal instead
  --explain-signals  explain each recognised signal
  --html <file>      also write an HTML page with the decisive lines
  --exit-code        exit with 1 unless every outcome is \`booted\`
  -h, --help         display help for command

Global Options:
  --config <file>    file with defaults for options (default:
                     kexec-lab.config.yaml in the current directory, otherwise
                     ~/.config/kexec-lab/config.yaml)
  --no-config        ignore configuration files

The log may come from anywhere: a serial console, screen, minicom, a cloud provider's page, a CI job, a mail.
Prefixes of recorders, colours, CRLF, quoting, gzip and UTF-16 are handled.

Examples:
  kexec-lab diagnose server.log
  kexec-lab diagnose --html report.html logs/*.log
  ssh console-host cat ttyS1.log | kexec-lab diagnose -
  kexec-lab diagnose server.log --json | jq -r .outcome

Exit codes:
  0  every log was read (with --exit-code: every log shows booted)
  1  with --exit-code: a log shows another outcome
  2  a log cannot be read (the others are diagnosed)

`

exports[`test/cli/messages/help.test.ts > TAP > help > kexec-lab doctor 1`] = `
Usage: kexec-lab doctor [options]

show what is installed, what is missing, and which QEMU is used

Options:
  --json                  print JSON
  --with-deps             install missing system packages with apt
  --qemu-dir <directory>  use only the QEMU programs in this directory (env:
                          KEXEC_LAB_QEMU_DIR)
  -h, --help              display help for command

Global Options:
  --config <file>         file with defaults for options (default:
                          kexec-lab.config.yaml in the current directory,
                          otherwise ~/.config/kexec-lab/config.yaml)
  --no-config             ignore configuration files

Examples:
  kexec-lab doctor
  kexec-lab doctor --with-deps
  kexec-lab doctor --json

Exit codes:
  0  the lab can run here
  5  something is missing, or no QEMU can be used

`

exports[`test/cli/messages/help.test.ts > TAP > help > kexec-lab images 1`] = `
Usage: kexec-lab images [options] [command]

list, build, verify and remove the images that scenarios boot

Options:
  -h, --help                     display help for command

Global Options:
  --config <file>                file with defaults for options (default:
                                 kexec-lab.config.yaml in the current directory,
                                 otherwise ~/.config/kexec-lab/config.yaml)
  --no-config                    ignore configuration files

Commands:
  list [options] [recipe...]     list images and whether they are built
  build [options] [recipe...]    build missing images
  refresh [options] [recipe...]  rebuild images that have newer packages
  path [options] [recipe...]     print the paths of images, built or not
  verify [options] [recipe...]   read every file in the cache and report damage
  prune [options]                remove downloads, checkpoints, and images of
                                 other versions
  help [command...]              show help for a command

Examples:
  kexec-lab images
  kexec-lab images build
  kexec-lab images build tutorial
  kexec-lab images refresh mini-disk --arch arm
  kexec-lab images refresh --kernel debian:sid

`

exports[`test/cli/messages/help.test.ts > TAP > help > kexec-lab images build 1`] = `
Usage: kexec-lab images build [options] [recipe...]

build missing images

Arguments:
  recipe                   images, or scenarios that boot them (default: all)

Options:
  --arch <arch>            only this architecture: aarch64 or arm (repeatable)
                           (default: all)
  --mirror <url>           Debian mirror to download from (default: the host's)
                           (env: KEXEC_LAB_MIRROR)
  --with-deps              install missing system packages with apt
  --kernel <candidate>     kernel under test: debian:SUITE,
                           debian:SUITE/PACKAGE, comma-separated .deb files, a
                           directory, an image, or https://...#sha256=HEX
  --initrd <file>          initramfs of the kernel under test (default: built
                           with the modules it needs)
  --kexec-tools <source>   kexec-tools that load it: debian:SUITE, a .deb, or a
                           kexec program
  --first-kernel <source>  kernel that the machine starts with and kexecs from:
                           debian:SUITE or debian:SUITE/PACKAGE
  -h, --help               display help for command

Global Options:
  --config <file>          file with defaults for options (default:
                           kexec-lab.config.yaml in the current directory,
                           otherwise ~/.config/kexec-lab/config.yaml)
  --no-config              ignore configuration files

`

exports[`test/cli/messages/help.test.ts > TAP > help > kexec-lab images list 1`] = `
Usage: kexec-lab images list [options] [recipe...]

list images and whether they are built

Arguments:
  recipe           image names (default: all)

Options:
  --arch <arch>    only this architecture: aarch64 or arm (repeatable) (default:
                   all)
  --json           print JSON with the versions of all packages
  -h, --help       display help for command

Global Options:
  --config <file>  file with defaults for options (default:
                   kexec-lab.config.yaml in the current directory, otherwise
                   ~/.config/kexec-lab/config.yaml)
  --no-config      ignore configuration files

`

exports[`test/cli/messages/help.test.ts > TAP > help > kexec-lab images path 1`] = `
Usage: kexec-lab images path [options] [recipe...]

print the paths of images, built or not

Arguments:
  recipe           image names (default: all)

Options:
  --arch <arch>    only this architecture: aarch64 or arm (repeatable) (default:
                   all)
  -h, --help       display help for command

Global Options:
  --config <file>  file with defaults for options (default:
                   kexec-lab.config.yaml in the current directory, otherwise
                   ~/.config/kexec-lab/config.yaml)
  --no-config      ignore configuration files

`

exports[`test/cli/messages/help.test.ts > TAP > help > kexec-lab images prune 1`] = `
Usage: kexec-lab images prune [options]

remove downloads, checkpoints, and images of other versions

Options:
  --dry-run        show what would be removed; remove nothing
  -h, --help       display help for command

Global Options:
  --config <file>  file with defaults for options (default:
                   kexec-lab.config.yaml in the current directory, otherwise
                   ~/.config/kexec-lab/config.yaml)
  --no-config      ignore configuration files

`

exports[`test/cli/messages/help.test.ts > TAP > help > kexec-lab images refresh 1`] = `
Usage: kexec-lab images refresh [options] [recipe...]

rebuild images that have newer packages

Arguments:
  recipe                   images, or scenarios that boot them (default: all)

Options:
  --arch <arch>            only this architecture: aarch64 or arm (repeatable)
                           (default: all)
  --mirror <url>           Debian mirror to download from (default: the host's)
                           (env: KEXEC_LAB_MIRROR)
  --with-deps              install missing system packages with apt
  --kernel <candidate>     kernel under test: debian:SUITE,
                           debian:SUITE/PACKAGE, comma-separated .deb files, a
                           directory, an image, or https://...#sha256=HEX
  --initrd <file>          initramfs of the kernel under test (default: built
                           with the modules it needs)
  --kexec-tools <source>   kexec-tools that load it: debian:SUITE, a .deb, or a
                           kexec program
  --first-kernel <source>  kernel that the machine starts with and kexecs from:
                           debian:SUITE or debian:SUITE/PACKAGE
  -h, --help               display help for command

Global Options:
  --config <file>          file with defaults for options (default:
                           kexec-lab.config.yaml in the current directory,
                           otherwise ~/.config/kexec-lab/config.yaml)
  --no-config              ignore configuration files

`

exports[`test/cli/messages/help.test.ts > TAP > help > kexec-lab images verify 1`] = `
Usage: kexec-lab images verify [options] [recipe...]

read every file in the cache and report damage

Arguments:
  recipe           image names (default: all)

Options:
  --arch <arch>    only this architecture: aarch64 or arm (repeatable) (default:
                   all)
  --json           print JSON
  -h, --help       display help for command

Global Options:
  --config <file>  file with defaults for options (default:
                   kexec-lab.config.yaml in the current directory, otherwise
                   ~/.config/kexec-lab/config.yaml)
  --no-config      ignore configuration files

`

exports[`test/cli/messages/help.test.ts > TAP > help > kexec-lab init 1`] = `
Usage: kexec-lab init [options] [directory]

write a commented example: a scenario and a machine of your own

Arguments:
  directory        where to write the files (default: ".")

Options:
  -h, --help       display help for command

Global Options:
  --config <file>  file with defaults for options (default:
                   kexec-lab.config.yaml in the current directory, otherwise
                   ~/.config/kexec-lab/config.yaml)
  --no-config      ignore configuration files

Existing files are never overwritten.

Example:
  kexec-lab init boot-tests
  kexec-lab run boot-tests/my-boot.yaml --tail

`

exports[`test/cli/messages/help.test.ts > TAP > help > kexec-lab list 1`] = `
Usage: kexec-lab list [options] [what...]

list scenarios

Arguments:
  what                     names, globs, labels or files (default: ["all"])

Options:
  --json                   print JSON with stories, setups and expectations
  --scenarios <directory>  directory with your own scenarios, added to the
                           built-in ones (repeatable) (default: none)
  --exclude <pattern>      leave out scenarios by name, glob or label
                           (repeatable) (default: none)
  -h, --help               display help for command

Global Options:
  --config <file>          file with defaults for options (default:
                           kexec-lab.config.yaml in the current directory,
                           otherwise ~/.config/kexec-lab/config.yaml)
  --no-config              ignore configuration files

Examples:
  kexec-lab list
  kexec-lab list "arm-*" --json

`

exports[`test/cli/messages/help.test.ts > TAP > help > kexec-lab matrix 1`] = `
Usage: kexec-lab matrix [options] <what...>

divide a run into jobs for several machines, one per architecture and shard

Arguments:
  what                     all, names, globs, labels, or scenario files

Options:
  --arch <arch>            only this architecture: aarch64 or arm (repeatable)
                           (default: all)
  --scenarios <directory>  directory with your own scenarios, added to the
                           built-in ones (repeatable) (default: none)
  --exclude <pattern>      leave out scenarios by name, glob or label
                           (repeatable) (default: none)
  --repeat <n>             run every case n times (default: 1)
  --shards <n>             at most n shards per architecture (default: 1)
  --json                   print one line of JSON for GitHub's strategy.matrix
  -h, --help               display help for command

Global Options:
  --config <file>          file with defaults for options (default:
                           kexec-lab.config.yaml in the current directory,
                           otherwise ~/.config/kexec-lab/config.yaml)
  --no-config              ignore configuration files

The "images" value of a job is a cache key. It changes when the images of its cases have to be rebuilt.

Examples:
  kexec-lab matrix all --shards 2
  echo "matrix=$(kexec-lab matrix all --shards 2 --json)" >> "$GITHUB_OUTPUT"

`

exports[`test/cli/messages/help.test.ts > TAP > help > kexec-lab merge 1`] = `
Usage: kexec-lab merge [options] <directory...>

merge sharded runs into one run and report on it

Arguments:
  directory                 run directories, or directories that contain them

Options:
  --reporter <name[=file]>  write a report to standard output or a file: list,
                            plain, tap, json, junit, html, github (repeatable)
                            (default: list on a terminal, otherwise plain; also
                            beside reports in files)
  --out <directory>         directory for the records of the merged run
                            (default: "runs")
  -h, --help                display help for command

Global Options:
  --config <file>           file with defaults for options (default:
                            kexec-lab.config.yaml in the current directory,
                            otherwise ~/.config/kexec-lab/config.yaml)
  --no-config               ignore configuration files

Examples:
  kexec-lab merge shards/1 shards/2
  kexec-lab merge downloaded --reporter github --reporter html=report.html

The exit codes are those of kexec-lab run, for all cases together. A missing, damaged or duplicate shard is an
error (exit code 2). Cases of an unfinished run that have no result count as interrupted (130).

`

exports[`test/cli/messages/help.test.ts > TAP > help > kexec-lab pairs 1`] = `
Usage: kexec-lab pairs [options] [kernels...]

boot each kernel after each other one, and draw a table of what comes up

Arguments:
  kernels                 kernels for both sides, as --from and --to take them

Options:
  --from <kernels>        first kernels (repeatable) (default: none)
  --to <kernels>          kernels that they start with kexec (repeatable)
                          (default: none)
  --kexec-tools <source>  kexec-tools that load them: debian:SUITE, a .deb, or a
                          kexec program (repeatable: a table each) (default: the
                          provider's)
  --cure                  give kexec the --image-size that 32-bit arm kernels
                          need
  --arch <arch>           only this architecture: aarch64 or arm (repeatable)
                          (default: all)
  --retries <n>           boot a pair that failed again, up to n times (default:
                          1)
  --shard <i/n>           boot only the i-th of n parts; --known joins them
  --known <file>          take over the results in this pairs.json (repeatable)
                          (default: none)
  --no-boot               boot nothing; show what is known
  --jobs <n>              cases that run at the same time (default: one per CPU)
  --out <directory>       directory for the tables and the records (default:
                          "pairs")
  --json                  print the tables as JSON
  --no-checkpoint         boot every kernel from power-on
  --qemu-dir <directory>  use only the QEMU programs in this directory (env:
                          KEXEC_LAB_QEMU_DIR)
  --mirror <url>          Debian mirror to take kernels from (default: the
                          host's) (env: KEXEC_LAB_MIRROR)
  --with-deps             install missing system packages with apt
  --machine <machine>     boot on this machine instead of the scenarios' own: a
                          profile by name, or a YAML file
  --shape <shape>         shape of the machine: plain, gicv3-uefi, gicv3, all,
                          or one of the scenario shapes, such as shapes-01; for
                          aarch64 scenarios that expect booted (repeatable)
                          (default: plain)
  -h, --help              display help for command

Global Options:
  --config <file>         file with defaults for options (default:
                          kexec-lab.config.yaml in the current directory,
                          otherwise ~/.config/kexec-lab/config.yaml)
  --no-config             ignore configuration files

Kernels:
  debian:SUITE[/PACKAGE]      one kernel; several with commas between them
  'debian:trixie*/7.*-arm64'  those whose suite and release match; * is any text
  all                         all of bookworm, trixie, their backports, sid and experimental: over a hundred
  FILE.deb, a directory       a kernel of yours, for --to

Examples:
  kexec-lab pairs debian:bookworm,debian:trixie,debian:sid --arch aarch64
  kexec-lab pairs --from debian:bookworm --to 'debian:sid/*' --arch arm --cure
  kexec-lab pairs --from debian:bookworm,debian:trixie --to ./linux-image-7.1_arm64.deb

The tables are pairs.json, pairs.html and pairs.md in --out. A pair whose images, machine and programs have not
changed is not booted again, so an interrupted command goes on where it was.

Exit codes:
  0    every pair came up
  1    a pair failed
  2    invalid arguments
  4    no kernel is for the architecture
  5    the lab could not boot a pair, or a tool is missing
  130  interrupted

`

exports[`test/cli/messages/help.test.ts > TAP > help > kexec-lab preflight 1`] = `
Usage: kexec-lab preflight [options] [scenario]

examine a kernel, its initramfs and its kexec-tools without booting them

Arguments:
  scenario                 examine what this scenario or file boots

Options:
  --kernel <candidate>     kernel under test: debian:SUITE,
                           debian:SUITE/PACKAGE, comma-separated .deb files, a
                           directory, an image, or https://...#sha256=HEX
  --initrd <file>          initramfs of the kernel under test (default: built
                           with the modules it needs)
  --kexec-tools <source>   kexec-tools that load it: debian:SUITE, a .deb, or a
                           kexec program
  --first-kernel <source>  kernel that the machine starts with and kexecs from:
                           debian:SUITE or debian:SUITE/PACKAGE
  --arch <arch>            only this architecture: aarch64 or arm (repeatable)
                           (default: all)
  --root-device <device>   root= device on the kernel command line (default:
                           /dev/vda1)
  --image-size <bytes>     on arm, the --image-size that kexec is given
                           (default: none)
  --mirror <url>           Debian mirror to download from (default: the host's)
                           (env: KEXEC_LAB_MIRROR)
  --with-deps              install missing system packages with apt
  --json                   print JSON
  -h, --help               display help for command

Global Options:
  --config <file>          file with defaults for options (default:
                           kexec-lab.config.yaml in the current directory,
                           otherwise ~/.config/kexec-lab/config.yaml)
  --no-config              ignore configuration files

Examples:
  kexec-lab preflight --kernel debian:sid
  kexec-lab preflight --kernel ./vmlinuz-6.12 --initrd ./initrd.img-6.12 --root-device /dev/vda2
  kexec-lab preflight ./my-scenario.yaml

Exit codes:
  0  no problem that prevents a boot
  2  the candidate cannot be used
  5  a download failed
  7  the candidate cannot boot

`

exports[`test/cli/messages/help.test.ts > TAP > help > kexec-lab rewind 1`] = `
Usage: kexec-lab rewind [options] <directory>

replay a recorded boot byte for byte, or stop in it for gdb

Arguments:
  directory               directory of a recorded case

Options:
  --gdb                   stop and wait for gdb
  --at <text>             stop after the line with this text, or at this signal
                          (default: the last line)
  --qemu-dir <directory>  use only the QEMU programs in this directory (env:
                          KEXEC_LAB_QEMU_DIR)
  --json                  print JSON, without the console
  -h, --help              display help for command

Global Options:
  --config <file>         file with defaults for options (default:
                          kexec-lab.config.yaml in the current directory,
                          otherwise ~/.config/kexec-lab/config.yaml)
  --no-config             ignore configuration files

The directory is that of a case run with --record, or its "recorded" directory after
--record-on-failure. Replaying needs the QEMU and the images of the recording.

Examples:
  kexec-lab run kexec-to-distro --arch aarch64 --record
  kexec-lab rewind runs/latest/aarch64/kexec-to-distro
  kexec-lab rewind runs/latest/aarch64/kexec-to-distro --gdb --at kexec-bye

Exit codes:
  0  replayed byte for byte (with --gdb: stopped where asked)
  1  the replay differs
  2  no recording found, or nowhere to stop
  5  the QEMU or an image of the recording is missing

`

exports[`test/cli/messages/help.test.ts > TAP > help > kexec-lab run 1`] = `
Usage: kexec-lab run [options] [what...]

boot scenarios, compare each with its expected outcome, and explain every
difference

Arguments:
  what                      all, names, globs, labels, or scenario files

Options:
  --arch <arch>             only this architecture: aarch64 or arm (repeatable)
                            (default: all)
  --scenarios <directory>   directory with your own scenarios, added to the
                            built-in ones (repeatable) (default: none)
  --exclude <pattern>       leave out scenarios by name, glob or label
                            (repeatable) (default: none)
  --server <file>           a captured server, or a directory of them
                            (repeatable) (default: none)
  --root <file>             a tar archive with the server's root file system
                            (default: a Debian of the lab)
  --last-failed             only cases whose newest result in --out is not a
                            pass
  --jobs <n>                cases that run at the same time (default: one per
                            CPU)
  --repeat <n>              run every case n times (default: 1)
  --retries <n>             rerun cases that did not pass, up to n times
                            (default: 0)
  --max-failures <n>        stop the run after n cases have failed (exit code 1)
  --timeout <minutes>       stop the run after this time (exit code 130)
  --shard <i/n>             run only the i-th of n parts; kexec-lab merge joins
                            them
  --reporter <name[=file]>  write a report to standard output or a file: list,
                            plain, tap, json, junit, html, github (repeatable)
                            (default: list on a terminal, otherwise plain; also
                            beside reports in files)
  --out <directory>         directory for the records of the run (default:
                            "runs")
  --explain                 rerun silent failures with verbose kernel output
  --record                  record every boot, for kexec-lab rewind (from
                            power-on, in real time)
  --record-on-failure <n>   rerun failed cases with recording until they fail
                            again, at most n times
  --tail                    show the console of running cases
  -q, --quiet               show only the cases that did not pass, and the
                            summary
  --qemu-dir <directory>    use only the QEMU programs in this directory (env:
                            KEXEC_LAB_QEMU_DIR)
  --mirror <url>            Debian mirror to build images from (default: the
                            host's) (env: KEXEC_LAB_MIRROR)
  --no-checkpoint           boot every case from power-on, without shared
                            checkpoints
  --with-deps               install missing system packages with apt
  --dry-run                 show the cases and the commands that boot them;
                            start nothing
  --machine <machine>       boot on this machine instead of the scenarios' own:
                            a profile by name, or a YAML file
  --shape <shape>           shape of the machine: plain, gicv3-uefi, gicv3, all,
                            or one of the scenario shapes, such as shapes-01;
                            for aarch64 scenarios that expect booted
                            (repeatable) (default: plain)
  --kernel <candidate>      kernel under test: debian:SUITE,
                            debian:SUITE/PACKAGE, comma-separated .deb files, a
                            directory, an image, or https://...#sha256=HEX
  --initrd <file>           initramfs of the kernel under test (default: built
                            with the modules it needs)
  --kexec-tools <source>    kexec-tools that load it: debian:SUITE, a .deb, or a
                            kexec program
  --first-kernel <source>   kernel that the machine starts with and kexecs from:
                            debian:SUITE or debian:SUITE/PACKAGE
  -h, --help                display help for command

Global Options:
  --config <file>           file with defaults for options (default:
                            kexec-lab.config.yaml in the current directory,
                            otherwise ~/.config/kexec-lab/config.yaml)
  --no-config               ignore configuration files

Examples:
  kexec-lab run all
  kexec-lab run 'arm-*' --tail
  kexec-lab run all --arch aarch64 --reporter tap --reporter json=report.json
  kexec-lab run ./my-scenario.yaml --repeat 3
  kexec-lab run quick --kernel debian:sid
  kexec-lab run --server web1.server.tar --tail
  kexec-lab run tutorial --machine ./my-machine.yaml
  kexec-lab run kexec-to-distro --kernel ./linux-image-6.12.deb --kexec-tools debian:trixie

Exit codes:
  0    all cases went as expected
  1    a case failed
  2    invalid arguments, or an invalid scenario
  4    no case selected
  5    the lab could not run a case
  130  interrupted

`

exports[`test/cli/messages/help.test.ts > TAP > help > kexec-lab schema 1`] = `
Usage: kexec-lab schema [options] [name]

list JSON Schemas, or print one

Arguments:
  name             the schema to print

Options:
  -h, --help       display help for command

Global Options:
  --config <file>  file with defaults for options (default:
                   kexec-lab.config.yaml in the current directory, otherwise
                   ~/.config/kexec-lab/config.yaml)
  --no-config      ignore configuration files

Example:
  kexec-lab schema scenario > scenario.schema.json

`

exports[`test/cli/messages/help.test.ts > TAP > help > kexec-lab server 1`] = `
Usage: kexec-lab server [options] [command]

look into files that kexec-lab capture wrote

Options:
  -h, --help                           display help for command

Global Options:
  --config <file>                      file with defaults for options (default:
                                       kexec-lab.config.yaml in the current
                                       directory, otherwise
                                       ~/.config/kexec-lab/config.yaml)
  --no-config                          ignore configuration files

Commands:
  show [options] <file>                describe a server file, and compare its
                                       boot in the lab with the server
  unpack [options] <file> <directory>  write the scenario, the disk recipe and
                                       the files that kexec-lab run --server
                                       boots
  help [command...]                    show help for a command

`

exports[`test/cli/messages/help.test.ts > TAP > help > kexec-lab server show 1`] = `
Usage: kexec-lab server show [options] <file>

describe a server file, and compare its boot in the lab with the server

Arguments:
  file             a file that kexec-lab capture wrote

Options:
  --root <file>    a tar archive with the server's root file system (default: a
                   Debian of the lab)
  --files          list every item with its size and what was removed from it
  --json           print JSON
  -h, --help       display help for command

Global Options:
  --config <file>  file with defaults for options (default:
                   kexec-lab.config.yaml in the current directory, otherwise
                   ~/.config/kexec-lab/config.yaml)
  --no-config      ignore configuration files

Example:
  kexec-lab server show web1.server.tar

`

exports[`test/cli/messages/help.test.ts > TAP > help > kexec-lab server unpack 1`] = `
Usage: kexec-lab server unpack [options] <file> <directory>

write the scenario, the disk recipe and the files that kexec-lab run --server
boots

Arguments:
  file             a file that kexec-lab capture wrote
  directory        an empty or new directory

Options:
  --root <file>    a tar archive with the server's root file system (default: a
                   Debian of the lab)
  -h, --help       display help for command

Global Options:
  --config <file>  file with defaults for options (default:
                   kexec-lab.config.yaml in the current directory, otherwise
                   ~/.config/kexec-lab/config.yaml)
  --no-config      ignore configuration files

Example:
  kexec-lab server unpack web1.server.tar web1

`

exports[`test/cli/messages/help.test.ts > TAP > help > kexec-lab show 1`] = `
Usage: kexec-lab show [options] <scenario...>

describe scenarios and print the commands that boot them by hand

Arguments:
  scenario                 names, globs, labels or files

Options:
  --arch <arch>            only this architecture: aarch64 or arm (repeatable)
                           (default: all)
  --scenarios <directory>  directory with your own scenarios, added to the
                           built-in ones (repeatable) (default: none)
  --qemu-dir <directory>   use only the QEMU programs in this directory (env:
                           KEXEC_LAB_QEMU_DIR)
  --machine <machine>      boot on this machine instead of the scenarios' own: a
                           profile by name, or a YAML file
  --shape <shape>          shape of the machine: plain, gicv3-uefi, gicv3, all,
                           or one of the scenario shapes, such as shapes-01; for
                           aarch64 scenarios that expect booted (repeatable)
                           (default: plain)
  -h, --help               display help for command

Global Options:
  --config <file>          file with defaults for options (default:
                           kexec-lab.config.yaml in the current directory,
                           otherwise ~/.config/kexec-lab/config.yaml)
  --no-config              ignore configuration files

Example:
  kexec-lab show kexec-to-distro --arch arm

`

exports[`test/cli/messages/help.test.ts > TAP > help > kexec-lab watch 1`] = `
Usage: kexec-lab watch [options]

boot the kernels of Debian's archive that are new since the last time, and say
what changed

Options:
  --from <kernels>        first kernels (repeatable) (default:
                          debian:bookworm,debian:trixie)
  --to <kernels>          kernels that they start with kexec (repeatable)
                          (default: the newest of each suite)
  --kexec-tools <source>  kexec-tools that load them: debian:SUITE, a .deb, or a
                          kexec program (repeatable) (default: the provider's)
  --cure                  give kexec the --image-size that 32-bit arm kernels
                          need
  --arch <arch>           only this architecture: aarch64 or arm (repeatable)
                          (default: all)
  --history <file>        what was booted before; new results are added
                          (default: "kexec-history.json")
  --retries <n>           boot a pair that failed again, up to n times (default:
                          1)
  --dry-run               boot nothing; print the pairs that are new
  --jobs <n>              cases that run at the same time (default: one per CPU)
  --out <directory>       directory for the page and the records (default:
                          "watch")
  --json                  print what changed as JSON
  --no-checkpoint         boot every kernel from power-on
  --qemu-dir <directory>  use only the QEMU programs in this directory (env:
                          KEXEC_LAB_QEMU_DIR)
  --mirror <url>          Debian mirror to take kernels from (default: the
                          host's) (env: KEXEC_LAB_MIRROR)
  --with-deps             install missing system packages with apt
  --machine <machine>     boot on this machine instead of the scenarios' own: a
                          profile by name, or a YAML file
  --shape <shape>         shape of the machine: plain, gicv3-uefi, gicv3, all,
                          or one of the scenario shapes, such as shapes-01; for
                          aarch64 scenarios that expect booted (repeatable)
                          (default: plain)
  -h, --help              display help for command

Global Options:
  --config <file>         file with defaults for options (default:
                          kexec-lab.config.yaml in the current directory,
                          otherwise ~/.config/kexec-lab/config.yaml)
  --no-config             ignore configuration files

Examples:
  kexec-lab watch
  kexec-lab watch --from debian:bookworm --to debian:trixie,debian:sid --arch aarch64
  kexec-lab watch --to 'debian:trixie/*-cloud-arm64' --dry-run

Commit the history: it is sorted and has no dates, so its diff is what changed. A pair is booted when the history does not
have the packages of its two kernels in these versions. To boot a pair again, remove it from the file.

Exit codes:
  0    nothing new fails
  1    a new pair fails, and the version before it did not fail in the same way
  2    invalid arguments
  4    the archive has no kernel for the architecture
  5    the lab could not boot a pair, or a tool is missing
  130  interrupted; what was booted is in the history

`

exports[`test/cli/messages/help.test.ts > TAP > topics > kexec-lab help outcome 1`] = `
$ kexec-lab help outcome
stderr: error: unknown command 'outcome'; did you mean "outcomes"?
exit code 2
`

exports[`test/cli/messages/help.test.ts > TAP > topics > kexec-lab help outcomes 1`] = `
$ kexec-lab help outcomes
booted              the system came up on the intended kernel
bye-hang            the kexec ended in silence: the second kernel printed nothing
kexec-missing       the kexec program is missing or cannot be started
kexec-load-failed   kexec did not load the second kernel
kexec-refused       the running kernel does not allow the kexec
root-mount-failed   the root device exists, but mounting it failed
root-missing        the root device never appeared
initramfs-corrupt   the kernel could not unpack its initramfs
no-init             the kernel could not start a first program
kernel-panic        the kernel panicked, or an oops stopped it
dumped              the kernel panicked, its crash kernel saved a dump, and the machine came back
dump-not-saved      the kernel panicked, and its crash kernel did not save a dump
crash-not-reserved  no memory is reserved for a crash kernel
crash-load-failed   the crash kernel could not be loaded
kernel-hang         the kernel began to boot and makes no progress
console-lost        the second kernel runs, but not on this console (live runs only)
wrong-kernel        a system came up, but not on the intended kernel
degraded            the system came up after a kexec, but has lost CPUs, memory, interrupts, its clock or its disk
reboot-loop         the machine is reset or kexecs repeatedly
rescue-shell        the boot ended in a rescue shell; the console does not show why
firmware-stuck      the firmware or the boot loader did not start a kernel
kernel-silent       a boot loader or an EFI stub started a kernel, which printed nothing
irq-storm           an interrupt without a handler, then no progress
entropy-blocked     a program waits for random numbers
qemu-exited         QEMU exited before there was an outcome (live runs only)
no-output           the console printed nothing at all
unknown             none of the above is shown
exit code 0
`
