import type { Signature } from './signature.ts';

const initramfs = { origin: 'initramfs', stage: 'initramfs', meaning: 'failure' } as const;
const mountFailed = { ...initramfs, outcome: 'root-mount-failed' } as const;
const missing = { ...initramfs, outcome: 'root-missing' } as const;
const kernel = { origin: 'kernel', stage: 'kernel' } as const;
const local = "initramfs-tools' scripts/local";
const mounts = 'Linux init/do_mounts.c';

/** The root file system: missing, or not mountable. */
export const rootSignatures = [
  {
    ...missing,
    id: 'mount-root-no-device',
    pattern:
      /^mount: mounting (?<device>\/dev\/\S+) on \/(?:root|newroot|sysroot|mnt|mnt-root\/?) failed: (?<reason>No such file or directory|No such device or address)/,
    description: 'the device of the root file system does not exist',
    source: 'BusyBox mount, called by an initramfs',
  },
  {
    ...mountFailed,
    id: 'mount-root-failed',
    pattern:
      /^mount: mounting (?<device>\S+) on \/(?:root|newroot|sysroot|mnt-root\/?) failed: (?!No such (?:file|device or))(?<reason>.+)/,
    description: 'mounting the root file system failed, with the reason',
    source: 'BusyBox mount, called by an initramfs',
  },
  {
    ...mountFailed,
    id: 'root-mount-gave-up',
    pattern: /^Failed to mount (?<device>\S*) ?as root file system\./,
    description: 'initramfs-tools could not mount the root file system',
    source: local,
  },
  {
    ...mountFailed,
    id: 'sysroot-mount-failed',
    pattern: /^(?:\[FAILED\] |systemd\[1\]: )Failed to mount (?:sysroot\.mount - )?\/sysroot\b/,
    kmsg: true,
    description: 'systemd in an initramfs could not mount the root file system',
    source: 'systemd, sysroot.mount',
  },
  {
    ...mountFailed,
    id: 'root-needs-fsck',
    pattern: /^The root filesystem on (?<device>\S+) (?<reason>requires a manual fsck)/,
    description: 'the root file system is damaged and needs a manual repair',
    source: "initramfs-tools' scripts/functions",
  },
  {
    ...kernel,
    id: 'vfs-cannot-open-root',
    meaning: 'failure',
    outcome: 'root-mount-failed',
    pattern:
      /^VFS: Cannot open root device "(?<device>[^"]*)" or (?<block>\S+): error (?<error>-?\d+)/,
    description: 'the kernel itself looked for the root device and could not open it',
    source: mounts,
  },
  {
    ...kernel,
    id: 'vfs-panic',
    meaning: 'panic',
    outcome: 'root-mount-failed',
    pattern:
      /^Kernel panic(?: - not syncing)?: (?<panic>VFS: Unable to mount root(?: fs(?: on(?: (?!"%)(?:"(?<device>[^"]*)")?(?: or )?(?<block>[^\s"]+)?|$)|$)|$))/,
    description: 'the kernel has no root file system',
    source: mounts,
  },
  {
    ...kernel,
    id: 'vfs-cannot-mount-root',
    meaning: 'failure',
    outcome: 'root-mount-failed',
    pattern:
      /^VFS: Unable to mount root fs on (?!"%)(?:"(?<device>[^"]*)")?(?: or )?(?<block>[^\s"]+)?/,
    description:
      'the kernel could not mount the root file system; its panic names the configuration instead',
    source: `${mounts}, the newest kernels`,
  },
  {
    ...kernel,
    id: 'vfs-network-root',
    meaning: 'failure',
    outcome: 'root-mount-failed',
    pattern: /^VFS: Unable to mount root fs via (?<device>NFS|SMB)\b/,
    description: 'the root file system on the network could not be mounted; others are tried',
    source: mounts,
  },
  {
    ...kernel,
    id: 'root-waiting',
    meaning: 'warning',
    outcome: 'root-missing',
    pattern: /^Waiting for root device (?<device>\S+?)\.\.\./,
    description: 'rootwait: the kernel waits for the root device, forever if necessary',
    source: mounts,
  },
  {
    ...missing,
    id: 'root-gave-up-waiting',
    pattern: /^Gave up waiting for (?:the )?root (?:file system )?device/,
    description: 'initramfs-tools gave up waiting for the root device',
    source: local,
  },
  {
    ...missing,
    id: 'root-alert',
    pattern: /^ALERT! {1,2}(?<device>\S*) ?does not exist\. {1,2}Dropping to a shell!/,
    description: 'the device named by root= never appeared',
    source: local,
  },
  {
    ...missing,
    id: 'root-not-given',
    pattern: /^(?<reason>No root device specified)\. Boot arguments must include a root= parameter/,
    description: 'the command line has no root=',
    source: local,
  },
] as const satisfies readonly Signature[];

const noInit = { outcome: 'no-init' } as const;

/** The first program of the system: missing, not runnable, or dead. */
export const initSignatures = [
  {
    ...noInit,
    id: 'no-working-init',
    stage: 'kernel',
    origin: 'kernel',
    meaning: 'panic',
    pattern:
      /^Kernel panic(?: - not syncing)?: (?<panic>No (?:working )?init found.*|Requested init (?<init>\S+) failed \(error -?\d+\).*)/,
    description: 'the kernel found no program to start as init',
    source: 'Linux init/main.c',
  },
  {
    ...noInit,
    id: 'init-exited',
    origin: 'kernel',
    meaning: 'panic',
    pattern:
      /^Kernel panic(?: - not syncing)?: (?<panic>Attempted to kill init!(?: exitcode=(?<exitcode>0x[0-9a-f]+))?)/,
    description: 'the first program ended; the kernel cannot run without it',
    source: 'Linux kernel/exit.c',
  },
  {
    origin: 'kernel',
    id: 'init-crashed',
    meaning: 'warning',
    outcome: 'kernel-panic',
    pattern:
      /^(?<reason>[\w.-]+\[1\]:? (?:segfault at|unhandled \w+|trap |general protection|undefined instruction|bad frame).*)/,
    description: 'the first program crashed',
    source: 'Linux arch/*/mm/fault.c, show_unhandled_signals',
  },
  {
    ...noInit,
    id: 'init-not-on-root',
    stage: 'initramfs',
    origin: 'initramfs',
    meaning: 'failure',
    pattern: /^(?<reason>Target filesystem doesn't have requested (?<init>\S+?))\.?$/,
    description: 'the program named by init= is not on the root file system; others are tried',
    source: "initramfs-tools' init",
  },
  {
    ...noInit,
    id: 'no-init-found',
    stage: 'initramfs',
    origin: 'initramfs',
    meaning: 'failure',
    pattern: /^(?<reason>No init found)\. Try passing init= bootarg/,
    description: 'none of the usual init programs is on the root file system',
    source: "initramfs-tools' init",
  },
  {
    ...noInit,
    id: 'run-init-failed',
    stage: 'initramfs',
    origin: 'initramfs',
    meaning: 'failure',
    pattern: /^(?:run-init|switch_root|Failed to switch root): (?<reason>\S.+)/,
    kmsg: true,
    description: 'the switch to the real root failed',
    source: 'klibc run-init, BusyBox and util-linux switch_root, systemctl switch-root',
  },
  {
    ...noInit,
    id: 'systemd-frozen',
    origin: 'userspace',
    meaning: 'failure',
    pattern: /^systemd\[1\]: (?<reason>Freezing execution)/,
    kmsg: true,
    description: 'systemd crashed as PID 1 and has stopped',
    source: 'systemd src/core/main.c',
  },
] as const satisfies readonly Signature[];
