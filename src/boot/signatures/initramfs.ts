import type { Signature } from './signature.ts';

const tools = {
  origin: 'initramfs',
  source: "initramfs-tools' init and scripts/functions",
} as const;
const dracut = { origin: 'initramfs', source: 'dracut', kmsg: true } as const;

/** The distributions' initramfs: initramfs-tools (Debian, Ubuntu) and dracut (Fedora, SUSE). */
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
    origin: 'initramfs',
    id: 'root-shell',
    meaning: 'initramfs-speaks',
    pattern: /^(?:\/|~) # ?$/,
    prompt: true,
    description: 'a plain shell, of a system that has no login: it got that far',
    source: "BusyBox ash's prompt",
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
    ...dracut,
    id: 'dracut-emergency',
    meaning: 'initramfs-rescue',
    pattern: /^Entering emergency mode\. Exit the shell to continue\.$/,
    description: "dracut's emergency shell",
  },
];
