import type { Finding } from '../../model/preflight.ts';
import type { KernelFacts } from './facts.ts';
/** The text offset that kexec-tools plan with (kexec/arch/arm/kexec-zImage-arm.c, extra_size), up to 2.0.32 at least. */
const assumed = 0x8000;
/** The space after a zImage that its decompressor needs for stack and heap, with kexec-tools' own margin. Bytes. */
const decompressorRoom = 0x11000;
const mebibyte = 2 ** 20;

/**
 * On arm, whether the kernel runs at a higher address than kexec-tools assume. kexec-tools put the initrd or the device tree
 * directly after the assumed end of the kernel, where the decompressor overwrites them.
 */
export function checkTextOffset(kernel: KernelFacts, imageBytes: number): Finding[] {
  if (kernel.arch !== 'arm' || kernel.kind !== 'zImage') return [];
  const told = kernel.layout?.textOffset ?? null;
  const configured = told === null ? configuredOffset(kernel.config?.values) : null;
  const offset = told ?? configured?.offset ?? null;
  if (offset === null || offset <= assumed) return [];
  const source =
    told === null
      ? `${kernel.config?.name ?? ''}: ${configured?.option ?? ''}=y`
      : `${kernel.name}: text offset in the table of the zImage`;
  return [
    {
      id: 'text-offset',
      severity: 'warn',
      message: `This kernel is linked to run ${hex(offset)} above the start of RAM, but kexec-tools assume ${hex(assumed)}: while it unpacks, it overwrites the initrd or the device tree after it.`,
      advice: `Load it with kexec --image-size=${neededSize(kernel, offset, imageBytes)} or more.`,
      source,
    },
  ];
}

/** The `--image-size` that keeps everything clear of the kernel. Bytes, in whole MiB; 64 MiB if its size is unknown. */
function neededSize(
  { layout }: Pick<KernelFacts, 'layout'>,
  offset: number,
  imageBytes: number,
): number {
  if (layout === null) return 64 * mebibyte;
  const { data, bss } = layout;
  const unpacked = Math.max(data + bss, data + imageBytes + decompressorRoom);
  return Math.ceil((offset - assumed + unpacked) / mebibyte) * mebibyte;
}

/**
 * The platforms with a higher text offset, from arch/arm/Makefile (`textofs-…`). If a kernel supports several, the last one
 * counts, as in the Makefile.
 */
const offsets: readonly [option: string, offset: number][] = [
  ['CONFIG_ARCH_REALTEK', 0x108000],
  ['CONFIG_SA1111', 0x208000],
  ['CONFIG_ARCH_QCOM_RESERVE_SMEM', 0x208000],
  ['CONFIG_ARCH_IPQ40XX', 0x208000],
  ['CONFIG_ARCH_MSM8X60', 0x208000],
  ['CONFIG_ARCH_MSM8960', 0x208000],
  ['CONFIG_ARCH_MESON', 0x208000],
  ['CONFIG_ARCH_AXXIA', 0x308000],
];

/** The text offset that a configuration sets, and the option that sets it; null without a configuration. */
function configuredOffset(
  values: ReadonlyMap<string, string> | undefined,
): { offset: number; option: string } | null {
  if (values === undefined) return null;
  const found = offsets.findLast(([option]) => values.get(option) === 'y');
  return found === undefined
    ? { offset: assumed, option: 'CONFIG_ARM' }
    : { offset: found[1], option: found[0] };
}

function hex(number: number): string {
  return `0x${number.toString(16)}`;
}
