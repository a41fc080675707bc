import type { Signature } from './signature.ts';

const tools = {
  origin: 'initramfs',
  source: "initramfs-tools' init and scripts/functions",
} as const;
const stage1 = { origin: 'initramfs', source: 'NixOS stage-1-init.sh' } as const;
const mkinitcpio = { origin: 'initramfs', source: "mkinitcpio's init and init_functions" } as const;
const dracut = { origin: 'initramfs', source: 'dracut', kmsg: true } as const;

/** The distributions' initramfs: initramfs-tools (Debian, Ubuntu), dracut (Fedora, SUSE), mkinitcpio (Arch). */
export const initramfsSignatures = [
  {
    ...tools,
    id: 'initramfs-tools-start',
    meaning: 'initramfs-starts',
    pattern: /^Loading, please wait\.\.\.$/,
    description: "initramfs-tools' first line",
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
    description: 'the rescue shell of initramfs-tools',
  },
  {
    ...tools,
    id: 'initramfs-tools-reboot',
    meaning: 'reset',
    pattern: /^Rebooting automatically due to panic= boot argument/,
    description:
      'initramfs-tools gave up; because of panic= on the command line it reboots instead of offering a shell',
  },
  {
    ...dracut,
    id: 'dracut-timeout',
    meaning: 'warning',
    outcome: 'root-missing',
    stage: 'initramfs',
    pattern:
      /^dracut-initqueue(?:\[\d+\])?: (?:Warning: )?(?<reason>dracut-initqueue:? timeout|Timed out while waiting)/,
    description: 'dracut gave up waiting for the root device',
  },
  {
    ...dracut,
    id: 'dracut-fatal',
    meaning: 'failure',
    outcome: 'root-missing',
    stage: 'initramfs',
    pattern: /^(?:dracut-\w+(?:\[\d+\])?: )?dracut: FATAL: (?<reason>.+)/,
    description: 'dracut cannot continue: it does not understand root=, or lacks a module for it',
  },
  {
    ...dracut,
    id: 'dracut-device-missing',
    meaning: 'failure',
    outcome: 'root-missing',
    stage: 'initramfs',
    pattern: /^(?:dracut-\w+(?:\[\d+\])?: )?Warning: (?<device>\/dev\/\S+) does not exist$/,
    description: 'dracut names a device that did not appear',
  },
  {
    origin: 'initramfs',
    id: 'fsck-clean',
    meaning: 'initramfs-starts',
    pattern: /^(?<device>\/dev\/\S+): (?:clean, \d+\/\d+ files|recovering journal$)/,
    description: 'a file system is checked, as in a system that has just started',
    source: 'e2fsprogs e2fsck/unix.c',
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
    id: 'mkinitcpio-no-init',
    meaning: 'failure',
    outcome: 'no-init',
    stage: 'initramfs',
    pattern: /^ERROR: (?<reason>Root device mounted successfully, but (?<init>\S+) does not exist)/,
    description: 'the program named by init= is not on the root file system',
  },
  {
    ...mkinitcpio,
    id: 'mkinitcpio-shell',
    meaning: 'initramfs-rescue',
    pattern: /^You are now being dropped into an emergency shell\.$/,
    description: 'the rescue shell of mkinitcpio',
  },
  {
    ...stage1,
    id: 'nixos-waited',
    meaning: 'failure',
    outcome: 'root-missing',
    stage: 'initramfs',
    pattern: /^Timed out waiting for device (?<device>\/\S+?), trying to mount anyway/,
    description: 'NixOS gave up waiting for the root device',
  },
  {
    ...stage1,
    id: 'nixos-no-init',
    meaning: 'failure',
    outcome: 'no-init',
    stage: 'initramfs',
    pattern: /^(?<reason>stage 2 init script \((?<init>\S+)\) not found)/,
    description: 'the system named by init= is not on the root file system',
  },
  {
    ...stage1,
    id: 'nixos-shell',
    meaning: 'initramfs-rescue',
    pattern: /^An error occurred in stage 1 of the boot process/,
    description: 'NixOS offers a menu of rescue options',
  },
  {
    origin: 'initramfs',
    id: 'genkernel-no-root',
    meaning: 'failure',
    outcome: 'root-missing',
    stage: 'initramfs',
    pattern: /^!! Could not find the root (?:block device )?in (?<device>\S+?) ?\.?$/,
    description: 'the device named by root= never appeared',
    source: "Gentoo's genkernel, initrd.scripts",
  },
  {
    ...dracut,
    id: 'dracut-emergency',
    meaning: 'initramfs-rescue',
    pattern: /^Entering emergency mode\. Exit the shell to continue\.$/,
    description: "dracut's emergency shell",
  },
] as const satisfies readonly Signature[];
