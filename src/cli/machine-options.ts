import { resolve, isAbsolute, relative } from 'node:path';
import { Option } from 'commander';
import type { Arch } from '../arch.ts';
import { NothingSelectedError, UsageError, ScenarioError, UnavailableError } from '../errors.ts';
import { findQemu } from '../qemu/find-qemu.ts';
import { loadMachineProfile, ownMachines } from '../qemu/machine-profile.ts';
import { machineTrouble } from '../qemu/machine-trouble.ts';
import { describeMachine } from '../qemu/shape.ts';
import { printable } from '../report/printable.ts';
import { ownScenarios } from '../scenario/load.ts';
import type { Scenario, Case } from '../scenario/scenario.ts';
import type { LeftOut, NamedShape } from '../scenario/variants.ts';
import { inShape, namedShapes, onMachine, plain, shapesIn } from '../scenario/variants.ts';
import { didYouMean } from '../text/nearest.ts';
import { placeIn } from '../yaml/yaml-file.ts';
import { findScenarios, ownCatalogue } from './find-scenarios.ts';
import { collect } from './options.ts';

export type MachineWords = { machine?: string; shape: string[] };

/** Every name that `--shape` takes, apart from those of single shapes of the scenario `shapes`. */
export const shapeWords = [plain, ...namedShapes.map(({ name }) => name), 'all'];

/** `--machine` and `--shape`, the same in every command. @param usual what is booted without `--shape` */
export function machineOptions(usual: string): Option[] {
  return [
    new Option(
      '--machine <machine>',
      "boot on this machine instead of the scenarios' own: a profile by name, or a YAML file",
    ),
    new Option(
      '--shape <shape>',
      `shape of the machine: ${shapeWords.join(', ')}, or one of the scenario shapes, such as shapes-01; for aarch64 scenarios that expect booted (repeatable)`,
    )
      .argParser(collect(String))
      .default([], usual),
  ];
}

/**
 * The scenarios on the machines that `--machine` and `--shape` name. Those that cannot boot there are left out, with a line
 * on standard error.
 *
 * @param arch the architectures of `--arch`
 * @param usual the shapes that are booted without `--shape`; only `plain` with `--machine`
 * @throws UsageError for an unknown machine or shape, or if two scenarios get the same name; ScenarioError for an invalid
 * profile; NothingSelectedError if no scenario is left
 */
export function onMachines(
  scenarios: readonly Scenario[],
  { machine, shape }: MachineWords,
  { arch = [], usual = [plain] }: { arch?: readonly Arch[]; usual?: readonly string[] } = {},
): Scenario[] {
  const leftOut: LeftOut[] = [];
  const profile = machine === undefined ? null : machineNamed(machine, arch);
  const based =
    profile === null
      ? scenarios
      : kept(
          scenarios.map((scenario) => onMachine(scenario, profile, ownCatalogue)),
          leftOut,
        );
  const shapes = shapesNamed(shape.length > 0 ? shape : profile === null ? usual : [plain]);
  const found = based.flatMap((scenario) => {
    const unfit: LeftOut[] = [];
    const moved = shapes.map((each) =>
      each === null ? { scenario } : inShape(scenario, each, ownCatalogue),
    );
    const variants = kept(moved, unfit);
    if (variants.length === 0) leftOut.push(...unfit.slice(0, 1));
    return variants;
  });
  refuseSameNames(found);
  if (found.length === 0) {
    throw new NothingSelectedError('none of the selected scenarios can boot on this machine', {
      hint: `${describeLeftOut(leftOut).join('. ')}. kexec-lab show describes a scenario and its machine.`,
    });
  }
  for (const line of describeLeftOut(leftOut))
    process.stderr.write(`left out: ${printable(line)}\n`);
  return found;
}

function kept(moved: readonly ({ scenario: Scenario } | LeftOut)[], leftOut: LeftOut[]) {
  return moved.flatMap((each) => {
    if ('scenario' in each) return [each.scenario];
    leftOut.push(each);
    return [];
  });
}

/** One line per reason, such as `arm-bye (not for aarch64)`. */
function describeLeftOut(leftOut: readonly LeftOut[]): string[] {
  const reasons = [...new Set(leftOut.map(({ why }) => why))];
  return reasons.map((reason) => {
    const names = leftOut.filter(({ why }) => why === reason).map(({ name }) => name);
    return `${names.join(', ')} (${reason})`;
  });
}

/** The name of a profile of this installation, or the absolute path of the user's. */
function machineNamed(word: string, arch: readonly Arch[]): string {
  const isFile = /\.ya?ml$/.test(word) || word.includes('/');
  if (!isFile && !ownMachines.has(word)) {
    const known = [...ownMachines.keys()];
    throw new UsageError(`--machine: unknown machine "${word}"${didYouMean(word, known)}`, {
      hint: `Known machines: ${known.join(', ')}. A profile of your own is a file, such as ./my-machine.yaml.`,
    });
  }
  const machine = isFile ? resolve(word) : word;
  const profile = loadMachineProfile(machine);
  if (arch.length > 0 && !arch.includes(profile.arch)) {
    throw new UsageError(`--machine: ${word} is a machine for ${profile.arch}`, {
      hint: 'Leave --arch out, or choose another machine.',
    });
  }
  return machine;
}

/** The shapes of these names, each once; null for the scenario's own machine. */
function shapesNamed(words: readonly string[]): (NamedShape | null)[] {
  const generated = () => shapesIn(findScenarios(['shapes']));
  const named = (word: string): (NamedShape | null)[] => {
    if (word === plain) return [null];
    if (word === 'all') return [null, ...namedShapes, ...generated()];
    const shape =
      namedShapes.find(({ name }) => name === word) ??
      (word.startsWith('shapes-') ? generated().find(({ name }) => name === word) : undefined);
    if (shape !== undefined) return [shape];
    const known = [...shapeWords, ...generated().map(({ name }) => name)];
    throw new UsageError(`--shape: unknown shape "${word}"${didYouMean(word, known)}`, {
      hint: `Known shapes: ${shapeWords.join(', ')}, and ${known.at(shapeWords.length)} to ${known.at(-1)}.`,
    });
  };
  const found = words.flatMap(named);
  return found.filter(
    (shape, at) => found.findIndex((other) => other?.name === shape?.name) === at,
  );
}

/** A scenario of the user's may already have the name that another one gets with its shape. */
function refuseSameNames(scenarios: readonly Scenario[]): void {
  const names = new Map<string, Scenario>();
  for (const scenario of scenarios) {
    const other = names.get(scenario.name);
    names.set(scenario.name, scenario);
    if (other === undefined) continue;
    const [own, shaped] = other.variant === undefined ? [other, scenario] : [scenario, other];
    throw new UsageError(
      `"${own.name}" is also the name of ${shaped.variant?.of ?? shaped.name} with ${shaped.variant?.options.join(' ') ?? ''}`,
      { place: own.file, hint: 'Rename the file, or do not select both.' },
    );
  }
}

/**
 * Refuses machines that the QEMU in use cannot make, before anything is built or booted. Only machines from the
 * user's own files are tried: every QEMU that the lab accepts can make the lab's. If there is no QEMU, nothing is refused.
 * @throws ScenarioError with the place of the key in the user's file
 */
export async function refuseImpossibleMachines(
  cases: readonly Case[],
  qemuDir: string | undefined,
): Promise<void> {
  const own = cases.filter(isOfTheUser);
  const machines = new Map(
    own.map((case_) => [`${case_.arch} ${describeMachine(case_.setup)}`, case_]),
  );
  for (const case_ of machines.values()) await refuseImpossible(case_, qemuDir);
}

/** Whether a case's machine is described by a file of the user: a profile, or a scenario with a shape. */
function isOfTheUser({ setup, scenario: { file } }: Case): boolean {
  const isOwnFile = relative(ownScenarios, file).startsWith('..');
  return isAbsolute(setup.machine) || (setup.shape !== undefined && isOwnFile);
}

async function refuseImpossible(
  { arch, setup, scenario: { file, variant } }: Case,
  qemuDir: string | undefined,
): Promise<void> {
  const { machine, shape = {} } = setup;
  const qemu = await findQemu(arch, qemuDir).catch((error: unknown) => {
    if (error instanceof UnavailableError) return null;
    throw error;
  });
  if (qemu === null) return;
  const trouble = await machineTrouble(qemu, loadMachineProfile(machine, shape));
  if (trouble === null) return;
  const { key, message, hint } = trouble;
  const inShape = [['per-arch', arch, 'boot', 'shape', key], ['boot', 'shape', key], ['shapes']];
  const place =
    key in shape && variant === undefined
      ? placeIn(file, inShape)
      : isAbsolute(machine)
        ? placeIn(machine, [[key]])
        : file;
  throw new ScenarioError(`${key}: ${message}`, { place, hint });
}
