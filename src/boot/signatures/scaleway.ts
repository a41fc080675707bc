import type { Signature } from './signature.ts';

const scaleway = {
  origin: 'initramfs',
  source: 'scaleway/initrd, Linux/tree-common/init and functions',
} as const;

/** Scaleway's initramfs, and ours that behaves like it. */
export const scalewaySignatures: Signature[] = [
  {
    ...scaleway,
    id: 'scaleway-start',
    meaning: 'initramfs-starts',
    pattern: /^>>> Installing busybox/,
    description: 'the first thing the initramfs does',
  },
  {
    ...scaleway,
    id: 'scaleway-message',
    meaning: 'initramfs-speaks',
    pattern:
      /^>>> (?!Installing busybox|Running in a kexec|Rescue Shell|No root partition found|kexec: )(?<message>\S.*)/,
    description: 'a message of the initramfs',
  },
  {
    ...scaleway,
    id: 'scaleway-in-kexec',
    meaning: 'initramfs-starts',
    pattern: /^>>> Running in a kexec/,
    description: 'the same initramfs came up again behind a kexec, and will not do another',
  },
  {
    ...scaleway,
    id: 'kexec-announced',
    meaning: 'kexec-announced',
    pattern: /^>>> kexec: kernel=(?<kernel>\S*) initrd=(?<initrd>\S*) append='(?<append>.*)'/,
    description: 'a kexec was asked for by server tags, and begins',
  },
  {
    ...scaleway,
    id: 'kexec-input-missing',
    meaning: 'failure',
    outcome: 'kexec-load-failed',
    stage: 'kexec',
    pattern: /^>>> kexec: (?<reason>(?<file>kernel|initrd) not found)/,
    description: 'the kernel or initrd named by a server tag is not there',
  },
  {
    ...scaleway,
    id: 'nbd-client-missing',
    meaning: null,
    pattern: /^\S+: (?:line )?\d+: xnbd-client: not found/,
    description: 'no NBD tools in this image; noise on a server whose root is a virtio disk',
  },
  {
    ...scaleway,
    id: 'scaleway-no-root-partition',
    meaning: 'failure',
    outcome: 'root-missing',
    stage: 'initramfs',
    pattern: /^>>> (?<reason>No root partition found)/,
    description: 'the disk has no partition that looks like a root file system',
  },
  {
    ...scaleway,
    id: 'scaleway-fatal',
    meaning: 'initramfs-rescue',
    pattern: /^Press Enter to open a console or wait 5s to reboot/,
    prompt: true,
    description: 'the initramfs has given up; it reboots unless somebody presses Enter',
  },
  {
    ...scaleway,
    id: 'scaleway-rescue-shell',
    meaning: 'initramfs-rescue',
    pattern: /^>>> Rescue Shell/,
    description: 'somebody pressed Enter',
  },
];
