import { isAbsolute, relative } from 'node:path';
import { ScenarioError, UnavailableError } from '../errors.ts';
import { findQemu } from '../qemu/find-qemu.ts';
import { loadMachineProfile } from '../qemu/machine-profile.ts';
import { describeMachine } from '../qemu/shape.ts';
import { machineTrouble } from '../qemu/machine-trouble.ts';
import { ownScenarios } from '../scenario/load.ts';
import type { Case } from '../scenario/scenario.ts';
import { placeIn } from '../yaml/yaml-file.ts';

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
