/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/cli/messages/show.test.ts > TAP > machines that this QEMU cannot make > kexec-lab run kexec-to-distro --machine server.yaml --arch aarch64 --dry-run 1`] = `
$ kexec-lab run kexec-to-distro --machine server.yaml --arch aarch64 --dry-run
stderr: server.yaml:3:1: cpu: QEMU 7.2.22 has no machine with the CPU model "neoverse-v1"
stderr:   QEMU 8.1 and later have it; --qemu-dir chooses another QEMU. This one has cortex-a53, neoverse-n1, max.
exit code 2
`

exports[`test/cli/messages/show.test.ts > TAP > machines that this QEMU cannot make > kexec-lab show kexec-to-distro --machine kvm.yaml 1`] = `
$ kexec-lab show kexec-to-distro --machine kvm.yaml
stderr: kvm.yaml:3:1: cpu: the CPU model host needs KVM, and kexec-lab emulates every machine
stderr:   Choose a model that QEMU emulates, such as a64fx, cortex-a53, cortex-a57, cortex-a72, cortex-a35, cortex-a55, cortex-a76, cortex-a78ae, cortex-a710, neoverse-n1, neoverse-n2, neoverse-v1, max.
exit code 2
`

exports[`test/cli/messages/show.test.ts > TAP > machines that this QEMU cannot make > kexec-lab show kexec-to-distro --machine server.yaml 1`] = `
$ kexec-lab show kexec-to-distro --machine server.yaml
stderr: server.yaml:3:1: cpu: QEMU 7.2.22 has no machine with the CPU model "neoverse-v1"
stderr:   QEMU 8.1 and later have it; --qemu-dir chooses another QEMU. This one has cortex-a53, neoverse-n1, max.
exit code 2
`

exports[`test/cli/messages/show.test.ts > TAP > machines that this QEMU cannot make > kexec-lab show misspelt.yaml 1`] = `
$ kexec-lab show misspelt.yaml
stderr: misspelt.yaml:6:20: cpu: QEMU 7.2.22 has no machine with the CPU model "cortex-a54"; did you mean "cortex-a53"?
stderr:   It has machines with cortex-a53, neoverse-n1, max.
exit code 2
`

exports[`test/cli/messages/show.test.ts > TAP > machines that this QEMU cannot make > kexec-lab show varied.yaml 1`] = `
$ kexec-lab show varied.yaml
stderr: varied.yaml:5:1: cpu: QEMU 7.2.22 has no machine with the CPU model "neoverse-n2"
stderr:   QEMU 8.2 and later have it; --qemu-dir chooses another QEMU. This one has cortex-a53, neoverse-n1, max.
exit code 2
`

exports[`test/cli/messages/show.test.ts > TAP > show > kexec-lab run mine.yaml --dry-run --arch arm 1`] = `
$ kexec-lab run mine.yaml --dry-run --arch arm
# arm/mine
{ printf '%s\\n' TAGS=2 TAGS_0=KEXEC_KERNEL=/vmlinuz 'TAGS_1=KEXEC_APPEND=it'\\''s "quoted" $HOME'; yes '' | head -c 436; } > kexec-lab-mine-arm-tags.img
PACKAGE/test/fixtures/fake-qemu/qemu-system-arm \\
  -nodefaults \\
  -no-user-config \\
  -display none \\
  -nic none \\
  -machine virt,highmem=off \\
  -cpu cortex-a15 \\
  -smp 1 \\
  -m 1024 \\
  -accel tcg,tb-size=64 \\
  -icount shift=3,sleep=off \\
  -rtc clock=vm \\
  -kernel kernel \\
  -initrd initramfs \\
  -append 'console=ttyAMA0 cryptomgr.notests root=/dev/vda panic=5' \\
  -drive if=none,id=tags,file=kexec-lab-mine-arm-tags.img,format=raw,readonly=on \\
  -device virtio-blk-pci,drive=tags,addr=1,serial=kexec-lab-tags \\
  -no-reboot \\
  -serial mon:stdio

exit code 0
`

exports[`test/cli/messages/show.test.ts > TAP > show > kexec-lab show 1`] = `
$ kexec-lab show
stderr: error: missing required argument 'scenario'
stderr:   kexec-lab show --help shows the usage.
exit code 2
`

exports[`test/cli/messages/show.test.ts > TAP > show > kexec-lab show c1-bye --arch aarch64 1`] = `
$ kexec-lab show c1-bye --arch aarch64
stderr: none of the selected scenarios runs on aarch64
stderr:   kexec-lab list shows the architectures of each scenario.
exit code 4
`

exports[`test/cli/messages/show.test.ts > TAP > show > kexec-lab show c1-bye 1`] = `
$ kexec-lab show c1-bye
c1-bye: the C1 of the post: kexec by server tags, and the console ends at "Bye!"

"My first attempts were therefore to use the KEXEC_KERNEL=/vmlinuz and KEXEC_INITRD=/initrd.img server tags, but it
failed to work." Four 32-bit cores, the root on a network block device, \`INITRD_VERBOSE=1\`: the provider's initramfs
asks sixteen NBD devices whether they are in use, kexec begins before it has the answers printed, and the kernel
takes its CPUs down in the middle of its words. Then \`Bye!\`, and nothing more.

Here the cause can be explained: kexec-tools assumes that Debian's kernel is 2 MiB smaller than it is, so the
decompressor overwrites the device tree (\`arm-device-tree-overwritten\` shows it without the network). \`c1-cure\`
comes back.

arm
  machine    scaleway-c1
  kernel     provider-kernel
  initramfs  scaleway-initramfs-c1
  disk       mini-disk
  storage    nbd
  cmdline    root=/dev/nbd0
  tags       KEXEC_KERNEL=/vmlinuz
             KEXEC_INITRD=/initrd.img
             INITRD_VERBOSE=1
             KEXEC_LAB_NO_INITRD=1
             KEXEC_LAB_FLAGS=--no-checks
  on reset   exit
  expected   bye-hang, generation 1, stage kexec, reported kernel-started,booted
  limits     300 s in all, 60 s of silence

# Some images are not built yet. A run builds them.
# A run also starts the provider's servers. Here, metadata and network disks do not answer.
PACKAGE/test/fixtures/fake-qemu/qemu-system-arm \\
  -nodefaults \\
  -no-user-config \\
  -display none \\
  -netdev user,id=net,restrict=on,net=169.254.42.0/24,host=169.254.42.1,dhcpstart=169.254.42.15,hostfwd=tcp:127.0.0.1:0-:22 \\
  -device virtio-net-pci,netdev=net,addr=1e,romfile= \\
  -machine virt,highmem=off \\
  -cpu cortex-a15 \\
  -smp 4 \\
  -m 1024 \\
  -accel tcg,tb-size=64 \\
  -rtc clock=vm \\
  -kernel cache/images/provider-kernel-arm-DIGEST/vmlinuz \\
  -initrd cache/images/scaleway-initramfs-c1-arm-DIGEST/initramfs.cpio \\
  -append 'console=ttyAMA0 cryptomgr.notests loglevel=8 dyndbg="func __cpu_die +p" root=/dev/nbd0' \\
  -no-reboot \\
  -serial mon:stdio

exit code 0
`

exports[`test/cli/messages/show.test.ts > TAP > show > kexec-lab show kexec-to-distro --arch mips 1`] = `
$ kexec-lab show kexec-to-distro --arch mips
stderr: error: option '--arch <arch>' argument 'mips' is invalid. It must be aarch64 or arm.
exit code 2
`

exports[`test/cli/messages/show.test.ts > TAP > show > kexec-lab show kexec-to-ditsro 1`] = `
$ kexec-lab show kexec-to-ditsro
stderr: no scenario is named or labelled "kexec-to-ditsro"; did you mean "kexec-to-distro"?
stderr:   kexec-lab list shows all scenarios and labels.
exit code 4
`

exports[`test/cli/messages/show.test.ts > TAP > show > kexec-lab show mine.yaml --arch arm 1`] = `
$ kexec-lab show mine.yaml --arch arm
mine: A title

A story.

arm
  machine    arm
  kernel     kernel
  initramfs  initramfs
  disk       none
  storage    virtio
  cmdline    root=/dev/vda panic=5
  tags       KEXEC_KERNEL=/vmlinuz
             KEXEC_APPEND=it's "quoted" $HOME
  on reset   exit
  expected   booted
  limits     300 s in all, 60 s of silence

{ printf '%s\\n' TAGS=2 TAGS_0=KEXEC_KERNEL=/vmlinuz 'TAGS_1=KEXEC_APPEND=it'\\''s "quoted" $HOME'; yes '' | head -c 436; } > kexec-lab-mine-arm-tags.img
PACKAGE/test/fixtures/fake-qemu/qemu-system-arm \\
  -nodefaults \\
  -no-user-config \\
  -display none \\
  -nic none \\
  -machine virt,highmem=off \\
  -cpu cortex-a15 \\
  -smp 1 \\
  -m 1024 \\
  -accel tcg,tb-size=64 \\
  -icount shift=3,sleep=off \\
  -rtc clock=vm \\
  -kernel kernel \\
  -initrd initramfs \\
  -append 'console=ttyAMA0 cryptomgr.notests root=/dev/vda panic=5' \\
  -drive if=none,id=tags,file=kexec-lab-mine-arm-tags.img,format=raw,readonly=on \\
  -device virtio-blk-pci,drive=tags,addr=1,serial=kexec-lab-tags \\
  -no-reboot \\
  -serial mon:stdio

exit code 0
`

exports[`test/cli/messages/show.test.ts > TAP > show > kexec-lab show mine.yaml 1`] = `
$ kexec-lab show mine.yaml
mine: A title

A story.

aarch64
  machine    aarch64
  kernel     kernel
  initramfs  initramfs
  disk       none
  storage    virtio
  cmdline    root=/dev/vda panic=5
  tags       KEXEC_KERNEL=/vmlinuz
             KEXEC_APPEND=it's "quoted" $HOME
  on reset   exit
  expected   booted
  limits     300 s in all, 60 s of silence

{ printf '%s\\n' TAGS=2 TAGS_0=KEXEC_KERNEL=/vmlinuz 'TAGS_1=KEXEC_APPEND=it'\\''s "quoted" $HOME'; yes '' | head -c 436; } > kexec-lab-mine-aarch64-tags.img
PACKAGE/test/fixtures/fake-qemu/qemu-system-aarch64 \\
  -nodefaults \\
  -no-user-config \\
  -display none \\
  -nic none \\
  -machine virt \\
  -cpu cortex-a53 \\
  -smp 1 \\
  -m 512 \\
  -accel tcg,tb-size=64 \\
  -icount shift=3,sleep=off \\
  -rtc clock=vm \\
  -kernel kernel \\
  -initrd initramfs \\
  -append 'console=ttyAMA0 cryptomgr.notests root=/dev/vda panic=5' \\
  -drive if=none,id=tags,file=kexec-lab-mine-aarch64-tags.img,format=raw,readonly=on \\
  -device virtio-blk-pci,drive=tags,addr=1,serial=kexec-lab-tags \\
  -no-reboot \\
  -serial mon:stdio

arm
  machine    arm
  kernel     kernel
  initramfs  initramfs
  disk       none
  storage    virtio
  cmdline    root=/dev/vda panic=5
  tags       KEXEC_KERNEL=/vmlinuz
             KEXEC_APPEND=it's "quoted" $HOME
  on reset   exit
  expected   booted
  limits     300 s in all, 60 s of silence

{ printf '%s\\n' TAGS=2 TAGS_0=KEXEC_KERNEL=/vmlinuz 'TAGS_1=KEXEC_APPEND=it'\\''s "quoted" $HOME'; yes '' | head -c 436; } > kexec-lab-mine-arm-tags.img
PACKAGE/test/fixtures/fake-qemu/qemu-system-arm \\
  -nodefaults \\
  -no-user-config \\
  -display none \\
  -nic none \\
  -machine virt,highmem=off \\
  -cpu cortex-a15 \\
  -smp 1 \\
  -m 1024 \\
  -accel tcg,tb-size=64 \\
  -icount shift=3,sleep=off \\
  -rtc clock=vm \\
  -kernel kernel \\
  -initrd initramfs \\
  -append 'console=ttyAMA0 cryptomgr.notests root=/dev/vda panic=5' \\
  -drive if=none,id=tags,file=kexec-lab-mine-arm-tags.img,format=raw,readonly=on \\
  -device virtio-blk-pci,drive=tags,addr=1,serial=kexec-lab-tags \\
  -no-reboot \\
  -serial mon:stdio

exit code 0
`
