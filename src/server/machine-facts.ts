/** What a capture says about the machine itself, in the terms of the lab's machine profiles. */
import type { Arch } from '../arch.ts';
import { architectures } from '../arch.ts';
import { elfMachine } from '../formats/executable.ts';
import { readFileSync } from 'node:fs';
import type { Captured } from './captured.ts';

export type MachineFacts = {
  cpus: number;
  memoryMiB: number;
  /** Version of the interrupt controller; null if it was not seen. */
  gic: 2 | 3 | null;
  hasIts: boolean;
  startsAtEl2: boolean;
  /** Bytes; null if unknown. */
  pageSize: number | null;
  firmware: 'none' | 'uefi' | 'secure-boot';
  hasAcpi: boolean;
  /** Whether it is a QEMU machine of the type `virt`, as most cloud servers are. */
  isVirt: boolean;
};

/** The architecture of a captured server; null if it is not one of the lab's. */
export function archOf(captured: Captured): Arch | null {
  const machine = captured.text('uname')?.trim().split(/\s+/).at(-1);
  if (machine === 'aarch64') return 'aarch64';
  if (machine !== undefined) return /^armv[78]/.test(machine) ? 'arm' : null;
  // A system that does not run: its programs say it.
  for (const place of ['/sbin/kexec', '/usr/sbin/kexec']) {
    const program = captured.file(place);
    if (program === null) continue;
    const machine = elfMachine(readFileSync(captured.contentOf(program)));
    for (const arch of ['aarch64', 'arm'] as const)
      if (architectures[arch].elf === machine) return arch;
  }
  return null;
}

/** Facts about the machine. Without the texts of a running system they are those of a small one. */
export function machineFacts(captured: Captured): MachineFacts {
  const log = captured.text('dmesg') ?? '';
  const interrupts = captured.text('/proc/interrupts') ?? '';
  const isSecure = securityOf(captured) || /secureboot: Secure boot enabled/i.test(log);
  const hasEfi =
    captured.text('/sys/firmware/efi/fw_platform_size') !== null ||
    captured.text('efi') !== null ||
    /\befi: EFI v/.test(log);
  const gicv3 = /\bGICv3\b|GIC-?v3/.test(`${log}\n${interrupts}`);
  const gicv2 = /GICv2|GIC-0|GIC-?v2/.test(`${log}\n${interrupts}`);
  return {
    cpus: Math.max(1, countOf(captured.text('/proc/cpuinfo') ?? '', /^processor\s*:/gm)),
    memoryMiB: memoryOf(captured),
    gic: gicv3 ? 3 : gicv2 ? 2 : null,
    hasIts: /\bITS\b/.test(log) || /\bITS-/.test(interrupts),
    startsAtEl2: /CPUs? started at EL2|CPU: All CPU\(s\) started (?:at EL2|in HYP mode)/.test(log),
    pageSize: Number(captured.text('page-size')) || null,
    firmware: isSecure ? 'secure-boot' : hasEfi ? 'uefi' : 'none',
    hasAcpi:
      captured.text('acpi-tables') !== null && /\bFACP\b/.test(captured.text('acpi-tables') ?? ''),
    isVirt: /linux,dummy-virt|QEMU/.test(log),
  };
}

/** Whether Secure Boot is on: the variable ends with a byte of 1 after four bytes of attributes (UEFI 2.10, 3.3). */
function securityOf(captured: Captured): boolean {
  return captured.text('efi SecureBoot') === '1';
}

function countOf(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

/**
 * MiB of memory. /proc/iomem has the exact ranges, but shows an ordinary user only zeros. MemTotal lacks what the kernel reserved
 * for itself, so it is rounded up.
 */
function memoryOf(captured: Captured): number {
  const ranges = (captured.text('/proc/iomem') ?? '').matchAll(
    /^([\da-f]+)-([\da-f]+) : System RAM$/gm,
  );
  let bytes = 0;
  for (const [, from = '', to = ''] of ranges) {
    const [first, last] = [Number.parseInt(from, 16), Number.parseInt(to, 16)];
    if (last > first) bytes += last + 1 - first;
  }
  const kibibytes = /^MemTotal:\s+(\d+) kB/m.exec(captured.text('/proc/meminfo') ?? '')?.[1];
  const total = Number(kibibytes ?? 2 ** 20) / 1024;
  const exact = bytes / 2 ** 20;
  // Firmware may have taken a part out of the ranges.
  return Math.ceil(Math.max(exact, total) / memoryStep) * memoryStep;
}

/** Servers have memory in such steps. MiB. */
const memoryStep = 64;
