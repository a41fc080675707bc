import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beginBoot } from '../checkpoint/start-from-checkpoint.ts';
import type { CheckpointStore } from '../checkpoint/store.ts';
import type { ImageSet } from '../image/ensure-images.ts';
import type { ReportedState } from '../provider/provider.ts';
import { interactiveArguments } from '../qemu/arguments.ts';
import type { Qemu } from '../qemu/find-qemu.ts';
import type { MachineSpec } from '../qemu/machine-spec.ts';
import { loadMachineProfile } from '../qemu/machine-spec.ts';
import type { ProvedQemu } from '../qemu/trial/try-qemu.ts';
import { canRecord, recorded } from '../recording/manifest.ts';
import type { Case } from '../scenario/scenario.ts';
import { formatCommandLine } from '../shell.ts';
import type { Attended } from './attend-boot.ts';
import { attendBoot } from './attend-boot.ts';
import { machineSpec, writeTagsDisk, startCaseProvider } from './case-machine.ts';
import type { BootHooks } from './console-feed.ts';
import { openCaseRecord } from './recorder.ts';

/** The result of a boot: what the console shows, and what the lab saw beside it. */
export type BootFacts = Attended & {
  /** What the guest told the control plane. */
  reported: readonly ReportedState[];
  /** Whether it can be played again. */
  recorded: boolean;
};

type Place = {
  directory: string;
  images: ImageSet;
  qemu: ProvedQemu;
  /** Null: every case boots from power-on. */
  checkpoints: CheckpointStore | null;
  /** Whether the machine is to be recorded, if that can be done. */
  recording?: boolean | undefined;
};

/**
 * Boots a case's machine and attends it to its end; all there is to see is in the case's directory then.
 * QEMU is gone when this returns or throws.
 * @throws UnavailableError when QEMU cannot be run; ScenarioError when the machine does not fit.
 */
export async function bootCase(
  case_: Case,
  { directory, images, qemu, checkpoints, recording: wanted = false }: Place,
  hooks: BootHooks,
  signal: AbortSignal,
): Promise<BootFacts> {
  const { arch, setup } = case_;
  const tags = join(directory, 'tags.img');
  const profile = loadMachineProfile(setup.machine);
  const { time } = qemu.idleSkipping;
  // What QEMU records is counted in instructions.
  const recording = wanted && canRecord(profile) && time !== 'host';
  const { provider, keyFile } = await startCaseProvider(case_, profile, images, directory);
  const record = openCaseRecord(directory);
  try {
    const forwards = provider?.forwards;
    const place = { directory: dirname(qemu.binary), time };
    const spec = machineSpec(arch, setup, images, tags, forwards, place);
    await writeTagsDisk(tags, setup.tags);
    await writeScript(join(directory, 'qemu.sh'), spec, qemu);
    const note = (reason: string): void => {
      record.output(reason);
    };
    const toBoot = recording ? await recorded(spec, case_.id, qemu, directory) : spec;
    const begun = await beginBoot(toBoot, qemu, checkpoints, { directory, signal, note });
    const records = { directory, record, recording: toBoot.recording?.file, provider, keyFile };
    const attended = await attendBoot(case_, begun, records, hooks, signal);
    return { ...attended, reported: provider?.reported ?? [], recorded: recording };
  } finally {
    record.close();
    await provider?.stop();
    for (const file of [keyFile, `${keyFile}.pub`]) await rm(file, { force: true });
  }
}

/** The same machine for a human: run it, and its console is the terminal. */
async function writeScript(file: string, spec: MachineSpec, qemu: Qemu): Promise<void> {
  const command = formatCommandLine(qemu.binary, [...qemu.options, ...interactiveArguments(spec)]);
  await writeFile(file, `#!/bin/sh\nexec ${command}\n`, { mode: 0o755 });
}
