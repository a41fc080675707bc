import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { Arch } from '../arch.ts';
import { arches } from '../arch.ts';
import { isUp } from '../model/vocabulary.ts';
import type { MachineProfile } from '../qemu/machine-profile.ts';
import type { Shape } from '../qemu/shape.ts';
import { contradictions } from '../qemu/machine-profile.ts';
import type { Problem } from '../yaml/describe-issue.ts';
import type { Named } from '../yaml/yaml-directory.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Plan, Scenario, SecondKernel } from './scenario.ts';
import type { Shapes } from './pairwise.ts';
import { combinationsOf, isAnyPossible, mostCombinations, pairwiseShapes } from './pairwise.ts';
import type { ScenarioFile } from './schema.ts';
import { describeStep, needsNetwork } from './step.ts';

type ImageKind = 'kernel' | 'initramfs' | 'disk';

/** What a scenario can name: machine profiles, and recipes by kind of image. */
export type Catalogue = {
  machines: Pick<Named<Omit<MachineProfile, 'name'>>, 'get' | 'keys'>;
  isRecipe(name: string, kind: ImageKind): boolean;
  /** Why this kernel cannot be the second kernel on the disk of that recipe; null if it can. */
  secondKernelTrouble(disk: string, kernel: SecondKernel): string | null;
  /** The names of all recipes of a kind. */
  recipes(kind: ImageKind): readonly string[];
};

/**
 * Finds problems in a file that matches the schema: names and files that do not exist, and contradictory expectations.
 * `scenario` is the result of `resolveScenario` for `file`.
 */
export function checkScenario(
  file: ScenarioFile,
  scenario: Scenario,
  catalogue: Catalogue,
): Problem[] {
  const unused = arches
    .filter((arch) => file['per-arch']?.[arch] !== undefined && !file.arch.includes(arch))
    .map((arch): Problem => ({
      path: ['per-arch', arch],
      at: 'key',
      message: `per-arch: "${arch}" is not in the list of arch`,
    }));
  const problems = scenario.arches.flatMap((arch) =>
    checkArch(scenario, arch, catalogue).map(({ path, message }): Problem => ({
      path: placeOf(file, arch, path),
      at: 'value',
      message: `${path.join('.')}: ${message}`,
    })),
  );
  return [...unused, ...withoutRepeats(problems), ...checkShapes(file, scenario, catalogue)];
}

function checkShapes(
  { shapes }: ScenarioFile,
  scenario: Scenario,
  catalogue: Catalogue,
): Problem[] {
  if (shapes === undefined) return [];
  const find = (message: string): Problem[] => [
    { path: ['shapes'], at: 'value', message: `shapes: ${message}` },
  ];
  const combinations = combinationsOf(shapes);
  if (combinations > mostCombinations) {
    return find(
      `${combinations} combinations are too many; at most ${mostCombinations} are searched`,
    );
  }
  return isAnyPossible(shapes, fits(scenario, catalogue))
    ? []
    : find('no machine can have any of these combinations');
}

/** The shapes in which a scenario is booted, see {@link pairwiseShapes}. */
export function shapesOf(scenario: Scenario, shapes: Shapes, catalogue: Catalogue): Shape[] {
  return pairwiseShapes(shapes, fits(scenario, catalogue));
}

/** Whether every machine of a scenario can have a shape. */
function fits({ perArch }: Scenario, { machines }: Catalogue): (shape: Shape) => boolean {
  const profiles = Object.values(perArch).map(({ setup }) => {
    const machine = machines.get(setup.machine);
    return machine === undefined ? undefined : { ...machine, ...setup.shape };
  });
  return (shape) =>
    profiles.every(
      (profile) => profile !== undefined && contradictions({ ...profile, ...shape }).length === 0,
    );
}

type Finding = {
  path: [section: 'boot' | 'expect' | 'limits', key: string] | [section: 'steps'];
  message: string;
};

/** What keeps a scenario from booting on its machine, such as a step that needs a network. One clause each. */
export function troubleOf(scenario: Scenario, arch: Arch, catalogue: Catalogue): string[] {
  return checkArch(scenario, arch, catalogue).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  );
}

function checkArch(scenario: Scenario, arch: Arch, catalogue: Catalogue): Finding[] {
  const resolved = scenario.perArch[arch];
  if (resolved === undefined) return [];
  const { setup, steps, expect, proof = 'lab', limits } = resolved;
  const findings: Finding[] = [];
  const find = (section: 'boot' | 'expect' | 'limits', key: string, message: string) =>
    findings.push({ path: [section, key], message });

  const missing = isAbsolute(setup.machine) && !existsSync(setup.machine);
  const machine = missing ? undefined : catalogue.machines.get(setup.machine);
  if (missing) {
    find('boot', 'machine', `${setup.machine} does not exist`);
  } else if (machine === undefined) {
    const known = [...catalogue.machines.keys()];
    find('boot', 'machine', unknown('machine', setup.machine, known));
  } else if (machine.arch !== arch) {
    find('boot', 'machine', `machine "${setup.machine}" is ${machine.arch}, not ${arch}`);
  } else {
    for (const { key, message } of contradictions({ ...machine, ...setup.shape }))
      find('boot', 'shape', `${key}: ${message}`);
  }
  if (machine?.network === false) {
    const lacks = `machine "${setup.machine}" has no network`;
    if (setup.storage === 'nbd') find('boot', 'storage', lacks);
    if (Object.keys(setup.metadata).length > 0) find('boot', 'metadata', lacks);
    if (expect.reported !== undefined) find('expect', 'reported', lacks);
    const step = steps.find(needsNetwork);
    if (step !== undefined) {
      findings.push({ path: ['steps'], message: `${describeStep(step)}: ${lacks}` });
    }
  }
  if (setup.kernel === null) {
    if ((setup.shape?.firmware ?? machine?.firmware) === 'none') {
      find(
        'boot',
        'kernel',
        `machine "${setup.machine}" has no firmware that looks for one (see machine uefi-${arch})`,
      );
    }
    const idle = 'not used on this machine: the firmware starts the kernel on the disk';
    if (setup.initramfs !== null) find('boot', 'initramfs', idle);
    if (setup.cmdline !== '') find('boot', 'cmdline', idle);
    if (expect.release === 'first') {
      find(
        'expect',
        'release',
        'the firmware starts the kernel on the disk, whose name here is second',
      );
    }
  }
  for (const kind of ['kernel', 'initramfs', 'disk'] as const) {
    const image = setup[kind];
    if (image === null) continue;
    const path = typeof image === 'object' ? image.file : image;
    if (isAbsolute(path) && !existsSync(path)) {
      find('boot', kind, `${path} does not exist`);
    } else if (typeof image === 'object') {
      continue;
    } else if (!catalogue.isRecipe(image, kind)) {
      find('boot', kind, unknown(`recipe for a ${kind}`, image, catalogue.recipes(kind)));
    }
  }
  if (setup.secondKernel !== undefined) {
    const trouble =
      typeof setup.disk === 'string'
        ? catalogue.secondKernelTrouble(setup.disk, setup.secondKernel)
        : 'a second kernel needs a disk recipe; a disk of your own already has its kernel';
    if (trouble !== null) find('boot', 'second-kernel', trouble);
  }
  if (setup.onReset === 'exit' && steps.some((step) => step.do === 'reset')) {
    const message = 'a reset step needs on-reset: reboot; otherwise the reset ends the boot';
    findings.push({ path: ['steps'], message });
  }
  if (!isUp(expect.outcome)) {
    for (const key of ['release', 'root'] as const) {
      if (expect[key] === undefined) continue;
      find('expect', key, `this is only proved by a boot, but the outcome is ${expect.outcome}`);
    }
  }
  if (expect.dump !== undefined && setup.output === undefined)
    find('expect', 'dump', 'the dump must be on the output disk: add boot.output');
  for (const message of proofTrouble(resolved)) find('expect', 'proof', message);
  if (proof !== 'lab' && proof !== 'system' && expect.root !== undefined) {
    find('expect', 'root', 'only proof: lab and proof: system report the root device');
  }
  if (limits.silence > limits.total) {
    find('limits', 'silence', `${limits.silence} s exceeds the total of ${limits.total} s`);
  }
  return findings;
}

/** Why a proof other than `lab` would prove nothing. */
function proofTrouble({ proof = 'lab', expect, setup }: Plan): string[] {
  if (proof === 'lab') return [];
  if (expect.outcome !== 'booted')
    return [`only a boot can be proved, but the outcome is ${expect.outcome}`];
  const troubles: string[] = [];
  if (expect.generation === undefined || expect.generation < 1)
    troubles.push('add the generation that should come up (2 after one kexec)');
  if (setup.onReset === 'reboot')
    troubles.push(
      'with on-reset: reboot, only proof: lab can distinguish a restarted first kernel from a kexec',
    );
  const tellsRelease = typeof setup.disk === 'string' || /\d/.test(expect.release ?? '');
  if (typeof proof === 'object' && proof.output === null && !tellsRelease)
    troubles.push('the expected output is unknown: add output, or an exact release');
  return troubles;
}

function unknown(what: string, name: string, known: readonly string[]): string {
  const suggestion = didYouMean(name, known) || `; choose from: ${known.join(', ') || 'none'}`;
  return `unknown ${what} "${name}"${suggestion}`;
}

/** The path of a value in the file: in `per-arch` if it is there, otherwise in the common part. */
function placeOf(file: ScenarioFile, arch: Arch, [section, key]: Finding['path']): string[] {
  type Sections = Partial<Record<string, object>>;
  const override: Sections = file['per-arch']?.[arch] ?? {};
  if (key === undefined) {
    return override[section] === undefined ? [section] : ['per-arch', arch, section];
  }
  return key in (override[section] ?? {}) ? ['per-arch', arch, section, key] : [section, key];
}

/** A problem of a common value is found on both architectures, and reported once. */
function withoutRepeats(problems: Problem[]): Problem[] {
  const key = ({ path, message }: Problem) => JSON.stringify([path, message]);
  return [...new Map(problems.map((problem) => [key(problem), problem])).values()];
}
