/** The command line of QEMU, and the readings that follow from it: the guest's clock and its executed instructions. */
import type { IdleSkipping } from '../model/run.ts';
import { shellQuote } from '../text/shell.ts';
import type { MachineProfile } from './machine-profile.ts';
import { machineOption } from './machine-profile.ts';
import type { MachineSpec, Network } from './machine-spec.ts';
import type { DiskBus } from './shape.ts';

/** Addresses on the provider's network. Scaleway's metadata server is at 169.254.42.42, which determines the others. */
export const providerNetwork = {
  net: '169.254.42.0/24',
  /** QEMU itself, which only answers DHCP on a closed network. */
  host: '169.254.42.1',
  guest: '169.254.42.15',
} as const;

/** The additional file descriptors that QEMU inherits: its control connection, and a saved state. */
export const inherited = { qmp: 3, state: 4 } as const;

/** The arguments to start from a saved state. */
export const incomingArguments = ['-incoming', `fd:${inherited.state}`];

/**
 * QEMU's arguments for a machine that the lab drives. It starts stopped. Its console is its standard input and output, its
 * control connection an inherited socket: there is nothing to clean up in the file system, no other process can connect, and
 * both ends exist before the first instruction. The sandbox prevents a guest that breaks out from starting programs.
 */
export function qemuArguments(spec: MachineSpec): string[] {
  return [
    ...machineArguments(spec),
    ...['-chardev', 'stdio,id=console,signal=off', '-serial', 'chardev:console'],
    ...['-chardev', `socket,id=qmp,fd=${inherited.qmp}`, '-mon', 'chardev=qmp,mode=control'],
    ...['-sandbox', sandbox(spec)],
    '-S',
  ];
}

/**
 * QEMU runs a program for each connection of the guest, in a session of its own (libslirp calls setsid, which the sandbox
 * counts as elevating privileges). A machine without a network does not need that. The programs cannot get more privileges
 * than QEMU has: libseccomp sets no_new_privs with every filter.
 */
function sandbox({ network }: MachineSpec): string {
  const needed = (network?.forwards.length ?? 0) > 0 ? 'allow' : 'deny';
  return `on,obsolete=deny,elevateprivileges=${needed},spawn=${needed},resourcecontrol=deny`;
}

/** The same machine for interactive use: it starts at once, with its console on the terminal (Ctrl-A X to quit). */
export function interactiveArguments(spec: MachineSpec): string[] {
  return [...machineArguments(spec), '-serial', 'mon:stdio'];
}

/** Nothing that QEMU adds by itself. */
export const bare = ['-nodefaults', '-no-user-config', '-display', 'none'];

function machineArguments(spec: MachineSpec): string[] {
  return [
    ...bare,
    ...(spec.network === null ? ['-nic', 'none'] : networkArguments(spec.network)),
    ...boardArguments(spec.profile),
    ...clockArguments(spec),
    ...firmwareArguments(spec),
    ...kernelArguments(spec),
    ...spec.disks.flatMap((disk, index) => diskArguments(disk, index, spec.recording !== null)),
    ...deviceArguments(spec.profile.devices),
    ...(spec.onReset === 'exit' ? ['-no-reboot'] : []),
  ];
}

/**
 * Size of QEMU's cache of translated code, in MiB; QEMU's default is 1024. QEMU 7.2 translates a program again for each process,
 * because each has other addresses, and a write to a page of memory searches all translations of that page, also those of
 * processes that have ended (`page_collection_lock`, accel/tcg). When the provider's initramfs is freed, that takes minutes. A
 * small cache is emptied often enough. docs/machines.md has the numbers.
 */
const translationCache = 64;

/** The board, its CPUs and its memory. */
export function boardArguments(profile: MachineProfile): string[] {
  return [
    ...['-machine', machineOption(profile), '-cpu', profile.cpu],
    ...['-smp', String(profile.cpus), ...memoryArguments(profile)],
    ...numaArguments(profile),
    // Emulation even on hosts that can virtualise, so that all hosts execute the same instructions.
    ...['-accel', `tcg,tb-size=${translationCache}`],
  ];
}

/** The `virt` board puts DIMMs at the next multiple of 1 GiB behind its other memory. */
function memoryArguments({ memory, dimm }: MachineProfile): string[] {
  if (dimm === undefined) return ['-m', String(memory)];
  // The address of a DIMM is aligned to 1 GiB, which the space for DIMMs has to have room for.
  return [
    ...['-m', `${memory},slots=1,maxmem=${memory + dimm + 1024}M`],
    ...['-object', `memory-backend-ram,id=dimm,size=${dimm}M`],
    ...['-device', 'pc-dimm,memdev=dimm'],
  ];
}

export function deviceArguments(devices: MachineProfile['devices']): string[] {
  return devices.flatMap((device) => ['-device', device]);
}

/** Nodes with equal shares of the memory and the CPUs. */
function numaArguments({ numa, cpus, memory }: MachineSpec['profile']): string[] {
  if (numa === 1) return [];
  return Array.from({ length: numa }, (_, node) => {
    const [first, end] = [node, node + 1].map((share) => Math.floor((share * cpus) / numa));
    const backend = `memory-backend-ram,id=node${node},size=${memory / numa}M`;
    const shares = `node,nodeid=${node},memdev=node${node},cpus=${first}-${Number(end) - 1}`;
    return ['-object', backend, '-numa', shares];
  }).flat();
}

/**
 * A recorded machine does not skip its idle time. With `sleep=off` its clock advances too far while it waits for a disk,
 * because external input is accepted only at certain moments (seen on 7.2: 1330 s of guest time before a disk's first answer).
 */
function clockArguments({ time, recording }: MachineSpec): string[] {
  if (recording !== null) {
    const { mode, file, startedAt } = recording;
    const icount = `shift=${icountShift},rr=${mode},rrfile=${optionValue(file)}`;
    return ['-icount', icount, '-rtc', `base=${startedAt},clock=vm`];
  }
  // Not QEMU's default, the host's wall clock: if that were set, the guest's clock would jump too.
  const counted = time === 'host' ? [] : ['-icount', `shift=${icountShift},${time}`];
  return [...counted, '-rtc', 'clock=vm'];
}

/** Two flash chips: the code, and the variables, whose writes go to a temporary file like those of disks. */
function firmwareArguments({ firmware }: MachineSpec): string[] {
  if (firmware === null) return [];
  const flash = (unit: number, file: string, protection: string): string[] => [
    '-drive',
    `if=pflash,unit=${unit},file=${optionValue(file)},format=raw,${protection}`,
  ];
  return [
    ...flash(0, firmware.code, 'readonly=on'),
    ...flash(1, firmware.variables, 'snapshot=on'),
  ];
}

/** With firmware, QEMU passes kernel, initrd and command line to EDK2, which starts the kernel through its EFI stub. */
function kernelArguments({ kernel, initramfs, cmdline }: MachineSpec): string[] {
  if (kernel === null) return [];
  const initrd = initramfs === null ? [] : ['-initrd', initramfs];
  return ['-kernel', kernel, ...initrd, '-append', cmdline];
}

/** The disks of a recorded machine have an additional driver, which records when each answer arrived. */
function diskArguments(
  disk: MachineSpec['disks'][number],
  index: number,
  recorded: boolean,
): string[] {
  const snapshot = disk.kept === true ? 'snapshot=off' : 'snapshot=on';
  const protection = disk.readonly ? 'readonly=on' : snapshot;
  const file = recorded ? `${disk.id}-file` : disk.id;
  const between = `driver=blkreplay,if=none,id=${disk.id},image=${file}${disk.readonly ? ',readonly=on' : ''}`;
  return [
    '-drive',
    `if=none,id=${file},file=${optionValue(disk.file)},format=${disk.format ?? 'raw'},${protection}`,
    ...(recorded ? ['-drive', between] : []),
    ...diskDevice(disk, index),
  ];
}

/** Linux names virtio disks in the order of their PCI slots; slot 0 is the host bridge. */
function diskDevice(
  { id, serial, bus = 'virtio-pci' }: MachineSpec['disks'][number],
  index: number,
): string[] {
  const addr = `addr=${index + 1}`;
  const name = `serial=${optionValue(serial)}`;
  const devices: Record<DiskBus, string[]> = {
    'virtio-pci': [`virtio-blk-pci,drive=${id},${addr},${name}`],
    'virtio-mmio': [`virtio-blk-device,drive=${id},${name}`],
    nvme: [`nvme,drive=${id},${addr},${name}`],
    usb: [`qemu-xhci,${addr}`, `usb-storage,drive=${id},${name}`],
  };
  return devices[bus].flatMap((device) => ['-device', device]);
}

/**
 * The provider's network, closed (`restrict=on`): the guest gets an address by DHCP and reaches only the forwarded servers.
 * These listen on Unix sockets, and QEMU runs a socat for each connection, because its own forwarding to a Unix socket serves
 * one connection and then stalls. socat must not print anything: QEMU also sends its standard error to the guest.
 */
function networkArguments({ forwards, ssh }: Network): string[] {
  const user = [
    `user,id=net,restrict=on,net=${providerNetwork.net},host=${providerNetwork.host}`,
    `dhcpstart=${providerNetwork.guest}`,
    ...forwards.map(({ address, port, socket }) => {
      const command = `socat -lf /dev/null -t 10 - ${shellQuote(`UNIX-CONNECT:${socket}`)}`;
      return `guestfwd=tcp:${address}:${port}-cmd:${optionValue(command)}`;
    }),
    ...(ssh ? ['hostfwd=tcp:127.0.0.1:0-:22'] : []),
  ];
  // After all slots of disks. Without its boot ROM, which is in a separate package and not needed.
  const card = 'virtio-net-pci,netdev=net,addr=1e,romfile=';
  return ['-netdev', user.join(','), '-device', card];
}

/** In QEMU's `key=value,key=value` options a comma ends the value unless it is doubled. */
function optionValue(text: string): string {
  return text.replaceAll(',', ',,');
}

/** QEMU's `-icount shift`: an instruction takes 2^shift nanoseconds of guest time. */
const icountShift = 3;
export const nanosecondsPerInstruction = 2 ** icountShift;

/** A clause for the user, such as `works (sleep=off)`. */
export function describeIdleSkipping({ time, certainty, detail }: IdleSkipping): string {
  if (certainty === 'assumed') return `not tried (${detail}); assumed to work (${time})`;
  if (time === 'sleep=off') return `works (${time})`;
  const instead =
    time === 'sleep=on'
      ? 'machines wait in real time while idle (sleep=on)'
      : "machines run on the host's clock";
  return `does not work: ${detail}; ${instead}`;
}
