import type { Signature } from './signature.ts';

const tools = {
  origin: 'initramfs',
  source: "initramfs-tools' init and scripts/functions",
} as const;
const mkinitcpio = { origin: 'initramfs', source: "mkinitcpio's init and init_functions" } as const;
const dracut = { origin: 'initramfs', source: 'dracut', kmsg: true } as const;

/** The distributions' initramfs: initramfs-tools (Debian, Ubuntu), dracut (Fedora, SUSE), mkinitcpio (Arch). */
export const initramfsSignatures: Signature[] = [
  {
    ...tools,
    id: 'initramfs-tools-start',
    meaning: 'initramfs-starts',
    pattern: /^Loading, please wait\.\.\.$/,
    description: "initramfs-tools' first word",
  },
  {
    ...tools,
    id: 'initramfs-tools-step',
    meaning: 'initramfs-speaks',
    pattern: /^Begin: (?<step>\S.*?) \.\.\.(?: |$)/,
    description: 'initramfs-tools begins a step',
  },
  {
    ...tools,
    id: 'initramfs-tools-prompt',
    meaning: 'initramfs-rescue',
    pattern: /^\(initramfs\) ?$/,
    prompt: true,
    shell: true,
    description: 'the shell initramfs-tools falls into',
  },
  {
    ...tools,
    id: 'initramfs-tools-reboot',
    meaning: 'reset',
    pattern: /^Rebooting automatically due to panic= boot argument/,
    description:
      'initramfs-tools gave up, and panic= on the command line turns its shell into a reboot',
  },
  {
    ...dracut,
    id: 'dracut-timeout',
    meaning: 'warning',
    outcome: 'root-missing',
    stage: 'initramfs',
    pattern:
      /^dracut-initqueue(?:\[\d+\])?: (?:Warning: )?(?<reason>dracut-initqueue:? timeout|Timed out while waiting)/,
    description: 'dracut has waited long enough for the root device',
  },
  {
    ...dracut,
    id: 'dracut-device-missing',
    meaning: 'failure',
    outcome: 'root-missing',
    stage: 'initramfs',
    pattern: /^(?:dracut-\w+(?:\[\d+\])?: )?Warning: (?<device>\/dev\/\S+) does not exist$/,
    description: 'dracut names a device it waited for in vain',
  },
  {
    ...mkinitcpio,
    id: 'mkinitcpio-step',
    meaning: 'initramfs-speaks',
    pattern: /^:: (?<step>(?:mounting|running|Triggering|performing) .+)/,
    description: 'mkinitcpio begins a step',
  },
  {
    ...mkinitcpio,
    id: 'mkinitcpio-no-device',
    meaning: 'failure',
    outcome: 'root-missing',
    stage: 'initramfs',
    pattern:
      /^ERROR: (?:device '(?<device>[^']*)' not found\.|Unable to find root device '(?<root>[^']*)')/,
    description: 'the device named by root= never appeared',
  },
  {
    ...mkinitcpio,
    id: 'mkinitcpio-mount-failed',
    meaning: 'failure',
    outcome: 'root-mount-failed',
    stage: 'initramfs',
    pattern:
      /^(?:ERROR: (?<reason>Failed to mount (?:the real root device|'(?<device>[^']*)' on real root))|mount: \/new_root: (?<why>.+))/,
    description: 'the root file system could not be mounted',
  },
  {
    ...mkinitcpio,
    id: 'mkinitcpio-shell',
    meaning: 'initramfs-rescue',
    pattern: /^You are now being dropped into an emergency shell\.$/,
    description: 'the shell mkinitcpio falls into',
  },
  {
    ...dracut,
    id: 'dracut-emergency',
    meaning: 'initramfs-rescue',
    pattern: /^Entering emergency mode\. Exit the shell to continue\.$/,
    description: "dracut's emergency shell",
  },
];
