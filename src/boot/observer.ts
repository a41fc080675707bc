import type { ConsoleLine, LineSource } from '../console/lines.ts';
import { LineSplitter } from '../console/lines.ts';
import type { CpuSample, Doubt, Outcome, Signal } from '../model/boot.ts';
import type { Stage } from '../model/vocabulary.ts';
import type { Signature } from '../signatures/signature.ts';
import { certainty, isBecomingCertain, isGettingOn, lengthen, noSilence } from './cpu/silence.ts';
import { decide } from './decide/decide.ts';
import type { End, Standing } from './decide/decision.ts';
import { isOver, isSettled, learnMachine, nothingKnown } from './decide/decision.ts';
import type { LastLine } from './decide/evidence.ts';
import { doubtOf, capturesOf, evidenceOf } from './decide/evidence.ts';
import { explain } from './explain/explain.ts';
import type { BootContext } from './machine/context.ts';
import type { Recognised } from './recognise/recogniser.ts';
import { Recogniser } from './recognise/recogniser.ts';
import { BootTracker } from './recognise/tracker.ts';

/** A place in a boot: a line of the console, and the generation and stage there. */
export type Place = { generation: number; stage: Stage; line: number };

/** Watches one boot through its console. Live runs and recorded logs use the same code. */
export type BootObserver = {
  /** Takes the next bytes of the console. Only complete lines are matched, so chunk boundaries do not matter. */
  feed(chunk: Uint8Array): Signal[];
  /** Call when the console is quiet: also looks for prompts on the unfinished line. Idempotent. */
  peek(): Signal[];
  /** Takes a sample of the CPUs during silence (live runs only). */
  sample(sample: CpuSample): void;
  /** The machine was stopped for a while: earlier samples of this silence are dropped. */
  disturbed(): void;
  /** Ends the boot. Returns the signals of the unfinished line. */
  end(end: End): Signal[];
  /** The current line, generation and stage. */
  readonly position: Place;
  /** How the running kernel was started. */
  readonly bornBy: BootContext['bornBy'];
  /** Whether the last line has no newline yet: perhaps it is a prompt. */
  readonly unfinished: boolean;
  /** Whether waiting will not change the outcome; a live run may stop after a short grace period. */
  readonly settled: boolean;
  /** Whether the outcome is final, whatever is done to the machine. */
  readonly over: boolean;
  /** Whether the current silence is about to prove something, so that it is worth waiting longer. */
  readonly becomingCertain: boolean;
  /** Whether the newest sample shows CPUs in a state that is new in this silence. */
  readonly gettingOn: boolean;
  /** The outcome so far; final after `end()`. Never throws. */
  outcome(): Outcome;
  /** How certain the outcome is. */
  doubt(): Doubt;
};

type ObserverOptions = {
  /** The generation whose login prompt settles the boot. Default: the first. */
  awaitGeneration?: number;
  /** Cuts the bytes into lines. Default: as for a console that comes directly from the machine. */
  lines?: LineSource;
};

const none: Signal[] = [];

function isLoaders({ meaning }: Signature): boolean {
  return meaning === 'firmware-doubt' || meaning === 'firmware-prompt';
}

export function createBootObserver({
  awaitGeneration = 1,
  lines = new LineSplitter(),
}: ObserverOptions = {}): BootObserver {
  const recogniser = new Recogniser();
  const tracker = new BootTracker();
  let line = 0;
  let lastLine: LastLine | null = null;
  let bytesSeen = false;
  let machine = nothingKnown;
  let silence = noSilence;
  let end: End | null = null;

  function take(recognised: Recognised): Signal[] {
    const { sightings } = recognised;
    if (sightings.length === 0) {
      tracker.take(recognised);
      return none;
    }
    // Other programs print such words and prompts, too. They are a boot loader's only while one is running.
    const isUnmeant =
      sightings.some(({ signature }) => isLoaders(signature)) && !tracker.state.has('loader');
    const meant = isUnmeant
      ? sightings.filter(({ signature }) => !isLoaders(signature))
      : sightings;
    tracker.take(isUnmeant ? { ...recognised, sightings: meant } : recognised);
    const signals = meant.map(({ signal }) => signal);
    machine = signals.reduce(learnMachine, machine);
    return signals;
  }

  function read(complete: Iterable<ConsoleLine>): Signal[] {
    const signals: Signal[] = [];
    for (const next of complete) {
      passOver();
      line = next.line;
      if (next.text.trim() !== '') lastLine = { line, text: next.text };
      for (const signal of take(recogniser.line(next))) signals.push(signal);
      lines.attentive = recogniser.isOpen || tracker.isWatching;
    }
    passOver();
    return signals;
  }

  /** Takes account of lines that the splitter skipped: their clock, and the last line of a program. */
  function passOver(): void {
    const skipped = lines.takeSkipped?.() ?? null;
    if (skipped === null) return;
    line += skipped.lines;
    lastLine = skipped.last ?? lastLine;
    recogniser.passOver(skipped.program !== null);
    tracker.passOver(skipped);
  }

  function standing(): Standing {
    return { state: tracker.state, context: tracker.context, bytesSeen, machine, silence, end };
  }

  return {
    feed(chunk) {
      if (chunk.length === 0) return [];
      bytesSeen = true;
      if (silence.judgement !== null) tracker.send({ type: 'console-speaks' });
      silence = noSilence;
      return read(lines.feed(chunk));
    },
    peek: () => [...read(lines.flush()), ...take(recogniser.peek(lines.rest))],
    sample(sample) {
      silence = lengthen(silence, sample);
      const certain = certainty(silence);
      if (certain !== null) tracker.send({ type: `cpu-${certain}` });
    },
    disturbed() {
      silence = noSilence;
    },
    end(last) {
      const signals = [...read(lines.end()), ...take(recogniser.end())];
      end = last;
      return signals;
    },
    get position() {
      const { generation, stage } = tracker.context;
      return { generation, stage, line };
    },
    get bornBy() {
      return tracker.context.bornBy;
    },
    get unfinished() {
      return lines.rest !== null;
    },
    get over() {
      return isOver(standing());
    },
    get settled() {
      return isSettled(standing(), awaitGeneration);
    },
    get becomingCertain() {
      return isBecomingCertain(silence);
    },
    get gettingOn() {
      return isGettingOn(silence);
    },
    doubt() {
      const now = standing();
      return doubtOf(decide(now), now);
    },
    outcome() {
      const now = standing();
      const decision = decide(now);
      const captures = capturesOf(decision);
      return {
        id: decision.id,
        generation: decision.generation,
        stage: decision.stage,
        evidence: evidenceOf(decision, now, lastLine),
        captures,
        ...explain({ decision, standing: now, captures }),
      };
    },
  };
}
