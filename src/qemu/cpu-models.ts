/** What is known about QEMU's `virt` machines, beyond what an installed QEMU says: CPU models and machine options. */
import type { Arch } from '../arch.ts';

/**
 * The models that support pages of 4, 16 and 64 KiB, and those without 16 KiB: TGran4, TGran16 and TGran64 of their
 * ID_AA64MMFR0_EL1, as a guest read them under QEMU 7.2.22 and 10.0.2. cortex-a78ae is newer; its fields are from QEMU's
 * target/arm/tcg/cpu64.c.
 */
const withAllPages: ReadonlySet<string> = new Set([
  ...['cortex-a35', 'cortex-a55', 'cortex-a76', 'cortex-a78ae', 'cortex-a710'],
  ...['neoverse-n1', 'neoverse-n2', 'neoverse-v1', 'max'],
]);
const without16K: ReadonlySet<string> = new Set([
  'a64fx',
  'cortex-a53',
  'cortex-a57',
  'cortex-a72',
]);

/** The model of a `-cpu` option, without its properties: `max` of `max,sve=off`. */
export function modelOf(cpu: string): string {
  return cpu.split(',', 1)[0] ?? '';
}

/** The sizes of pages that a CPU supports, in bytes; null if they are unknown. @param cpu the value of `-cpu` */
export function pageSizesOf(cpu: string): readonly number[] | null {
  const model = modelOf(cpu);
  if (withAllPages.has(model)) return [4096, 16384, 65536];
  return without16K.has(model) ? [4096, 65536] : null;
}

/** The models that `virt` machines of any QEMU can have, and this architecture's kernels run on. */
export function modelsFor(arch: Arch): string[] {
  return arch === 'arm' ? ['cortex-a7', 'cortex-a15', 'max'] : [...without16K, ...withAllPages];
}

/**
 * The first QEMU with a model, for those that the oldest QEMU of the lab does not have. From the history of hw/arm/virt.c: the
 * pull requests of 2022-12-15 (after 7.2.0), 2023-07-06 (before 8.1.0), 2023-09 and 2023-10-27 (after 8.1.0).
 */
const sinceVersion: ReadonlyMap<string, string> = new Map([
  ['cortex-a55', '8.0'],
  ['neoverse-v1', '8.1'],
  ['cortex-a710', '8.2'],
  ['neoverse-n2', '8.2'],
]);

/** The first QEMU with this model; null if it is not known to be newer than the oldest QEMU of the lab. */
export function modelSince(model: string): string | null {
  return sinceVersion.get(model) ?? null;
}

/** Options of `virt` that came with QEMU 8.0 (the pull request of 2022-12-15). */
const newProperties = ['compact-highmem', 'highmem-redists', 'highmem-ecam', 'highmem-mmio'];

/** The first QEMU with this option of `virt`; null if it is not known to be newer than the oldest QEMU of the lab. */
export function propertySince(property: string): string | null {
  return newProperties.includes(property) ? '8.0' : null;
}
