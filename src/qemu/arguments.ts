import type { MachineSpec } from './machine-spec.ts';

/** File descriptors the lab hands to QEMU, each one end of a Unix socket pair. */
export const inheritedSockets = { console: 3, qmp: 4 } as const;

/**
 * QEMU's arguments for a machine the lab drives: it starts stopped, its console and its control connection are
 * sockets it inherits (nothing to clean up in the file system, nobody else can connect, and both ends exist
 * before the first instruction), and the sandbox keeps a guest that breaks out from starting programs.
 */
export function qemuArguments(spec: MachineSpec): string[] {
  const { console, qmp } = inheritedSockets;
  return [
    ...machineArguments(spec),
    ...['-chardev', `socket,id=console,fd=${console}`, '-serial', 'chardev:console'],
    ...['-chardev', `socket,id=qmp,fd=${qmp}`, '-mon', 'chardev=qmp,mode=control'],
    ...['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'],
    '-S',
  ];
}

/** The same machine for a human at a terminal: console on it at once, Ctrl-A X to quit, Ctrl-A C for the monitor. */
export function interactiveArguments(spec: MachineSpec): string[] {
  return [...machineArguments(spec), '-serial', 'mon:stdio'];
}

function machineArguments(spec: MachineSpec): string[] {
  const { profile } = spec;
  return [
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-nic', 'none'],
    ...['-machine', profile.machine, '-cpu', profile.cpu],
    ...['-smp', String(profile.cpus), '-m', String(profile.memory)],
    // Emulation even where the host could virtualise: the same instructions everywhere give the same boot.
    ...['-accel', 'tcg'],
    ...(profile.clock === 'guest' ? ['-icount', 'shift=3,sleep=off', '-rtc', 'clock=vm'] : []),
    ...kernelArguments(spec),
    ...spec.disks.flatMap(diskArguments),
    ...(spec.onReset === 'exit' ? ['-no-reboot'] : []),
  ];
}

function kernelArguments({ kernel, initramfs, cmdline }: MachineSpec): string[] {
  if (kernel === null) return [];
  const initrd = initramfs === null ? [] : ['-initrd', initramfs];
  return ['-kernel', kernel, ...initrd, '-append', cmdline];
}

function diskArguments(disk: MachineSpec['disks'][number], index: number): string[] {
  const protection = disk.readonly ? 'readonly=on' : 'snapshot=on';
  return [
    '-drive',
    `if=none,id=${disk.id},file=${optionValue(disk.file)},format=raw,${protection}`,
    '-device',
    // Linux names virtio disks in the order of their PCI slots; slot 0 is the host bridge.
    `virtio-blk-pci,drive=${disk.id},addr=${index + 1},serial=${optionValue(disk.serial)}`,
  ];
}

/** In QEMU's `key=value,key=value` options a comma ends the value unless it is doubled. */
function optionValue(text: string): string {
  return text.replaceAll(',', ',,');
}
