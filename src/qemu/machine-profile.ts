import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse, YAMLError } from 'yaml';
import * as z from 'zod';
import { ScenarioError } from '../errors.ts';
import { ownDirectory } from '../host/own-directory.ts';
import { arches } from '../scenario/scenario.ts';
import type { MachineProfile } from './machine-spec.ts';

const ownProfiles = join(ownDirectory, 'qemu');

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
  clock: z.enum(['guest', 'host']),
  cmdline: z.string(),
});

/** Names of the machine profiles in `directory` (the package's own `qemu/`), sorted. */
export async function machineProfileNames(directory = ownProfiles): Promise<string[]> {
  const files = await readdir(directory);
  return files
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => basename(file, '.yaml'))
    .sort();
}

/**
 * Reads and validates one machine profile.
 * @throws ScenarioError for a name that is not there, and for a file that says something a profile cannot.
 */
export async function loadMachineProfile(
  name: string,
  directory = ownProfiles,
): Promise<MachineProfile> {
  const known = await machineProfileNames(directory);
  if (!known.includes(name)) {
    throw new ScenarioError(`there is no machine "${name}"`, {
      hint: `Known machines: ${known.join(', ')}.`,
    });
  }
  const place = join(directory, `${name}.yaml`);
  const result = machineProfileSchema.safeParse(parseYaml(await readFile(place, 'utf8'), place));
  if (!result.success) {
    throw new ScenarioError(z.prettifyError(result.error), { place });
  }
  return { name, ...result.data };
}

function parseYaml(text: string, place: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof YAMLError) throw new ScenarioError(error.message, { place, cause: error });
    throw error;
  }
}
