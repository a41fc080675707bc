/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/cli/messages/preflight.test.ts > TAP > preflight > kexec-lab preflight --kernel empty 1`] = `
$ kexec-lab preflight --kernel empty
stderr: --kernel empty: this file is empty
exit code 2
`

exports[`test/cli/messages/preflight.test.ts > TAP > preflight > kexec-lab preflight --kernel Image --initrd damaged.img 1`] = `
$ kexec-lab preflight --kernel Image --initrd damaged.img
aarch64  Image: this kernel cannot boot
  stop  This initramfs is a truncated cpio archive. (initrd-damaged)
        Rebuild it (update-initramfs -u), or copy it again.
        read in damaged.img
  note  This kernel's configuration is unknown, so its support for kexec could not be checked. (config-unknown)
        Supply its packages (from Debian 14 on including linux-base-…), or a directory with config-RELEASE.
        read in Image
  checked  image format, image length, initramfs archive, root=
  not checked  system call: the configuration of the first kernel is unknown
  not checked  interrupt tables: the machine is unknown; name a scenario
  not checked  page size: neither the Image nor a configuration names it
  not checked  kexec support: the configuration of the kernel is unknown
  not checked  initramfs release: its files could not be listed
  not checked  disk and file system drivers: its files could not be listed
  not checked  built-in drivers: neither modules.builtin nor a configuration was found
exit code 7
`

exports[`test/cli/messages/preflight.test.ts > TAP > preflight > kexec-lab preflight --kernel Image --initrd missing 1`] = `
$ kexec-lab preflight --kernel Image --initrd missing
stderr: --initrd missing: cannot read it: no such file or directory
stderr:   Check the path.
exit code 2
`

exports[`test/cli/messages/preflight.test.ts > TAP > preflight > kexec-lab preflight --kernel Image --initrd text.txt 1`] = `
$ kexec-lab preflight --kernel Image --initrd text.txt
aarch64  Image: this kernel cannot boot
  stop  This initramfs is not an initramfs: it is neither a cpio archive nor compressed. (initrd-damaged)
        Rebuild it (update-initramfs -u), or copy it again.
        read in text.txt
  note  This kernel's configuration is unknown, so its support for kexec could not be checked. (config-unknown)
        Supply its packages (from Debian 14 on including linux-base-…), or a directory with config-RELEASE.
        read in Image
  checked  image format, image length, initramfs archive, root=
  not checked  system call: the configuration of the first kernel is unknown
  not checked  interrupt tables: the machine is unknown; name a scenario
  not checked  page size: neither the Image nor a configuration names it
  not checked  kexec support: the configuration of the kernel is unknown
  not checked  initramfs release: its files could not be listed
  not checked  disk and file system drivers: its files could not be listed
  not checked  built-in drivers: neither modules.builtin nor a configuration was found
exit code 7
`

exports[`test/cli/messages/preflight.test.ts > TAP > preflight > kexec-lab preflight --kernel Image --initrd with-modules.img 1`] = `
$ kexec-lab preflight --kernel Image --initrd with-modules.img
aarch64  Image: this kernel may not boot without preparation
  warn  For virtio over PCI, the initramfs lacks the module virtio_pci. Unless it is built into the kernel, which could not be checked, the root is not found. (no-virtio-pci)
        Add virtio_pci to the initramfs (/etc/initramfs-tools/modules, then update-initramfs -u).
        read in with-modules.img
  warn  For the root file system (ext4), the initramfs lacks the module ext4. Unless it is built into the kernel, which could not be checked, the root is not found. (no-ext4)
        Add ext4 to the initramfs (/etc/initramfs-tools/modules, then update-initramfs -u).
        read in with-modules.img
  note  This kernel's configuration is unknown, so its support for kexec could not be checked. (config-unknown)
        Supply its packages (from Debian 14 on including linux-base-…), or a directory with config-RELEASE.
        read in Image
  checked  image format, image length, initramfs archive, initramfs release, disk and file system drivers, root=
  not checked  system call: the configuration of the first kernel is unknown
  not checked  interrupt tables: the machine is unknown; name a scenario
  not checked  page size: neither the Image nor a configuration names it
  not checked  kexec support: the configuration of the kernel is unknown
  not checked  built-in drivers: neither modules.builtin nor a configuration was found
exit code 0
`

exports[`test/cli/messages/preflight.test.ts > TAP > preflight > kexec-lab preflight --kernel Image --initrd without-modules.img 1`] = `
$ kexec-lab preflight --kernel Image --initrd without-modules.img
aarch64  Image: this kernel may not boot without preparation
  warn  For the virtio disk, the initramfs lacks the module virtio_blk. Unless it is built into the kernel, which could not be checked, the root is not found. (no-virtio-blk)
        Add virtio_blk to the initramfs (/etc/initramfs-tools/modules, then update-initramfs -u).
        read in without-modules.img
  warn  For virtio over PCI, the initramfs lacks the module virtio_pci. Unless it is built into the kernel, which could not be checked, the root is not found. (no-virtio-pci)
        Add virtio_pci to the initramfs (/etc/initramfs-tools/modules, then update-initramfs -u).
        read in without-modules.img
  warn  For the root file system (ext4), the initramfs lacks the module ext4. Unless it is built into the kernel, which could not be checked, the root is not found. (no-ext4)
        Add ext4 to the initramfs (/etc/initramfs-tools/modules, then update-initramfs -u).
        read in without-modules.img
  note  This kernel's configuration is unknown, so its support for kexec could not be checked. (config-unknown)
        Supply its packages (from Debian 14 on including linux-base-…), or a directory with config-RELEASE.
        read in Image
  checked  image format, image length, initramfs archive, disk and file system drivers, root=
  not checked  system call: the configuration of the first kernel is unknown
  not checked  interrupt tables: the machine is unknown; name a scenario
  not checked  page size: neither the Image nor a configuration names it
  not checked  kexec support: the configuration of the kernel is unknown
  not checked  initramfs release: it has no modules
  not checked  built-in drivers: neither modules.builtin nor a configuration was found
stderr: aarch64/distro-kernel: collecting modules
exit code 0
`

exports[`test/cli/messages/preflight.test.ts > TAP > preflight > kexec-lab preflight --kernel Image 1`] = `
$ kexec-lab preflight --kernel Image
stderr: --kernel Image: the modules that it needs to find its root are unknown
stderr:   Add its initramfs with --initrd FILE, or use a directory that also has lib/modules.
exit code 2
`

exports[`test/cli/messages/preflight.test.ts > TAP > preflight > kexec-lab preflight --kernel missing 1`] = `
$ kexec-lab preflight --kernel missing
stderr: --kernel missing: cannot read it: no such file or directory
stderr:   Check the path.
exit code 2
`

exports[`test/cli/messages/preflight.test.ts > TAP > preflight > kexec-lab preflight --kernel no-kexec --initrd with-modules.img 1`] = `
$ kexec-lab preflight --kernel no-kexec --initrd with-modules.img
aarch64  no-kexec: this kernel cannot boot
  stop  This kernel is built without kexec: it boots, but the next update cannot kexec from it. (no-kexec)
        Build it with CONFIG_KEXEC=y.
        read in config-6.9-test: # CONFIG_KEXEC is not set
  checked  image format, image length, kexec support, initramfs archive, initramfs release, disk and file system drivers, built-in drivers, root=
  not checked  system call: the configuration of the first kernel is unknown
  not checked  interrupt tables: the machine is unknown; name a scenario
  not checked  page size: neither the Image nor a configuration names it
stderr: aarch64/distro-kernel: collecting modules
exit code 7
`

exports[`test/cli/messages/preflight.test.ts > TAP > preflight > kexec-lab preflight --kernel nothing 1`] = `
$ kexec-lab preflight --kernel nothing
stderr: --kernel nothing: no kernel found in this directory
stderr:   Name a directory with the .deb files of a kernel, or with vmlinuz, vmlinuz-RELEASE or boot/vmlinuz-RELEASE.
exit code 2
`

exports[`test/cli/messages/preflight.test.ts > TAP > preflight > kexec-lab preflight --kernel short.Image --initrd with-modules.img 1`] = `
$ kexec-lab preflight --kernel short.Image --initrd with-modules.img
aarch64  short.Image: this kernel may not boot without preparation
  warn  For virtio over PCI, the initramfs lacks the module virtio_pci. Unless it is built into the kernel, which could not be checked, the root is not found. (no-virtio-pci)
        Add virtio_pci to the initramfs (/etc/initramfs-tools/modules, then update-initramfs -u).
        read in with-modules.img
  warn  For the root file system (ext4), the initramfs lacks the module ext4. Unless it is built into the kernel, which could not be checked, the root is not found. (no-ext4)
        Add ext4 to the initramfs (/etc/initramfs-tools/modules, then update-initramfs -u).
        read in with-modules.img
  note  This kernel's configuration is unknown, so its support for kexec could not be checked. (config-unknown)
        Supply its packages (from Debian 14 on including linux-base-…), or a directory with config-RELEASE.
        read in short.Image
  checked  image format, image length, initramfs archive, disk and file system drivers, root=
  not checked  system call: the configuration of the first kernel is unknown
  not checked  interrupt tables: the machine is unknown; name a scenario
  not checked  page size: neither the Image nor a configuration names it
  not checked  kexec support: the configuration of the kernel is unknown
  not checked  initramfs release: the release of the kernel is unknown
  not checked  built-in drivers: neither modules.builtin nor a configuration was found
stderr: aarch64/distro-kernel: collecting modules
exit code 0
`

exports[`test/cli/messages/preflight.test.ts > TAP > preflight > kexec-lab preflight --kernel text.txt 1`] = `
$ kexec-lab preflight --kernel text.txt
stderr: --kernel text.txt: this is not a kernel for arm or aarch64: it is a text file
exit code 2
`

exports[`test/cli/messages/preflight.test.ts > TAP > preflight > kexec-lab preflight --kernel tree --arch arm 1`] = `
$ kexec-lab preflight --kernel tree --arch arm
stderr: --arch arm: tree is a kernel for aarch64
stderr:   Leave --arch out, or name a kernel for arm.
exit code 2
`

exports[`test/cli/messages/preflight.test.ts > TAP > preflight > kexec-lab preflight --kernel tree --initrd with-modules.img 1`] = `
$ kexec-lab preflight --kernel tree --initrd with-modules.img
aarch64  tree: no problem that prevents a boot
  checked  image format, image length, kexec support, initramfs archive, initramfs release, disk and file system drivers, built-in drivers, root=
  not checked  system call: the configuration of the first kernel is unknown
  not checked  interrupt tables: the machine is unknown; name a scenario
  not checked  page size: neither the Image nor a configuration names it
exit code 0
`

exports[`test/cli/messages/preflight.test.ts > TAP > preflight > kexec-lab preflight --kernel tree --kexec-tools text.txt 1`] = `
$ kexec-lab preflight --kernel tree --kexec-tools text.txt
stderr: --kexec-tools text.txt: this is neither a .deb nor a program for arm or aarch64
exit code 2
`

exports[`test/cli/messages/preflight.test.ts > TAP > preflight > kexec-lab preflight --kernel tree --root-device x 1`] = `
$ kexec-lab preflight --kernel tree --root-device x
aarch64  tree: no problem that prevents a boot
  checked  image format, image length, kexec support, disk and file system drivers, built-in drivers
  not checked  system call: the configuration of the first kernel is unknown
  not checked  interrupt tables: the machine is unknown; name a scenario
  not checked  page size: neither the Image nor a configuration names it
  not checked  initramfs archive: none was given; the lab builds one from the modules of the kernel
  not checked  initramfs release: none was given; the lab builds one from the modules of the kernel
  not checked  root=: x is not a device name, and is not looked up
stderr: aarch64/distro-kernel: collecting modules
exit code 0
`

exports[`test/cli/messages/preflight.test.ts > TAP > preflight > kexec-lab preflight --kernel two 1`] = `
$ kexec-lab preflight --kernel two
stderr: --kernel two: this directory has several kernels: boot/vmlinuz-6.10, boot/vmlinuz-6.9-test
stderr:   Choose a directory with one kernel.
exit code 2
`

exports[`test/cli/messages/preflight.test.ts > TAP > preflight > kexec-lab preflight --kernel zImage --initrd with-modules.img 1`] = `
$ kexec-lab preflight --kernel zImage --initrd with-modules.img
arm  zImage: this kernel may not boot without preparation
  warn  For virtio over PCI, the initramfs lacks the module virtio_pci. Unless it is built into the kernel, which could not be checked, the root is not found. (no-virtio-pci)
        Add virtio_pci to the initramfs (/etc/initramfs-tools/modules, then update-initramfs -u).
        read in with-modules.img
  warn  For the root file system (ext4), the initramfs lacks the module ext4. Unless it is built into the kernel, which could not be checked, the root is not found. (no-ext4)
        Add ext4 to the initramfs (/etc/initramfs-tools/modules, then update-initramfs -u).
        read in with-modules.img
  note  This kernel's configuration is unknown, so its support for kexec could not be checked. (config-unknown)
        Supply its packages (from Debian 14 on including linux-base-…), or a directory with config-RELEASE.
        read in zImage
  checked  image format, image length, initramfs archive, disk and file system drivers, root=
  not checked  system call: the configuration of the first kernel is unknown
  not checked  interrupt tables: the machine is unknown; name a scenario
  not checked  text offset: neither the zImage nor a configuration names it
  not checked  kexec support: the configuration of the kernel is unknown
  not checked  initramfs release: the release of the kernel is unknown
  not checked  built-in drivers: neither modules.builtin nor a configuration was found
stderr: arm/distro-kernel: collecting modules
exit code 0
`

exports[`test/cli/messages/preflight.test.ts > TAP > preflight > kexec-lab preflight 1`] = `
$ kexec-lab preflight
stderr: no kernel to examine
stderr:   Name a kernel with --kernel, for example --kernel debian:sid, or a scenario.
exit code 2
`

exports[`test/cli/messages/preflight.test.ts > TAP > preflight > kexec-lab preflight kexec-to-distro --kernel Image 1`] = `
$ kexec-lab preflight kexec-to-distro --kernel Image
stderr: kexec-to-distro and an option both name what to examine
stderr:   Leave out the scenario, or --kernel, --initrd, --kexec-tools, --first-kernel, --root-device and --image-size.
exit code 2
`

exports[`test/cli/messages/preflight.test.ts > TAP > preflight > kexec-lab preflight shapes 1`] = `
$ kexec-lab preflight shapes
stderr: shapes boots several machines
stderr:   Choose one of shapes-01, shapes-02, shapes-03, shapes-04, shapes-05, shapes-06, shapes-07, shapes-08, shapes-09, shapes-10, shapes-11, shapes-12, shapes-13, shapes-14, shapes-15, shapes-16, shapes-arm-01, shapes-arm-02, shapes-arm-03, shapes-arm-04, shapes-arm-05, shapes-arm-06, shapes-arm-07.
exit code 2
`

exports[`test/cli/messages/preflight.test.ts > TAP > preflight > kexec-lab preflight tutorial 1`] = `
$ kexec-lab preflight tutorial
stderr: tutorial boots no kernel that preflight can examine
stderr:   Name a scenario whose disk has the kernel under test, such as kexec-to-distro, or a kernel with --kernel.
exit code 2
`
