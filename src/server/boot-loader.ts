/** The boot loader in a server's EFI system partition, which the firmware of the lab starts as that of the server does. */
import type { Arch } from '../arch.ts';
import type { CapturedFile } from '../model/server.ts';
import type { Captured } from './captured.ts';
import { parseCmdline } from './parse.ts';
import type { Server } from './server.ts';

export type BootLoader = {
  kind: 'GRUB' | 'systemd-boot';
  /** Where the EFI system partition is mounted. */
  esp: string;
  /** The program that the firmware starts. */
  program: CapturedFile;
};

/** Where distributions mount the EFI system partition. */
const espPlaces = ['/boot/efi', '/efi', '/boot'];

/** The ending of EFI programs (UEFI 2.10, 3.5.1.1). */
const endings: Record<Arch, string> = { aarch64: 'aa64.efi', arm: 'arm.efi' };

/**
 * Finds the boot loader that started the server's first kernel; null if there is none that was captured whole, or no UEFI. A
 * provider may start a kernel of its own although the disk has a boot loader.
 */
export function bootLoaderOf(server: Server): BootLoader | null {
  const { captured, machine, arch, disk, running, kernels, kexec } = server;
  if (machine.firmware === 'none') return null;
  if (!kernels.some(({ release }) => release === running?.release)) return null;
  const esp = espPlaces.find((place) =>
    disk.partitions.some(({ mount, filesystem }) => mount === place && filesystem === 'vfat'),
  );
  if (esp === undefined) return null;
  const started = startedProgram(captured);
  const programs = captured
    .files(`${esp}/EFI`)
    .filter(({ path }) => path.toLowerCase().endsWith(endings[arch]))
    .sort((a, b) => rank(a.path, started) - rank(b.path, started));
  for (const program of programs) {
    const kind = kindOf(program.path, esp, captured);
    // Before a kexec, anything may have run. The firmware's variables know, and the words that the loader added.
    if (kexec.isSecond && rank(program.path, started) > 0 && !leftTrace(server, kind)) continue;
    if (kind !== null) return { kind, esp, program };
  }
  return null;
}

/**
 * The path of the program that the firmware started, with slashes and in lower case; null if it is not known. An option that
 * leads to a disk and to no file starts the copy for any firmware.
 */
function startedProgram(captured: Captured): string | null {
  const current = captured.text('efi BootCurrent')?.trim();
  const option = captured.text(`efi Boot${current ?? ''}`);
  if (option === null) return null;
  const [, file = ''] = option.split('\n');
  return file === '' ? '/efi/boot/boot' : file.replaceAll('\\', '/').toLowerCase();
}

/**
 * Whether the command line has the word that a loader adds: GRUB the path of the kernel (`BOOT_IMAGE=`), systemd-boot that of the
 * initrd, with backslashes. A kexec with the running command line keeps it. After a kexec, old kernels cannot read the variables.
 */
function leftTrace({ running, kernels }: Server, kind: BootLoader['kind'] | null): boolean {
  const words = parseCmdline(running?.cmdline ?? '');
  const isOwn = (word: string) => kernels.some(({ release }) => word.includes(release));
  const [start, slash] = kind === 'GRUB' ? ['BOOT_IMAGE=', '/'] : ['initrd=', '\\'];
  return words.some((word) => word.startsWith(start) && word.includes(slash) && isOwn(word));
}

/** The program that was started, then a shim, which starts GRUB, then others; last the copies for any firmware. */
function rank(path: string, started: string | null): number {
  const lower = path.toLowerCase();
  if (started !== null && lower.includes(started)) return 0;
  if (/\/shim[^/]*$/.test(lower)) return 1;
  return lower.includes('/efi/boot/') ? 3 : 2;
}

function kindOf(path: string, esp: string, captured: Captured): BootLoader['kind'] | null {
  const hasEntries = captured.files(`${esp}/loader/entries`).length > 0;
  const hasMenu = grubMenu(captured) !== null;
  if (/\/(?:shim|grub)[^/]*$/i.test(path)) return hasMenu ? 'GRUB' : null;
  if (/\/systemd-boot[^/]*$/i.test(path)) return hasEntries ? 'systemd-boot' : null;
  if (!/\/EFI\/BOOT\/BOOT[^/]*$/i.test(path)) return null;
  if (hasEntries) return 'systemd-boot';
  return hasMenu ? 'GRUB' : null;
}

function grubMenu(captured: Captured): CapturedFile | null {
  return captured.file('/boot/grub/grub.cfg') ?? captured.file('/boot/grub2/grub.cfg');
}

/** The place that every firmware tries: an image of the lab has no boot options in its firmware's variables. */
export function fallbackPlace({ esp }: BootLoader, arch: Arch): string {
  return `${esp}/EFI/BOOT/BOOT${endings[arch].toUpperCase()}`;
}

/** Whether a file belongs to a boot loader itself, and not to one kernel. */
export function isLoaderFile(path: string, { esp }: BootLoader): boolean {
  if (path.startsWith(`${esp}/loader/entries/`)) return false;
  return (
    path.startsWith(`${esp}/EFI/`) ||
    path.startsWith(`${esp}/loader/`) ||
    /^\/boot\/grub2?\//.test(path)
  );
}

/** Whether a file of the EFI system partition belongs to a kernel: an entry, or what an entry names. */
export function isKernelFile(path: string, loader: BootLoader): boolean {
  return path.startsWith(`${loader.esp}/`) && !isLoaderFile(path, loader);
}

/**
 * A configuration of GRUB or an entry of systemd-boot with the lab's console at the end of each command line that lacks it. Null
 * if the file has no command lines.
 */
export function withConsole(path: string, text: string, console: string): string | null {
  const pattern = /\/grub2?\/grub\.cfg$/.test(path)
    ? /^[ \t]*linux(?:efi)?[ \t].*$/gm
    : /\/loader\/entries\/[^/]+\.conf$/.test(path)
      ? /^options[ \t].*$/gm
      : /\/etc\/kernel\/cmdline$/.test(path)
        ? /^.*\S.*$/gm
        : null;
  const words = new Set([`console=${console}`, `console=${console},115200`]);
  const add = (line: string) =>
    parseCmdline(line).some((word) => words.has(word))
      ? line
      : `${line.trimEnd()} console=${console}`;
  return pattern && text.replace(pattern, add);
}

/** The file from which the command line of another kernel is made, with the lab's console; an empty text if nothing is known. */
export function settingsOf(
  { captured, defaultKernel }: Server,
  { kind, esp }: BootLoader,
  console: string,
): [path: string, text: string] {
  if (kind === 'GRUB') {
    const grub = '/etc/default/grub';
    const text = captured.read(grub)?.trimEnd() ?? '';
    return [grub, `${text}\nGRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX console=${console}"\n`];
  }
  const file = '/etc/kernel/cmdline';
  // Without this file kernel-install takes the command line of the kernel that runs, which is not the server's.
  const entries = captured.files(`${esp}/loader/entries`).map(({ path }) => captured.read(path));
  const own = entries.find((text) => text?.includes(defaultKernel.release)) ?? entries[0] ?? '';
  const [, options = ''] = /^options[ \t]+(.*)$/m.exec(own) ?? [];
  const text = captured.read(file) ?? options;
  return [file, withConsole(file, text, console) ?? ''];
}

/** Commands of the finished system that tell a boot loader of a kernel that came instead of the captured ones. */
export function commandsFor({ kind, esp }: BootLoader): string[] {
  if (kind === 'GRUB') return ['update-grub'];
  return [
    `for kernel in /boot/vmlinuz-*; do kernel-install --verbose add "\${kernel#/boot/vmlinuz-}" "$kernel"; done`,
    `ls ${esp}/loader/entries/*.conf`,
  ];
}

/** The packages with what those commands need. */
export function packagesOf({ kind }: BootLoader, arch: Arch): string[] {
  if (kind === 'systemd-boot') return ['systemd-boot'];
  return ['grub2-common', arch === 'aarch64' ? 'grub-efi-arm64-bin' : 'grub-efi-arm-bin'];
}
