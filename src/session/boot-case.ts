import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Autopsy } from '../autopsy/silence.ts';
import { withScreen } from '../boot/decide/evidence.ts';
import type { BootObserver } from '../boot/observer.ts';
import type { BegunBoot } from '../checkpoint/begin-boot.ts';
import { beginBoot } from '../checkpoint/begin-boot.ts';
import type { CheckpointStore } from '../checkpoint/store.ts';
import type { ImageSet } from '../image/ensure-images.ts';
import type { Outcome } from '../model/boot.ts';
import type { StepResult } from '../model/result.ts';
import type { ReportedState } from '../provider/provider.ts';
import { interactiveArguments } from '../qemu/arguments.ts';
import type { Qemu } from '../model/examination.ts';
import type { MachineSpec } from '../qemu/machine-spec.ts';
import { loadMachineProfile } from '../qemu/machine-profile.ts';
import type { ProvedQemu } from '../qemu/trial/try-qemu.ts';
import { canRecord, withRecording } from '../recording/manifest.ts';
import type { Case } from '../scenario/scenario.ts';
import { Conductor } from '../steps/conductor.ts';
import { formatCommandLine } from '../text/shell.ts';
import { BootSession } from './boot-session.ts';
import type { SavedDump } from './case-autopsy.ts';
import {
  explainSilence,
  makeOutputDisk,
  provesDeath,
  readSavedDump,
  withMemory,
} from './case-autopsy.ts';
import type { CaseProvider } from './case-machine.ts';
import { machineSpec, outputName, startCaseProvider, writeTagsDisk } from './case-machine.ts';
import type { SessionListener } from './listeners.ts';
import { Recorder } from './listeners.ts';

/** What a boot has shown, on the console and elsewhere. */
export type BootFacts = Watched & {
  /** The states that the guest reported to the control plane. */
  reported: readonly ReportedState[];
  /** Whether the boot can be replayed. */
  recorded: boolean;
  /** What the dump on the output disk shows; left out or null if there is none that can be read. */
  dump?: SavedDump | null;
};

type Watched = {
  outcome: Outcome;
  steps: readonly StepResult[];
  /** How the last kernel was started. */
  bornBy: BootObserver['bornBy'];
  /** Key of the checkpoint that the boot started from; null if it started at power-on. */
  checkpoint: string | null;
  /** Why the machine was silent, read from its memory; null if it was not read or explains nothing. */
  autopsy: Autopsy | null;
};

type Surroundings = {
  /** Where the records of the boot are written. */
  directory: string;
  images: ImageSet;
  qemu: ProvedQemu;
  /** Null: every case boots from power-on. */
  checkpoints: CheckpointStore | null;
  /** Whether to record the boot for replay, where the machine allows it. */
  recording?: boolean | undefined;
  /** The generation whose login prompt ends the boot. */
  awaitGeneration: number;
};

/**
 * Boots a case's machine and watches it to its end. All records are in the case's directory afterwards.
 * QEMU has exited when this returns or throws.
 * @param listeners called after the recorder
 * @throws UnavailableError when the lab failed, for example QEMU or the provider's servers; ScenarioError when the
 *   machine does not fit the case
 */
export async function bootCase(
  case_: Case,
  surroundings: Surroundings,
  listeners: readonly SessionListener[],
  signal: AbortSignal,
): Promise<BootFacts> {
  const { arch, setup } = case_;
  const { directory, images, qemu, checkpoints, recording: wanted = false } = surroundings;
  const tags = join(directory, 'tags.img');
  const profile = loadMachineProfile(setup.machine, setup.shape);
  const { time } = qemu.idleSkipping;
  // QEMU records only machines whose clock counts instructions.
  const recording = wanted && canRecord(profile) && time !== 'host';
  const { provider, keyFile } = await startCaseProvider(case_, profile, images, directory);
  const recorder = new Recorder(directory);
  try {
    const place = { directory: dirname(qemu.binary), time };
    const spec = machineSpec(arch, setup, images, tags, provider?.forwards, place);
    await writeTagsDisk(tags, setup.tags);
    const output = join(directory, outputName);
    if (setup.output !== undefined) await makeOutputDisk(output, setup.output);
    await writeScript(join(directory, 'qemu.sh'), spec, qemu);
    const note = (reason: string): void => {
      recorder.note(reason);
    };
    const toBoot = recording ? await withRecording(spec, case_.id, qemu, directory) : spec;
    const begun = await beginBoot(toBoot, qemu, checkpoints, { directory, signal, note });
    const beside = { ...surroundings, provider, keyFile, recorder };
    const file = toBoot.recording?.file;
    const watched = await watchMachine(case_, begun, beside, file, listeners, signal);
    const dump = setup.output === undefined ? null : await readSavedDump(output, note, signal);
    return { ...watched, dump, reported: provider?.reported ?? [], recorded: recording };
  } finally {
    recorder.close();
    await provider?.stop();
    for (const file of [keyFile, `${keyFile}.pub`]) await rm(file, { force: true });
  }
}

/** Watches a machine from power-on to its end. If it ends silent, its memory is read before QEMU is stopped. */
async function watchMachine(
  { steps, limits }: Case,
  { machine, checkpoint, taker }: BegunBoot,
  beside: CaseProvider & { directory: string; awaitGeneration: number; recorder: Recorder },
  recording: string | undefined,
  others: readonly SessionListener[],
  signal: AbortSignal,
): Promise<Watched> {
  const { directory, awaitGeneration, recorder, provider, keyFile } = beside;
  const note = (text: string): void => {
    recorder.note(text);
  };
  const conductor = new Conductor(steps, { provider, keyFile, onOutput: note });
  const lines = new Set<string>();
  const lineCollector: SessionListener = { onLine: ({ text }) => void lines.add(text) };
  let autopsy: Autopsy | null = null;
  const readMemory = (): Promise<Autopsy | null> => {
    const outcome = session.observer.outcome();
    return explainSilence(machine, { outcome, directory, lines, note, signal });
  };
  const examine = async (): Promise<boolean> => {
    const found = await readMemory();
    if (provesDeath(found)) autopsy = found;
    return autopsy !== null;
  };
  const session = new BootSession(machine, {
    ...{ limits, awaitGeneration, conductor, taker, recording, examine, signal },
    begun: checkpoint?.console,
    trouble: provider?.trouble,
    listeners: [recorder, lineCollector, ...others],
  });
  const { observer } = session;
  try {
    recorder.start();
    if (await session.watch()) autopsy ??= await readMemory();
    await session.end();
    await provider?.mustBeWhole();
  } finally {
    await session.close();
  }
  const seen = await withScreen(observer.outcome(), () => conductor.screen());
  return {
    outcome: withMemory(seen, autopsy),
    steps: conductor.results,
    bornBy: observer.bornBy,
    checkpoint: checkpoint?.key ?? null,
    autopsy,
  };
}

/** Writes a script that starts the same machine by hand, with the terminal as its console. */
async function writeScript(file: string, spec: MachineSpec, qemu: Qemu): Promise<void> {
  const command = formatCommandLine(qemu.binary, [...qemu.options, ...interactiveArguments(spec)]);
  await writeFile(file, `#!/bin/sh\nexec ${command}\n`, { mode: 0o755 });
}
