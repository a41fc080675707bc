import { join } from 'node:path';
import type { Qemu } from '../qemu/find-qemu.ts';
import type { MachineProfile, MachineSpec } from '../qemu/machine-spec.ts';
import { recordingFiles, writeManifest } from './manifest.ts';

/** Whether QEMU can record a machine: one CPU is all it takes (`rr`), and nobody is on its network to be recorded. */
export function canRecord({ cpus, network }: MachineProfile): boolean {
  return cpus === 1 && !network;
}

/**
 * The same machine, recorded into `directory`, where what is needed to play it is written down first.
 * @param name the case, as `run` names it
 */
export async function recorded(
  spec: MachineSpec,
  name: string,
  qemu: Qemu,
  directory: string,
): Promise<MachineSpec> {
  const startedAt = new Date().toISOString().slice(0, 19);
  await writeManifest(directory, { name, spec, qemuVersion: qemu.version, startedAt });
  const file = join(directory, recordingFiles.events);
  return { ...spec, recording: { mode: 'record', file, startedAt } };
}
