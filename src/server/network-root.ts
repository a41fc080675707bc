/** A root on a network block device, as on Scaleway's C1: the provider's initramfs attaches it, and kexecs by server tags. */
import type { Note } from './disk-plan.ts';
import type { Server } from './server.ts';

/** Keys of the scenario's `boot` for such a server. */
export type NetworkRoot = {
  initramfs: string;
  storage: 'nbd';
  tags: Record<string, string>;
  cmdline: string;
};

/** The lab's server of network block devices. */
const nbdServer = '169.254.42.66:4448/root';

/** Whether the root file system is on a network block device. */
export function isOnNetwork({ root }: Pick<Server, 'root'>): boolean {
  return root.name.startsWith('nbd');
}

/**
 * How such a server is booted.
 * @param root its device, such as `/dev/nbd0p1`
 * @param words of the first kernel's command line
 */
export function planNetworkRoot(
  { disk: { device } }: Server,
  root: string,
  words: readonly string[],
): NetworkRoot {
  const kept = words.filter((word) => !/^(root|ip|nbdroot)=/.test(word));
  return {
    initramfs: 'scaleway-initramfs-c1',
    storage: 'nbd',
    tags: {
      KEXEC_KERNEL: '/vmlinuz',
      KEXEC_INITRD: '/initrd.img',
      KEXEC_APPEND: `root=${root}`,
      // kexec-tools takes kernels for smaller than they are (docs/candidates.md).
      KEXEC_LAB_FLAGS: '--no-checks,--image-size=67108864',
    },
    cmdline: [...kept, `root=/dev/${device.name}`, 'ip=dhcp', `nbdroot=${nbdServer}`].join(' '),
  };
}

/** How its kexec and its command line are like those of the server. */
export function noteNetwork(note: Note): void {
  note(
    'alike',
    'kexec',
    "by the provider's initramfs, with the server tags KEXEC_KERNEL and KEXEC_INITRD",
  );
  note(
    'as there',
    'command line',
    "with the lab's console, and the lab's server of network block devices (nbdroot=)",
  );
}
