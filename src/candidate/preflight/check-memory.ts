/** Where a 32-bit kernel unpacks itself, which kexec-tools misjudge. */
import { plannedMap } from '../../memory/planned-map.ts';
import type { ZImage } from '../../memory/zimage-memory.ts';
import { assumedOffset, neededImageSize } from '../../memory/zimage-memory.ts';
import type { MemoryMap } from '../../model/boot.ts';
import type { Finding } from '../../model/examination.ts';
import type { Gathered, KernelFacts } from './facts.ts';
import type { LoadFacts } from './load-facts.ts';

/** How much room a load gives to the kernel. */
type Room = {
  /** The bytes that `--image-size` reserves; 0 without that option. */
  reserved?: number;
  way?: LoadFacts['way'];
};

/** An `--image-size` for a kernel that does not declare its size. Bytes. */
const ofAnySize = 64 * 2 ** 20;

/**
 * On arm, whether the kernel runs at a higher address than kexec-tools assume. kexec-tools put the initrd or the device tree
 * directly after the assumed end of the kernel, where the decompressor overwrites them.
 * @param imageBytes the size of its file
 */
export function checkTextOffset(
  kernel: KernelFacts,
  imageBytes: number,
  { reserved = 0, way = '' }: Room = {},
): Finding[] {
  // A uImage of a server contains a zImage, whose own table was not read.
  if (kernel.arch !== 'arm' || !['zImage', 'uImage'].includes(kernel.kind)) return [];
  const declared = kernel.layout?.textOffset ?? null;
  const configured = declared === null ? configuredOffset(kernel.config?.values) : null;
  const offset = declared ?? configured?.offset ?? null;
  if (offset === null || offset <= assumedOffset) return [];
  const zImage = zImageOf(kernel, imageBytes);
  const needed = zImage === null ? ofAnySize : neededImageSize(zImage);
  const isSystemctl = way === 'systemctl';
  if (reserved >= needed && !isSystemctl) return [];
  const source =
    declared === null
      ? `${kernel.config?.name ?? ''}: ${configured?.option ?? ''}=y`
      : `${kernel.name}: text offset in the table of the zImage`;
  return [
    {
      id: 'text-offset',
      severity: 'warn',
      message: `This kernel is linked to run ${hex(offset)} above the start of RAM, but kexec-tools assume ${hex(assumedOffset)}: while it unpacks, it overwrites the initrd or the device tree after it.`,
      advice: isSystemctl
        ? `systemctl kexec cannot pass --image-size, but it starts a kernel that is loaded already: load it before with kexec -l --image-size=${needed} or more.`
        : `Load it with kexec --image-size=${needed} or more.`,
      source,
    },
  ];
}

/** A kernel as the model of its memory takes it; null if it does not declare its size, or nothing tells where it runs. */
function zImageOf({ layout, config }: KernelFacts, bytes: number): ZImage | null {
  const textOffset = layout?.textOffset ?? configuredOffset(config?.values)?.offset;
  return layout === null || textOffset === undefined ? null : { layout, textOffset, bytes };
}

/** How the kernel is loaded on arm, and what overwrites what; null if that is not known. */
export function memoryOf({ kernel, initrd, reserved }: Gathered): MemoryMap | null {
  const zImage = zImageOf(kernel, kernel.bytes);
  return zImage && plannedMap(zImage, { asked: reserved, initrd: initrd?.bytes ?? null });
}

/**
 * The platforms with a higher text offset, from arch/arm/Makefile (`textofs-…`). If a kernel supports several, the last one
 * counts, as in the Makefile.
 */
const offsets: readonly (readonly [option: string, offset: number])[] = [
  ['CONFIG_ARCH_REALTEK', 0x108000],
  ['CONFIG_SA1111', 0x208000],
  ['CONFIG_ARCH_QCOM_RESERVE_SMEM', 0x208000],
  ['CONFIG_ARCH_IPQ40XX', 0x208000],
  ['CONFIG_ARCH_MSM8X60', 0x208000],
  ['CONFIG_ARCH_MSM8960', 0x208000],
  ['CONFIG_ARCH_MESON', 0x208000],
  ['CONFIG_ARCH_AXXIA', 0x308000],
];

/** The options that decide about the text offset. */
export const textOffsetOptions = offsets.map(([option]) => option);

/** The text offset that a configuration sets, and the option that sets it; null without a configuration. */
export function configuredOffset(
  values: ReadonlyMap<string, string> | undefined,
): { offset: number; option: string } | null {
  if (values === undefined) return null;
  const found = offsets.findLast(([option]) => values.get(option) === 'y');
  return found === undefined
    ? { offset: assumedOffset, option: 'CONFIG_ARM' }
    : { offset: found[1], option: found[0] };
}

function hex(number: number): string {
  return `0x${number.toString(16)}`;
}
