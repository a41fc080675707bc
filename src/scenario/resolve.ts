import { dirname, resolve } from 'node:path';
import type { Arch } from '../arch.ts';
import { rootDisk } from '../qemu/shape.ts';
import type { Located } from '../yaml/yaml-file.ts';
import type { ImageReference, Plan, Proof, Scenario, SecondKernel, Setup } from './scenario.ts';
import type { ScenarioFile } from './schema.ts';
import type { Step } from './step.ts';
import { resolveStep } from './step.ts';

/** Defaults of a scenario. */
const defaults = {
  boot: {
    kernel: 'provider-kernel',
    initramfs: 'provider-initramfs',
    disk: 'mini-disk',
    storage: 'virtio',
    metadata: {},
    readOnly: false,
    onReset: 'exit',
  },
  limits: { total: 300, silence: 60 },
} as const;

/** Defaults if the firmware looks for the kernel: it gets neither from QEMU. */
const withoutKernel = { initramfs: null, cmdline: '' } as const;

/**
 * The scenario that a validated file describes: with defaults, with `per-arch` applied key by key (also to tags and captures),
 * and with absolute paths.
 *
 * @param path the file; relative paths in it start at its directory
 * @param lineOf the line of a value in that file; without it steps have no places
 */
export function resolveScenario(
  name: string,
  path: string,
  file: ScenarioFile,
  lineOf?: Located<ScenarioFile>['lineOf'],
): Scenario {
  return {
    name,
    title: file.title,
    story: file.story,
    file: path,
    labels: file.labels ?? [],
    arches: file.arch,
    ...(file.server && { server: file.server }),
    perArch: Object.fromEntries(
      file.arch.map((arch) => {
        const plan = resolveArch(arch, path, file);
        const lines = lineOf && linesOf(arch, file, lineOf);
        const steps = [
          ...resolveSteps(arch, path, file, lineOf),
          ...proofSteps(plan, lines && `${path}:${lines['proof'] ?? 1}`),
        ];
        return [arch, { ...plan, steps, ...(lines && { lines }) }];
      }),
    ),
  };
}

function resolveArch(arch: Arch, path: string, file: ScenarioFile): Omit<Plan, 'steps'> {
  const override = file['per-arch']?.[arch] ?? {};
  const {
    'on-reset': onReset,
    'read-only': readOnly,
    'second-kernel': second,
    ...boot
  } = { ...file.boot, ...override.boot };
  const usual = boot.kernel === null ? { ...defaults.boot, ...withoutKernel } : defaults.boot;
  const { kernel, initramfs, disk, machine, ...rest } = { ...usual, ...boot };
  const { proof: written, ...expected } = { ...file.expect, ...override.expect };
  const captures = { ...file.expect.captures, ...override.expect?.captures };
  const setup: Setup = {
    machine: machineOf(machine ?? arch, path),
    cmdline:
      rest.storage === 'nbd'
        ? 'root=/dev/nbd0'
        : `root=${rootDisk({ disks: rest.shape?.disks ?? 'virtio-pci' })}`,
    ...rest,
    ...(second !== undefined && { secondKernel: secondKernelOf(second, path) }),
    kernel: kernel === null ? null : fromFile(kernel, path),
    initramfs: initramfs === null ? null : fromFile(initramfs, path),
    disk: disk === null ? null : fromFile(disk, path),
    tags: { ...file.boot?.tags, ...override.boot?.tags },
    onReset: onReset ?? defaults.boot.onReset,
    readOnly: readOnly ?? defaults.boot.readOnly,
  };
  return {
    setup,
    ...(written !== undefined && { proof: proofOf(written) }),
    expect: {
      ...expected,
      ...(Object.keys(captures).length > 0 && { captures }),
    },
    limits: { ...defaults.limits, ...file.limits, ...override.limits },
  };
}

function proofOf(written: NonNullable<ScenarioFile['expect']['proof']>): Proof {
  if (typeof written === 'string') return written;
  const { run, ssh, output = null } = written;
  return run === undefined
    ? { by: 'ssh', command: ssh ?? '', output }
    : { by: 'run', command: run, output };
}

/** The step of a proof by command. It is the last one, in the generation that should come up. */
function proofSteps({ proof, expect }: Omit<Plan, 'steps'>, place: string | undefined): Step[] {
  if (proof === undefined || typeof proof === 'string') return [];
  const { by, command } = proof;
  const generation = expect.generation ?? 1;
  return [{ do: 'prove', by, command, generation, ...(place !== undefined && { place }) }];
}

function resolveSteps(
  arch: Arch,
  path: string,
  file: ScenarioFile,
  lineOf: Located<ScenarioFile>['lineOf'] | undefined,
): Step[] {
  const own = file['per-arch']?.[arch]?.steps;
  const at = own === undefined ? ['steps'] : ['per-arch', arch, 'steps'];
  return (own ?? file.steps ?? []).map((step, index) => ({
    ...resolveStep(step),
    ...(lineOf && { place: `${path}:${lineOf([...at, index])}` }),
  }));
}

/** The line of each expectation: in `per-arch` if it is there, otherwise in the common part. */
function linesOf(
  arch: Arch,
  file: ScenarioFile,
  lineOf: Located<ScenarioFile>['lineOf'],
): Record<string, number> {
  const common: string[] = ['expect'];
  const own = ['per-arch', arch, 'expect'];
  const pathsIn = (at: string[], { captures, ...others }: Partial<ScenarioFile['expect']> = {}) => [
    ...Object.keys(others).map((key) => [key, [...at, key]] as [string, string[]]),
    ...Object.keys(captures ?? {}).map(
      (name) => [`captures.${name}`, [...at, 'captures', name]] as [string, string[]],
    ),
  ];
  const paths = [
    ...pathsIn(common, file.expect),
    ...pathsIn(own, file['per-arch']?.[arch]?.expect),
  ];
  return Object.fromEntries(paths.map(([key, path]) => [key, lineOf(path)]));
}

type Boot = Required<NonNullable<ScenarioFile['boot']>>;

/** Relative paths in a scenario start at its directory. */
function fromFile(image: NonNullable<Boot['kernel']>, path: string): ImageReference {
  if (typeof image === 'string') return image;
  const beside = (file: string) => resolve(dirname(path), file);
  return 'recipe' in image ? beside(image.recipe) : { file: beside(image.file) };
}

function machineOf(machine: Boot['machine'], path: string): string {
  return typeof machine === 'string' ? machine : resolve(dirname(path), machine.file);
}

function secondKernelOf(written: Boot['second-kernel'], path: string): SecondKernel {
  const beside = (word: string): string =>
    /^debian:|:\/\//.test(word)
      ? word
      : word
          .split(',')
          .map((file) => file && resolve(dirname(path), file))
          .join(',');
  if (typeof written === 'string') return { kernel: beside(written) };
  const { kernel, initramfs, 'kexec-tools': tools } = written;
  return {
    kernel: beside(kernel),
    ...(initramfs !== undefined && { initrd: beside(initramfs) }),
    ...(tools !== undefined && { kexecTools: beside(tools) }),
  };
}
