import type { Autopsy } from '../autopsy/silence.ts';
import { unreadableMemory, withMemory } from '../autopsy/silence.ts';
import { withScreen } from '../boot/decide/evidence.ts';
import type { BootObserver } from '../boot/observer.ts';
import { createBootObserver } from '../boot/observer.ts';
import type { BegunBoot } from '../checkpoint/start-from-checkpoint.ts';
import { LineSplitter } from '../console/lines.ts';
import { KexecLabError } from '../errors.ts';
import type { Outcome } from '../model/boot.ts';
import type { StepResult } from '../model/result.ts';
import type { Machine } from '../qemu/machine.ts';
import type { Case } from '../scenario/scenario.ts';
import { Conductor } from '../steps/conductor.ts';
import { settlingGeneration } from './awaited-generation.ts';
import type { BootHooks } from './console-feed.ts';
import { watchBoot } from './boot-session.ts';
import type { CaseProvider } from './case-machine.ts';
import type { WatchHooks } from './console-feed.ts';
import type { CaseRecord } from './recorder.ts';
import { autopsyOf, isDead, isSilent } from './silence-autopsy.ts';

/** What became of an attended boot. */
export type Attended = {
  outcome: Outcome;
  steps: readonly StepResult[];
  /** How the last kernel was started. */
  bornBy: BootObserver['bornBy'];
  /** Key of the checkpoint the boot began at; null where it began at power-on. */
  checkpoint: string | null;
  /** What the machine's memory told of its silence; null where it was not asked. */
  autopsy: Autopsy | null;
};

type Place = CaseProvider & {
  directory: string;
  record: CaseRecord;
  /** The file that grows while the machine is recorded. */
  recording: string | undefined;
};

/**
 * Attends a case's machine from power-on to its end: watches and records its console, acts on it as the scenario says,
 * and asks the memory of a machine that has fallen silent. QEMU is gone when this returns or throws.
 * @throws UnavailableError when something of the lab's failed meanwhile, QEMU or the provider's servers
 */
export async function attendBoot(
  { setup, steps, expect, limits }: Case,
  { machine, checkpoint, taker }: BegunBoot,
  { directory, record, recording, provider, keyFile }: Place,
  hooks: BootHooks,
  signal: AbortSignal,
): Promise<Attended> {
  const observer = createBootObserver({ awaitGeneration: settlingGeneration(setup, expect) });
  const onOutput = (text: string): void => {
    record.output(text);
  };
  const conductor = new Conductor(steps, { provider, keyFile, onOutput });
  const lines = new LineSplitter();
  const shown = new Set<string>();
  const poweredOn = performance.now();
  const seconds = (): number => (performance.now() - poweredOn) / 1000;
  let autopsy: Autopsy | null = null;

  const showLines = (complete: ReturnType<LineSplitter['feed']>): void => {
    for (const { line, text } of complete) {
      shown.add(text);
      record.line(seconds(), text);
      hooks.onLine(line, text);
    }
  };
  const readMemory = async (silentMachine: Machine): Promise<void> => {
    const silence = observer.outcome();
    if (!isSilent(silence)) return;
    try {
      const silent = { lines: shown, dead: isDead(silence) };
      const { autopsy: found, notes } = await autopsyOf(silentMachine, directory, silent, signal);
      autopsy = found;
      for (const note of notes) record.output(`the machine's memory: ${note}`);
    } catch (error) {
      if (signal.aborted) return;
      // The outcome rests on the console and the CPUs, and stands whatever becomes of this.
      const why = error instanceof Error ? error.message : String(error);
      const place = error instanceof KexecLabError ? '' : ' (an error in kexec-lab)';
      autopsy = unreadableMemory(`${why}${place}`);
      record.output(`the machine's memory could not be read: ${why}${place}`);
    }
  };
  const watchHooks: WatchHooks = {
    onBytes: (chunk) => {
      record.raw(chunk);
      showLines(lines.feed(chunk));
    },
    onSignal: (seen, generation) => {
      record.signal(seconds(), seen);
      hooks.onSignal(seen, generation);
    },
    onSample: (taken) => {
      record.sample(taken);
    },
    onReading: (reading) => {
      hooks.onReading(reading);
    },
    onOver: readMemory,
  };
  try {
    const props = {
      ...{ limits, conductor, begun: checkpoint?.console, taker, recording },
      ...(provider && { trouble: provider.trouble }),
    };
    await watchBoot(machine, observer, props, watchHooks, signal);
    await provider?.mustBeWhole();
  } finally {
    await machine.stop();
    await taker?.settled();
    showLines(lines.end());
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
