import type { Signature } from './signature.ts';

const scaleway = {
  origin: 'initramfs',
  source: 'scaleway/initrd, Linux/tree-common/init and functions',
} as const;

/** Messages of the lab's rebuilt initramfs that Scaleway's does not print. */
const ours = { origin: 'initramfs', source: 'images/provider-network' } as const;

/** Scaleway's initramfs, and the lab's, which behaves like it. */
export const scalewaySignatures = [
  {
    ...scaleway,
    id: 'scaleway-start',
    meaning: 'initramfs-starts',
    pattern: /^>>> Installing busybox/,
    description: 'the first message of the initramfs',
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
    description: 'the initramfs runs again after a kexec, and will not kexec again',
  },
  {
    ...scaleway,
    id: 'kexec-announced',
    meaning: 'kexec-announced',
    pattern: /^>>> kexec: kernel=(?<kernel>\S*) initrd=(?<initrd>\S*) append='(?<append>.*)'/,
    description: 'a kexec that server tags request begins',
  },
  {
    ...scaleway,
    id: 'kexec-input-missing',
    meaning: 'failure',
    outcome: 'kexec-load-failed',
    stage: 'kexec',
    pattern: /^>>> kexec: (?<reason>(?<file>kernel|initrd) not found)/,
    description: 'the kernel or initrd named by a server tag does not exist',
  },
  {
    ...scaleway,
    id: 'nbd-client-missing',
    meaning: null,
    pattern: /^\S+: (?:line )?\d+: xnbd-client: not found/,
    description: 'the image has no NBD tools; harmless if the root is a virtio disk',
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
    description: "the provider's metadata API does not answer, so no tags are known",
  },
  {
    ...scaleway,
    id: 'scaleway-state',
    meaning: 'initramfs-speaks',
    pattern: /^>>> Signaling the server is (?<state>\S+) to the control plane/,
    description: 'the initramfs reports a state to the control plane',
  },
  {
    ...scaleway,
    id: 'scaleway-state-untold',
    meaning: 'initramfs-speaks',
    pattern: /^>>> unable to signal state=(?<state>\S+) after \d+ attempts/,
    description: 'the control plane did not accept the state',
  },
  {
    ...ours,
    id: 'scaleway-nbd-attached',
    meaning: 'initramfs-speaks',
    pattern: /^>>> Attached (?<device>nbd\d+): /,
    description: "the server's disk is attached over the network",
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
    description: 'the boot waits until continue-boot is run over ssh',
  },
  {
    ...scaleway,
    id: 'scaleway-shell-waits',
    meaning: 'initramfs-speaks',
    pattern: /^\*\*DEBUG SHELL\*\* \(requested from the /,
    description: 'the boot waits until the shell on the console exits',
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
    description: 'the initramfs gave up; it reboots unless Enter is pressed',
  },
  {
    ...scaleway,
    id: 'scaleway-rescue-shell',
    meaning: 'initramfs-rescue',
    pattern: /^>>> Rescue Shell/,
    description: 'the rescue shell, after Enter was pressed',
  },
] as const satisfies readonly Signature[];
