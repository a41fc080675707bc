import type { Signal } from '../model/boot.ts';
/** What a console tells of the machine, for advice that fits it. Null: not known. */
export type MachineFacts = {
  arch: 'arm' | 'arm64' | 'x86' | 'riscv' | null;
  loader: 'uefi' | 'u-boot' | 'grub' | 'bios' | null;
};

export const nothingKnown: MachineFacts = { arch: null, loader: null };

const arches: Record<string, MachineFacts['arch']> = {
  'x86-kernel': 'x86',
  seabios: 'x86',
  'riscv-kernel': 'riscv',
  opensbi: 'riscv',
};

/** Distributions name the architecture in the release; the compiler's name is in the same line. */
const banners: [RegExp, MachineFacts['arch']][] = [
  [/amd64|x86[_-]64|i[36]86/, 'x86'],
  [/riscv/, 'riscv'],
  [/arm64|aarch64/i, 'arm64'],
  [/armmp|armv7|armhf|arm-linux/, 'arm'],
];

/** Adds what one signal tells. The newest word on the loader counts, the first on the architecture. */
export function learnMachine(
  facts: MachineFacts,
  { signature, text, captures }: Signal,
): MachineFacts {
  const loader = loaderOf(signature) ?? facts.loader;
  const arch = facts.arch ?? arches[signature] ?? archOf(signature, text, captures);
  return loader === facts.loader && arch === facts.arch ? facts : { arch, loader };
}

function loaderOf(signature: string): MachineFacts['loader'] {
  if (/^(?:edk2|efi|qualcomm)-/.test(signature)) return 'uefi';
  if (signature.startsWith('u-boot-')) return 'u-boot';
  if (signature.startsWith('grub-')) return 'grub';
  return signature === 'seabios' ? 'bios' : null;
}

function archOf(
  signature: string,
  text: string,
  captures: Signal['captures'],
): MachineFacts['arch'] {
  if (signature === 'kernel-version') {
    const release = banners.find(([pattern]) => pattern.test(captures['release'] ?? ''));
    return (release ?? banners.find(([pattern]) => pattern.test(text)))?.[1] ?? null;
  }
  // arm64 prints the number of its first CPU in ten digits, arm in one.
  if (signature !== 'kernel-booting') return null;
  return /0x[0-9a-f]{10}/.test(text) ? 'arm64' : null;
}

/** Unless the console shows another architecture, advice for 32-bit arm is worth a try. */
export function mayBeArm({ arch }: MachineFacts): boolean {
  return arch === null || arch === 'arm';
}
