import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BootObserver } from '../boot/observer.ts';
import { KexecLabError } from '../errors.ts';
import { LineSplitter } from '../console/lines.ts';
import type { ImageSet } from '../image/image-set.ts';
import { interactiveArguments } from '../qemu/arguments.ts';
import { formatCommandLine } from '../qemu/command-line.ts';
import type { CheckpointStore } from '../checkpoint/store.ts';
import type { Qemu } from '../qemu/find-qemu.ts';
import { loadMachineProfile } from '../qemu/machine-profile.ts';
import type { MachineSpec } from '../qemu/machine-spec.ts';
import type { ReportedState } from '../provider/provider.ts';
import type { Case } from '../scenario/scenario.ts';
import type { StepResult } from '../steps/conductor.ts';
import { Conductor } from '../steps/conductor.ts';
import type { Autopsy } from '../autopsy/autopsy.ts';
import { autopsyOf, isDead, isSilent } from './autopsy-of-case.ts';
import { beginBoot } from './begin-boot.ts';
import { openCaseRecord } from './case-record.ts';
import { machineSpec } from './machine-of-case.ts';
import { startCaseProvider } from './provider-of-case.ts';
import { writeTagsDisk } from './tags-disk.ts';
import { canRecord, recorded } from '../recording/record.ts';
import type { WatchHooks } from './console-feed.ts';
import { watchBoot } from './watch-boot.ts';

/** What a running case tells, as it happens. */
export type BootHooks = Pick<WatchHooks, 'onSignal' | 'onReading'> & {
  /** A finished line of the console, cleaned of control characters. */
  onLine(line: number, text: string): void;
};

/** What became known beside the console. */
export type BootFacts = {
  /** What the guest told the control plane. */
  reported: readonly ReportedState[];
  steps: readonly StepResult[];
  /** The rows of the guest's screen at the end. */
  screen: () => Promise<readonly string[]>;
  /** Key of the checkpoint the boot began at; null where it began at power-on. */
  checkpoint: string | null;
  /** Whether it can be played again. */
  recorded: boolean;
  /** What the machine's memory told of its silence; null where it was not asked. */
  autopsy: Autopsy | null;
};

type Place = {
  directory: string;
  images: ImageSet;
  qemu: Qemu;
  /** Null: every case boots from power-on. */
  checkpoints: CheckpointStore | null;
  /** Whether the machine is to be recorded, if that can be done. */
  recording?: boolean | undefined;
};

/**
 * Boots a case's machine under the eyes of `observer`, and records all of it in the case's directory.
 * QEMU is gone when this returns or throws.
 * @throws UnavailableError when QEMU cannot be run; ScenarioError when the machine does not fit.
 */
export async function bootCase(
  case_: Case,
  { directory, images, qemu, checkpoints, recording: wanted = false }: Place,
  observer: BootObserver,
  hooks: BootHooks,
  signal: AbortSignal,
): Promise<BootFacts> {
  const { arch, setup, steps, limits } = case_;
  const tags = join(directory, 'tags.img');
  const profile = loadMachineProfile(setup.machine);
  const recording = wanted && canRecord(profile);
  const { provider, keyFile } = await startCaseProvider(case_, profile, images, directory);
  const record = openCaseRecord(directory);
  const lines = new LineSplitter();
  const shown = new Set<string>();
  let autopsy: Autopsy | null = null;
  let seconds = (): number => 0;
  let started: string | null;
  const showLines = (complete: ReturnType<LineSplitter['feed']>): void => {
    for (const { line, text } of complete) {
      shown.add(text);
      record.line(seconds(), text);
      hooks.onLine(line, text);
    }
  };
  const watchHooks: WatchHooks = {
    onBytes: (chunk) => {
      record.raw(chunk);
      showLines(lines.feed(chunk));
    },
    onSignal: (seen) => {
      record.signal(seconds(), seen);
      hooks.onSignal(seen);
    },
    onSample: (taken) => {
      record.sample(taken);
    },
    onReading: hooks.onReading,
    onOver: async (machine) => {
      if (!isSilent(observer)) return;
      autopsy = await autopsyOf(machine, directory, shown, isDead(observer)).catch(
        (error: unknown) => {
          if (!(error instanceof KexecLabError)) throw error;
          record.output(`the machine's memory could not be read: ${error.message}`);
          return null;
        },
      );
    },
  };
  const conductor = new Conductor(steps, {
    provider,
    keyFile,
    onOutput: (text) => {
      record.output(text);
    },
  });
  try {
    const qemuDirectory = dirname(qemu.binary);
    const forwards = provider?.forwards;
    const spec = machineSpec(arch, setup, images, tags, forwards, qemuDirectory);
    await writeTagsDisk(tags, setup.tags);
    await writeScript(join(directory, 'qemu.sh'), spec, qemu);
    const note = (reason: string): void => {
      record.output(reason);
    };
    const machineToBoot = recording ? await recorded(spec, case_.id, qemu, directory) : spec;
    const begin = await beginBoot(machineToBoot, qemu, checkpoints, { directory, signal, note });
    const { machine, checkpoint, taker } = begin;
    started = checkpoint?.key ?? null;
    const poweredOn = performance.now();
    seconds = () => (performance.now() - poweredOn) / 1000;
    try {
      const begun = checkpoint?.console;
      const file = machineToBoot.recording?.file;
      const props = { limits, conductor, begun, taker, recording: file };
      await watchBoot(machine, observer, props, watchHooks, signal);
    } finally {
      await machine.stop();
      await taker?.settled();
    }
  } finally {
    showLines(lines.end());
    record.close();
    await provider?.stop();
    for (const file of [keyFile, `${keyFile}.pub`]) await rm(file, { force: true });
  }
  const { results: done } = conductor;
  const reported = provider?.reported ?? [];
  const screen = () => conductor.screen();
  return { reported, steps: done, screen, checkpoint: started, recorded: recording, autopsy };
}

/** The same machine for a human: run it, and its console is the terminal. */
async function writeScript(file: string, spec: MachineSpec, qemu: Qemu): Promise<void> {
  const command = formatCommandLine(qemu.binary, [...qemu.options, ...interactiveArguments(spec)]);
  await writeFile(file, `#!/bin/sh\nexec ${command}\n`, { mode: 0o755 });
}
