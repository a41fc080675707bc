import { dirname, resolve } from 'node:path';
import type { ScenarioFile } from './schema.ts';
import type { Arch, ImageReference, Plan, Scenario, Setup } from './scenario.ts';
import { resolveStep } from './step.ts';

/** What a scenario gets that says nothing about it. */
const defaults = {
  boot: {
    kernel: 'provider-kernel',
    initramfs: 'provider-initramfs',
    disk: 'mini-disk',
    storage: 'virtio',
    metadata: {},
    onReset: 'exit',
  },
  limits: { total: 300, silence: 60 },
} as const;

/** A kernel that the firmware finds is not given these from outside. */
const withoutKernel = { initramfs: null, cmdline: '' } as const;

/**
 * A validated file as the scenario it describes: defaults filled in, `per-arch` laid over the rest
 * (key by key; tags and captures too), and user's files as absolute paths.
 *
 * @param path the file it was read from; relative `{ file }` references start at its directory
 */
export function resolveScenario(name: string, path: string, file: ScenarioFile): Scenario {
  return {
    name,
    title: file.title,
    story: file.story,
    file: path,
    labels: file.labels ?? [],
    arches: file.arch,
    perArch: Object.fromEntries(file.arch.map((arch) => [arch, resolveArch(arch, path, file)])),
  };
}

/** What the provider's own kernel is told, as Scaleway's is. */
const rootOf = { virtio: 'root=/dev/vda', nbd: 'root=/dev/nbd0' } as const;

function resolveArch(arch: Arch, path: string, file: ScenarioFile): Plan {
  const override = file['per-arch']?.[arch] ?? {};
  const { 'on-reset': onReset, ...boot } = { ...file.boot, ...override.boot };
  const usual = boot.kernel === null ? { ...defaults.boot, ...withoutKernel } : defaults.boot;
  const { kernel, initramfs, disk, ...rest } = { ...usual, ...boot };
  const captures = { ...file.expect.captures, ...override.expect?.captures };
  const setup: Setup = {
    machine: arch,
    cmdline: rootOf[rest.storage],
    ...rest,
    kernel: kernel === null ? null : fromFile(kernel, path),
    initramfs: initramfs === null ? null : fromFile(initramfs, path),
    disk: disk === null ? null : fromFile(disk, path),
    tags: { ...file.boot?.tags, ...override.boot?.tags },
    onReset: onReset ?? defaults.boot.onReset,
  };
  return {
    setup,
    steps: (override.steps ?? file.steps ?? []).map(resolveStep),
    expect: {
      ...file.expect,
      ...override.expect,
      ...(Object.keys(captures).length > 0 && { captures }),
    },
    limits: { ...defaults.limits, ...file.limits, ...override.limits },
  };
}

function fromFile(image: ImageReference, path: string): ImageReference {
  return typeof image === 'string' ? image : { file: resolve(dirname(path), image.file) };
}
