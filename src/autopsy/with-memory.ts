import { lpiCure, reservationsCure } from '../boot/explain/cures.ts';
import { kexecMarker } from '../markers.ts';
import type { Evidence, Outcome } from '../model/boot.ts';
import type { SilenceReason } from '../model/vocabulary.ts';
import { panicOf, tellingLines } from './kernel-log.ts';
import type { Autopsy } from './silence.ts';

/**
 * The outcome with the result of the autopsy: the reason in its meaning, the log that the console did not show in its
 * evidence. A silence that proved nothing is a hang if the second kernel has panicked: its CPUs may be busy after that and
 * look alive.
 */
export function withMemory(outcome: Outcome, autopsy: Autopsy | null): Outcome {
  if (autopsy === null) return outcome;
  const { reason, sentence, log } = autopsy;
  const lines = log === null ? [] : tellingLines(log);
  const unheard = lines.map((text): Evidence => ({ line: null, text, signature: 'guest-memory' }));
  const died = outcome.id === 'unknown' && provesDeath(autopsy);
  return {
    ...outcome,
    ...(died && { id: 'bye-hang' }),
    meaning: `${died ? afterJump : outcome.meaning} ${sentence}`,
    cure: cures[reason] ?? outcome.cure,
    evidence: [...outcome.evidence, ...unheard],
  };
}

const afterJump =
  'The first kernel began the jump, then nothing: the second kernel ran and panicked without printing anything.';

/** Whether a log in memory is that of a kernel which a provider's initramfs started by kexec, and which has panicked. */
export function provesDeath(autopsy: Autopsy | null): boolean {
  const log = autopsy?.log ?? null;
  if (log === null) return false;
  return (log.cmdline?.includes(kexecMarker) ?? false) && panicOf(log) !== undefined;
}

const early =
  "Search for the message together with the kernel's release, and boot the previous kernel. With earlycon on its command line, the new kernel prints messages this early.";

/** The cure for a known reason. If the reason is unknown, the cure of the silent outcome remains. */
const cures: Partial<Record<SilenceReason, string>> = {
  'device-tree-lost':
    'On 32-bit arm, give kexec --image-size with a size well above that of the unpacked kernel, such as --image-size=67108864: otherwise kexec places the device tree where kernels with a larger text offset unpack themselves. If you use --dtb, check that file.',
  'device-tree-without-memory':
    "Omit --dtb, so that kexec passes on the device tree of the running kernel, or use a tree that describes the machine's memory.",
  'lpi-tables-taken-over': lpiCure,
  'efi-reservations-overwritten': reservationsCure,
  'page-size-unsupported':
    'Install a kernel with pages of 4 KiB (in Debian, linux-image-arm64 or linux-image-cloud-arm64 instead of …-16k and …-64k).',
  'early-panic': early,
  'early-oops': early,
  'digest-mismatch':
    'Stop the devices that write to memory by themselves before the jump. Linux stops those on PCI; under Linux 5.10 and 6.1, a network card on virtio-mmio keeps receiving, so unbind its driver (docs/gicv3.md#a-network-card-that-still-receives).',
  'image-damaged':
    'Install the kernel file again, and compare its size with the one in its package: an interrupted update or a full /boot can truncate it.',
};
