import { join } from 'node:path';
import * as z from 'zod';
import { arches } from '../arch.ts';
import { ScenarioError } from '../errors.ts';
import { ownDirectory } from '../host/own-directory.ts';
import { YamlDirectory } from '../yaml/yaml-directory.ts';
import type { MachineProfile } from './machine-spec.ts';

/** What a file of qemu/ may say. */
export const machineProfileSchema = z.strictObject({
  arch: z.enum(arches),
  machine: z.string().min(1),
  cpu: z.string().min(1),
  cpus: z.int().min(1).max(64),
  memory: z.int().min(64).max(65536),
  console: z.string().min(1),
  firmware: z.enum(['none', 'uefi']).default('none'),
  network: z.boolean().default(false),
  devices: z.array(z.string().min(1)).default([]),
  clock: z.enum(['guest', 'host']),
  cmdline: z.string(),
});

/** The machines of this installation, by name. */
export const ownMachines = new YamlDirectory(join(ownDirectory, 'qemu'), machineProfileSchema);

/**
 * The machine of that name.
 * @throws ScenarioError for a name that is not there, and for a file that says something a profile cannot.
 */
export function loadMachineProfile(name: string, machines = ownMachines): MachineProfile {
  const profile = machines.get(name);
  if (profile !== undefined) return { name, ...profile };
  throw new ScenarioError(`there is no machine "${name}"`, {
    hint: `Known machines: ${[...machines.keys()].join(', ')}.`,
  });
}
