import { isAbsolute } from 'node:path';
import type { Arch } from '../arch.ts';
import type { Variant } from '../model/result.ts';
import type { ServerComparison } from '../model/server.ts';
import type { MachineProfile } from '../qemu/machine-profile.ts';
import type { DiskBus, Shape } from '../qemu/shape.ts';
import { describeShape, partitionMark, rootDisk } from '../qemu/shape.ts';
import type { Catalogue } from './check.ts';
import { troubleOf } from './check.ts';
import { scenarioName } from './load.ts';
import type { Limits, Plan, Scenario, Setup } from './scenario.ts';

/** Scenarios on other machines than their own: `--machine` and `--shape`. */

/** A shape with a name for the command line and a label for people. */
export type NamedShape = {
  name: string;
  label: string;
  shape: Shape;
  /** The least limits that boots in this shape need. Default: those of the scenario. */
  limits?: Limits;
};

/** The word for a scenario's own machine, among the names of shapes. */
export const plain = 'plain';

/** The architecture whose machines can have other shapes. */
const shapedArch = 'aarch64';

/**
 * Shapes in which servers differ most for a kexec (docs/gicv3.md). They set all keys that their labels name, so that they
 * mean the same on every profile.
 */
export const namedShapes: readonly NamedShape[] = [
  { name: 'gicv3-uefi', label: 'GICv3 with UEFI', shape: { gic: 3, firmware: 'uefi' } },
  { name: 'gicv3', label: 'GICv3 without UEFI', shape: { gic: 3, firmware: 'none' } },
];

/** The shapes of a file with `shapes`, such as scenarios/shapes.yaml, under the names of its scenarios. */
export function shapesIn(scenarios: readonly Scenario[]): NamedShape[] {
  return scenarios.flatMap(({ name, perArch }) => {
    const { setup, limits } = perArch[shapedArch] ?? {};
    if (setup?.shape === undefined || limits === undefined) return [];
    return [{ name, label: describeShape(setup.shape), shape: setup.shape, limits }];
  });
}

/** A scenario that another machine or shape cannot boot, and why, in words that fit several scenarios as well. */
export type LeftOut = { name: string; why: string };

type Moved = { scenario: Scenario } | LeftOut;

/**
 * A scenario on a machine profile instead of its own machine and shape. The names of the root disk in it follow.
 * @param machine the name of a profile, or the absolute path of one
 */
export function onMachine(scenario: Scenario, machine: string, catalogue: Catalogue): Moved {
  const { name, file } = scenario;
  const label = isAbsolute(machine) ? baseName(machine) : machine;
  const profile = catalogue.machines.get(machine);
  const arch = profile?.arch;
  const plan = arch && scenario.perArch[arch];
  if (profile === undefined || arch === undefined || plan === undefined)
    return { name, why: `not for ${arch ?? label}` };
  if (name !== scenarioName(file)) return { name, why: 'already booted in several shapes' };
  const setup: Setup = { ...plan.setup, machine };
  delete setup.shape;
  const moved = withDisk({ ...plan, setup }, busOf(plan, catalogue), profile);
  const own = catalogue.machines.get(plan.setup.machine);
  if (profile.network && own?.network === false && Object.keys(setup.tags).length > 0)
    return { name, why: `tags from a disk, but ${label} gets tags over the network` };
  const { server } = scenario;
  const compared = { ...scenario, ...(server && { server: withMachine(server, label) }) };
  return checked(compared, arch, moved, catalogue, {
    ...{ of: name, label, options: ['--machine', machine] },
  });
}

/** A scenario in another shape of its machine, as `NAME-SHAPE`. Shapes are for aarch64 scenarios that expect `booted`. */
export function inShape(
  scenario: Scenario,
  { name: word, label, shape, limits }: NamedShape,
  catalogue: Catalogue,
): Moved {
  const { name, variant } = scenario;
  const plan = scenario.perArch[shapedArch];
  if (plan === undefined) return { name, why: `not for ${shapedArch}` };
  const { setup, expect } = plan;
  if (expect.outcome !== 'booted') return { name, why: `expected outcome: ${expect.outcome}` };
  const hasOwn = setup.shape !== undefined || setup.machine !== shapedArch;
  if (hasOwn && variant === undefined)
    return { name, why: 'machine or shape chosen by the scenario' };
  const profile = catalogue.machines.get(setup.machine);
  if (profile === undefined) return { name, why: `unknown machine "${setup.machine}"` };
  const moved = withDisk({ ...plan, setup: { ...setup, shape } }, busOf(plan, catalogue), {
    ...profile,
    ...shape,
  });
  const longer = limits && {
    total: Math.max(limits.total, plan.limits.total),
    silence: Math.max(limits.silence, plan.limits.silence),
  };
  return checked(
    { ...scenario, name: `${name}-${word}`, title: `${scenario.title} (${label})` },
    shapedArch,
    { ...moved, ...(longer && { limits: longer }) },
    catalogue,
    {
      of: name,
      label: variant === undefined ? label : `${variant.label}, ${label}`,
      options: [...(variant?.options ?? []), '--shape', word],
    },
  );
}

/** A captured server's comparison on another machine than the one that was made for it. */
function withMachine({ likeness }: ServerComparison, label: string): ServerComparison {
  const detail = `${label} (--machine); other lines about the machine do not apply to it`;
  return { likeness: [{ how: 'alike', what: 'machine', detail, matters: true }, ...likeness] };
}

/** The moved scenario, unless its new machine contradicts it. */
function checked(
  scenario: Scenario,
  arch: Arch,
  plan: Plan,
  catalogue: Catalogue,
  variant: Variant,
): Moved {
  const moved: Scenario = { ...scenario, arches: [arch], perArch: { [arch]: plan }, variant };
  const [trouble] = troubleOf(moved, arch, catalogue);
  return trouble === undefined ? { scenario: moved } : { name: variant.of, why: trouble };
}

function busOf({ setup }: Plan, { machines }: Catalogue): DiskBus {
  return setup.shape?.disks ?? machines.get(setup.machine)?.disks ?? 'virtio-pci';
}

/** The plan with the names that the root disk has on another machine. */
function withDisk(plan: Plan, bus: DiskBus, to: Pick<MachineProfile, 'disks'>): Plan {
  const [before, after] = [rootDisk({ disks: bus }), rootDisk(to)];
  if (before === after || plan.setup.storage !== 'virtio') return plan;
  const names = new RegExp(`${before}(?:${partitionMark(before)}(\\d+))?\\b`, 'g');
  const rename = (text: string) =>
    text.replaceAll(names, (_whole, partition: string | undefined) =>
      partition === undefined ? after : `${after}${partitionMark(after)}${partition}`,
    );
  const { setup, steps, expect } = plan;
  const { cmdline, tags } = mapTexts({ cmdline: setup.cmdline, tags: setup.tags }, rename);
  return { ...plan, ...mapTexts({ steps, expect }, rename), setup: { ...setup, cmdline, tags } };
}

/** A value of plain data with a function applied to all texts in it. */
function mapTexts<Value>(value: Value, change: (text: string) => string): Value {
  const map = (part: unknown): unknown => {
    if (typeof part === 'string') return change(part);
    if (Array.isArray(part)) return part.map(map);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, each]) => [key, map(each)]));
  };
  return map(value) as Value;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
