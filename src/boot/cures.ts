/** What helps against the words kexec-tools had for not loading a kernel. */
export function loadCure(reason: string): string {
  if (/file type/.test(reason)) {
    return 'Check with file(1) that the kernel is one for this architecture: arm64 wants an Image, plain or gzip’ed, arm a zImage.';
  }
  if (/not found|No such file|curl|wget|open|read/i.test(reason)) {
    return 'Check the paths or URLs of kernel and initrd as they are from inside the initramfs: /vmlinuz and /initrd.img are links that must resolve on the root file system.';
  }
  if (/not permitted/.test(reason)) {
    return 'Run it as root, and look at sysctl kernel.kexec_load_disabled and at kernel lockdown (secure boot).';
  }
  if (/not implemented/.test(reason)) {
    return 'The running kernel was built without CONFIG_KEXEC: boot another provider kernel.';
  }
  return 'Run the same command with kexec -d -l and look at where each segment goes; a newer kexec-tools and --dtb or --image-size often help on arm.';
}

/** What helps when the root file system cannot be mounted; most of all where the whole disk was named instead of a partition. */
export function rootCure(device: string | undefined): string {
  const disk =
    device === undefined
      ? null
      : /^(\/dev\/(?:[vsx]?[hv]?d[a-z]+|(?:nvme\d+n|mmcblk|nbd)\d+))$/.exec(device);
  if (disk?.[1] !== undefined) {
    const partition = /\d$/.test(disk[1]) ? `${disk[1]}p1` : `${disk[1]}1`;
    return `${disk[1]} is the whole disk; the partition is probably ${partition}. Put root=${partition} behind everything else on the new kernel’s command line: the last root= wins.`;
  }
  return 'Check that root= names the partition that holds the root file system (the last root= wins), and that the initrd has the driver for the disk and for its file system.';
}
