/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/cli/messages/capture.test.ts > TAP > capture > kexec-lab capture -- -oProxyCommand=reboot 1`] = `
$ kexec-lab capture -- -oProxyCommand=reboot
stderr: "-oProxyCommand=reboot" is not the name of a server
stderr:   Such as root@web1.
exit code 2
`

exports[`test/cli/messages/capture.test.ts > TAP > capture > kexec-lab capture --from cut.raw 1`] = `
$ kexec-lab capture --from cut.raw
stderr: cut.raw: this capture is damaged at byte 900: it ends in the middle of a record
stderr:   Capture the server again. Transfer the file in binary mode.
exit code 2
`

exports[`test/cli/messages/capture.test.ts > TAP > capture > kexec-lab capture --from directory 1`] = `
$ kexec-lab capture --from directory
stderr: directory: this is a directory, not a file
stderr:   Name the output of capture.sh.
exit code 2
`

exports[`test/cli/messages/capture.test.ts > TAP > capture > kexec-lab capture --from link.raw 1`] = `
$ kexec-lab capture --from link.raw
stderr: link.raw: cannot read this file: no such file or directory
stderr:   Name the output of capture.sh.
exit code 2
`

exports[`test/cli/messages/capture.test.ts > TAP > capture > kexec-lab capture --from missing.raw 1`] = `
$ kexec-lab capture --from missing.raw
stderr: missing.raw: cannot read this file: no such file or directory
stderr:   Name the output of capture.sh.
exit code 2
`

exports[`test/cli/messages/capture.test.ts > TAP > capture > kexec-lab capture --from terminal.raw 1`] = `
$ kexec-lab capture --from terminal.raw
stderr: terminal.raw: the line ends of this capture were changed, as a terminal does
stderr:   Capture the server again. On the server, redirect the output to a file: sh capture.sh >server.raw
exit code 2
`

exports[`test/cli/messages/capture.test.ts > TAP > capture > kexec-lab capture --from text.raw 1`] = `
$ kexec-lab capture --from text.raw
stderr: text.raw: this is not the output of capture.sh
stderr:   Make one with: kexec-lab capture --script >capture.sh; then, on the server: sh capture.sh >server.raw
exit code 2
`

exports[`test/cli/messages/capture.test.ts > TAP > capture > kexec-lab capture --from web1.raw --force 1`] = `
$ kexec-lab capture --from web1.raw --force
wrote web1.server.tar: 6 items, 4.4 KiB; 1 secret replaced by marks
missing  /etc/crypttab: only root can read it
Root would add what is missing: capture as root, or with --sudo.

Next:
  kexec-lab server show web1.server.tar
exit code 0
`

exports[`test/cli/messages/capture.test.ts > TAP > capture > kexec-lab capture --from web1.raw -o directory --force 1`] = `
$ kexec-lab capture --from web1.raw -o directory --force
stderr: directory: this already exists, and is not a file
stderr:   Choose another file with --output.
exit code 2
`

exports[`test/cli/messages/capture.test.ts > TAP > capture > kexec-lab capture --from web1.raw -o directory 1`] = `
$ kexec-lab capture --from web1.raw -o directory
stderr: directory: this already exists, and is not a file
stderr:   Choose another file with --output.
exit code 2
`

exports[`test/cli/messages/capture.test.ts > TAP > capture > kexec-lab capture --from web1.raw -o missing/web1.tar 1`] = `
$ kexec-lab capture --from web1.raw -o missing/web1.tar
stderr: missing: cannot write into this directory: no such file or directory
stderr:   Check the path.
exit code 2
`

exports[`test/cli/messages/capture.test.ts > TAP > capture > kexec-lab capture --from web1.raw -o old.tar 1`] = `
$ kexec-lab capture --from web1.raw -o old.tar
stderr: old.tar: this file already exists
stderr:   Choose another file with --output, or replace it with --force.
exit code 2
`

exports[`test/cli/messages/capture.test.ts > TAP > capture > kexec-lab capture --from web1.raw 1`] = `
$ kexec-lab capture --from web1.raw
wrote web1.server.tar: 6 items, 4.4 KiB; 1 secret replaced by marks
missing  /etc/crypttab: only root can read it
Root would add what is missing: capture as root, or with --sudo.

Next:
  kexec-lab server show web1.server.tar
exit code 0
`

exports[`test/cli/messages/capture.test.ts > TAP > capture > kexec-lab capture --from web1.raw 2`] = `
$ kexec-lab capture --from web1.raw
stderr: web1.server.tar: this file already exists
stderr:   Choose another file with --output, or replace it with --force.
exit code 2
`

exports[`test/cli/messages/capture.test.ts > TAP > capture > kexec-lab capture --script --from web1.raw 1`] = `
$ kexec-lab capture --script --from web1.raw
stderr: error: option '--script' cannot be used with option '--from <file>'
exit code 2
`

exports[`test/cli/messages/capture.test.ts > TAP > capture > kexec-lab capture -oProxyCommand=reboot 1`] = `
$ kexec-lab capture -oProxyCommand=reboot
stderr: no server to capture
stderr:   Name a server, such as root@web1, or the output of the script with --from.
exit code 2
`

exports[`test/cli/messages/capture.test.ts > TAP > capture > kexec-lab capture 1`] = `
$ kexec-lab capture
stderr: no server to capture
stderr:   Name a server, such as root@web1, or the output of the script with --from.
exit code 2
`

exports[`test/cli/messages/capture.test.ts > TAP > capture > kexec-lab capture web1 --from web1.raw 1`] = `
$ kexec-lab capture web1 --from web1.raw
stderr: both a server and --from are named
stderr:   Name a server, such as root@web1, or the output of the script with --from.
exit code 2
`

exports[`test/cli/messages/capture.test.ts > TAP > capture > kexec-lab capture web1 --ssh '' 1`] = `
$ kexec-lab capture web1 --ssh ''
stderr: error: option '--ssh <command>' argument '' is invalid. It must not be empty.
exit code 2
`

exports[`test/cli/messages/capture.test.ts > TAP > capture > kexec-lab capture web1 --ssh no-such-ssh 1`] = `
$ kexec-lab capture web1 --ssh no-such-ssh
stderr: missing on this host: no-such-ssh
stderr:   Install it.
exit code 5
`

exports[`test/cli/messages/capture.test.ts > TAP > capture > kexec-lab server show web1.server.tar --files 1`] = `
$ kexec-lab server show web1.server.tar --files
web1.server.tar
  captured  DATE by kexec-lab VERSION, run by an ordinary user
  system    Debian GNU/Linux 12 (bookworm) on aarch64
  runs      6.1.0-28-arm64
  cmdline   root=UUID=6f7a ro
  kernels   6.1.0-28-arm64 (running, default, kernel 4 KiB, no initrd)
  root      /dev/vda1, ext4, UUID=6f7a
  disk      vda, 10 GiB, unknown bus
  kexec     nothing calls kexec during the boot; no kexec-tools
  machine   1 CPU, 1024 MiB, no UEFI, device tree, not a QEMU machine

The lab cannot boot this server yet: the initrd of 6.1.0-28-arm64 is not in the capture.

  missing  /etc/crypttab  only root can read it
  Captured as root, it would be complete.

  text     42 bytes   uname
  text     17 bytes   /proc/cmdline
  text     198 bytes  lsblk
  file     81 bytes   /etc/os-release
  file     44 bytes   /etc/fstab                    1 × password
  file     4 KiB      /boot/vmlinuz-6.1.0-28-arm64
  missing             /etc/crypttab                 only root can read it
exit code 0
`

exports[`test/cli/messages/capture.test.ts > TAP > server > kexec-lab server 1`] = `
$ kexec-lab server
stderr: Usage: kexec-lab server [options] [command]
stderr: 
stderr: look into files that kexec-lab capture wrote
stderr: 
stderr: Options:
stderr:   -h, --help                           display help for command
stderr: 
stderr: Global Options:
stderr:   --config <file>                      file with defaults for options (default:
stderr:                                        kexec-lab.config.yaml in the current
stderr:                                        directory, otherwise
stderr:                                        ~/.config/kexec-lab/config.yaml)
stderr:   --no-config                          ignore configuration files
stderr: 
stderr: Commands:
stderr:   show [options] <file>                describe a server file, and compare its
stderr:                                        boot in the lab with the server
stderr:   unpack [options] <file> <directory>  write the scenario, the disk recipe and
stderr:                                        the files that kexec-lab run --server
stderr:                                        boots
stderr:   help [command...]                    show help for a command
exit code 2
`

exports[`test/cli/messages/capture.test.ts > TAP > server > kexec-lab server show 1`] = `
$ kexec-lab server show
stderr: error: missing required argument 'file'
stderr:   kexec-lab server show --help shows the usage.
exit code 2
`

exports[`test/cli/messages/capture.test.ts > TAP > server > kexec-lab server show empty.tar 1`] = `
$ kexec-lab server show empty.tar
stderr: empty.tar: this server is not an ARM machine (unknown)
stderr:   kexec-lab boots 64-bit ARM (aarch64) and 32-bit ARM (armv7).
exit code 2
`

exports[`test/cli/messages/capture.test.ts > TAP > server > kexec-lab server show missing.tar 1`] = `
$ kexec-lab server show missing.tar
stderr: missing.tar: cannot read this file: no such file or directory
stderr:   Name a file that kexec-lab capture wrote.
exit code 2
`

exports[`test/cli/messages/capture.test.ts > TAP > server > kexec-lab server show text.tar 1`] = `
$ kexec-lab server show text.tar
stderr: text.tar: this is not a server file, or it is damaged: the archive is truncated
stderr:   Name a file that kexec-lab capture wrote, or capture the server again.
exit code 2
`

exports[`test/cli/messages/capture.test.ts > TAP > server > kexec-lab server show x86.tar 1`] = `
$ kexec-lab server show x86.tar
stderr: x86.tar: this server file is incomplete: blob SHA256 is missing
stderr:   Name a file that kexec-lab capture wrote, or capture the server again.
exit code 2
`

exports[`test/cli/messages/capture.test.ts > TAP > server > kexec-lab server unpack empty.tar 1`] = `
$ kexec-lab server unpack empty.tar
stderr: error: missing required argument 'directory'
stderr:   kexec-lab server unpack --help shows the usage.
exit code 2
`

exports[`test/cli/messages/capture.test.ts > TAP > server > kexec-lab server unpack text.tar new 1`] = `
$ kexec-lab server unpack text.tar new
stderr: text.tar: this is not a server file, or it is damaged: the archive is truncated
stderr:   Name a file that kexec-lab capture wrote, or capture the server again.
exit code 2
`
