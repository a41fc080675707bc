import { join } from 'node:path';
import { ownCatalogue } from '../../src/cli/find-scenarios.ts';
import { ensureImages } from '../../src/image/ensure-images.ts';
import { interactiveArguments } from '../../src/qemu/arguments.ts';
import { findQemu } from '../../src/qemu/find-qemu.ts';
import { loadScenarios, ownScenarios } from '../../src/scenario/load.ts';
import type { Case } from '../../src/scenario/scenario.ts';
import { expandCases } from '../../src/scenario/select.ts';
import { machineSpec, writeTagsDisk } from '../../src/session/case-machine.ts';

/** A case as others than kexec-lab run it: QEMU's command line, and what to wait for on the console. */
export type BenchCase = {
  /** `arch/scenario`, as kexec-lab names it. */
  id: string;
  scenario: string;
  arch: string;
  /** QEMU and its arguments, with the console on standard output. */
  command: string[];
  /** Texts to wait for, one after the other; the last one decides. */
  milestones: string[];
};

/** Every case that a script can drive without a provider's servers and without steps of its own. */
export function scriptableCases(): Case[] {
  const scenarios = loadScenarios({ directories: [ownScenarios] }, ownCatalogue);
  return expandCases(scenarios, {}).filter(({ setup, steps }) => {
    return steps.length === 0 && !setup.machine.startsWith('scaleway-');
  });
}

/**
 * What it takes to run `case_` without kexec-lab. Builds its images where they are not there.
 * @param directory for the disk with the server tags
 */
export async function benchCase(
  case_: Case,
  milestones: string[],
  directory: string,
): Promise<BenchCase> {
  const { id, arch, scenario, setup } = case_;
  const tags = join(directory, `${id.replace('/', '-')}-tags.img`);
  await writeTagsDisk(tags, setup.tags);
  const images = await ensureImages({ arch, ...setup });
  const qemu = await findQemu(arch);
  const spec = machineSpec(arch, setup, images, tags);
  const command = [qemu.binary, ...qemu.options, ...interactiveArguments(spec)];
  return { id, scenario: scenario.name, arch, command, milestones };
}
