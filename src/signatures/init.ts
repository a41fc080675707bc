import type { Signature } from './signature.ts';

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
