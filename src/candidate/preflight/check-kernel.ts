import type { Finding } from '../../model/examination.ts';
import { compareVersions } from '../../text/versions.ts';
import type { KernelFacts } from './facts.ts';
import type { LoadFacts } from './load-facts.ts';

/** Whether the kernel's file is complete. */
export function checkImageLength({ kind, trouble, name }: KernelFacts): Finding[] {
  if (trouble === null || (kind !== 'Image' && kind !== 'zImage')) return [];
  return [
    {
      id: 'image-damaged',
      severity: 'stop',
      message: `This kernel ${trouble}.`,
      advice: 'Copy, build or download the file again.',
      source: name,
    },
  ];
}

/** The text offset that kexec-tools plan with (kexec/arch/arm/kexec-zImage-arm.c, extra_size), up to 2.0.32 at least. */
const assumed = 0x8000;
/** The space after a zImage that its decompressor needs for stack and heap, with kexec-tools' own margin. Bytes. */
const decompressorRoom = 0x11000;
const mebibyte = 2 ** 20;

/** How much room a load gives to the kernel. */
type Room = {
  /** The bytes that `--image-size` reserves; 0 without that option. */
  reserved?: number;
  way?: LoadFacts['way'];
};

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
  if (offset === null || offset <= assumed) return [];
  const needed = neededSize(kernel, offset, imageBytes);
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
      message: `This kernel is linked to run ${hex(offset)} above the start of RAM, but kexec-tools assume ${hex(assumed)}: while it unpacks, it overwrites the initrd or the device tree after it.`,
      advice: isSystemctl
        ? `systemctl kexec cannot pass --image-size, but it starts a kernel that is loaded already: load it before with kexec -l --image-size=${needed} or more.`
        : `Load it with kexec --image-size=${needed} or more.`,
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
    ? { offset: assumed, option: 'CONFIG_ARM' }
    : { offset: found[1], option: found[0] };
}

function hex(number: number): string {
  return `0x${number.toString(16)}`;
}

/** Whether the kernel can itself kexec, which the next update needs. */
export function checkKexecConfig({ config, name, release }: KernelFacts): Finding[] {
  if (config === null)
    return [
      {
        id: 'config-unknown',
        severity: 'note',
        message:
          "This kernel's configuration is unknown, so its support for kexec could not be checked.",
        advice:
          'Supply its packages (from Debian 14 on including linux-base-…), or a directory with config-RELEASE.',
        source: name,
      },
    ];
  const is = (option: string) => config.values.get(option) === 'y';
  const source = (option: string) =>
    `${config.name}: ${is(option) ? `${option}=y` : `# ${option} is not set`}`;
  if (!is('CONFIG_KEXEC')) return [withoutKexec(is('CONFIG_KEXEC_FILE'), source('CONFIG_KEXEC'))];
  const locked = lockdowns.find(is);
  const findings: Finding[] = [];
  if (locked !== undefined)
    findings.push({
      id: 'kexec-locked-down',
      severity: 'warn',
      message:
        'This kernel forces lockdown, which disables kexec_load: the next update cannot use plain `kexec -l`.',
      advice: 'Use `kexec -s` with a signed kernel, or a kernel that does not force lockdown.',
      source: source(locked),
    });
  if (is('CONFIG_KEXEC_SIG_FORCE'))
    findings.push({
      id: 'kexec-needs-signature',
      severity: 'warn',
      message: 'This kernel only loads signed kernels for kexec.',
      advice: 'Use `kexec -s`, and sign the kernels that it has to load.',
      source: source('CONFIG_KEXEC_SIG_FORCE'),
    });
  if (is('CONFIG_CPU_TTBR0_PAN') && release !== null && compareVersions(release, fixedIn) < 0)
    findings.push({
      id: 'kexec-crash',
      severity: 'warn',
      message: `A kexec from this kernel crashes after "Bye!", whatever kernel is loaded, unless it has the fix of Linux ${fixedIn}.`,
      advice:
        'For the next update, reboot instead of a kexec, or use a kernel without LPAE (on Debian linux-image-armmp).',
      source: source('CONFIG_CPU_TTBR0_PAN'),
    });
  return findings;
}

/** The release with commit 009b6c6486b9, "ARM: 9476/1: mm: fix kexec and hibernation with CONFIG_CPU_TTBR0_PAN". */
const fixedIn = '7.1';

/** Both disable kexec_load: LOCKDOWN_KEXEC is an integrity reason (security/lockdown/Kconfig). */
const lockdowns = [
  'CONFIG_LOCK_DOWN_KERNEL_FORCE_INTEGRITY',
  'CONFIG_LOCK_DOWN_KERNEL_FORCE_CONFIDENTIALITY',
];

function withoutKexec(hasFile: boolean, source: string): Finding {
  if (hasFile)
    return {
      id: 'no-kexec-load',
      severity: 'warn',
      message:
        'This kernel supports only kexec_file_load: the next update cannot use plain `kexec -l`.',
      advice: 'Use `kexec -s` on it.',
      source,
    };
  return {
    id: 'no-kexec',
    severity: 'stop',
    message:
      'This kernel is built without kexec: it boots, but the next update cannot kexec from it.',
    advice: 'Build it with CONFIG_KEXEC=y.',
    source,
  };
}
