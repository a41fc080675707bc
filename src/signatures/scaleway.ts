import type { Signature } from './signature.ts';

const scaleway = {
  origin: 'initramfs',
  source: 'scaleway/initrd, Linux/tree-common/init and functions',
} as const;

/** What our rebuilt initramfs says where Scaleway's says nothing. */
const ours = { origin: 'initramfs', source: 'images/provider-network' } as const;

/** Scaleway's initramfs, and ours that behaves like it. */
export const scalewaySignatures = [
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
      /^>>> (?!Installing busybox|Running in a kexec|Rescue Shell|No root partition found|kexec: |\*\*DEBUG|Signaling |unable to signal |Network address: |No metadata from |Attached |Unable to load metadatas|Device connection failed)(?<message>\S.*)/,
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
    ...ours,
    id: 'scaleway-network',
    meaning: 'initramfs-speaks',
    pattern: /^>>> Network address: +(?<address>[\d.]+)/,
    description: "the machine has an address in the provider's network",
  },
  {
    ...ours,
    id: 'scaleway-no-metadata',
    meaning: 'initramfs-speaks',
    pattern: /^>>> No metadata from (?<address>\S+)/,
    description: "the provider's metadata API does not answer, so there are no tags",
  },
  {
    ...scaleway,
    id: 'scaleway-state',
    meaning: 'initramfs-speaks',
    pattern: /^>>> Signaling the server is (?<state>\S+) to the control plane/,
    description: 'the control plane is about to be told a state',
  },
  {
    ...scaleway,
    id: 'scaleway-state-untold',
    meaning: 'initramfs-speaks',
    pattern: /^>>> unable to signal state=(?<state>\S+) after \d+ attempts/,
    description: 'the control plane did not take the state',
  },
  {
    ...ours,
    id: 'scaleway-nbd-attached',
    meaning: 'initramfs-speaks',
    pattern: /^>>> Attached (?<device>nbd\d+): /,
    description: "the server's disk has been reached over the network",
  },
  {
    ...scaleway,
    id: 'scaleway-nbd-failed',
    meaning: 'failure',
    outcome: 'root-missing',
    stage: 'initramfs',
    pattern: /^>>> (?<reason>Unable to load metadatas|Device connection failed)\./,
    description: "the server's disk cannot be reached over the network",
  },
  {
    ...scaleway,
    id: 'scaleway-sshd-waits',
    meaning: 'initramfs-speaks',
    pattern: /^>>> \*\*DEBUG DROPBEAR\*\*/,
    description: 'the boot waits for somebody to log in over ssh and run continue-boot',
  },
  {
    ...scaleway,
    id: 'scaleway-shell-waits',
    meaning: 'initramfs-speaks',
    pattern: /^\*\*DEBUG SHELL\*\* \(requested from the /,
    description: 'the boot waits at a shell on the console until that ends',
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
] as const satisfies readonly Signature[];
