import type { ConsoleLine, LineSource } from '../console/lines.ts';
import { LineSplitter } from '../console/lines.ts';
import type { CpuSample, Doubt, Outcome, Signal } from '../model/boot.ts';
import type { Stage } from '../model/vocabulary.ts';
import type { Signature } from '../signatures/signature.ts';
import { certainty, isBecomingCertain, isGettingOn, lengthen, noSilence } from './cpu/silence.ts';
import { decide } from './decide/decide.ts';
import type { End, Standing } from './decide/decision.ts';
import { isOver, isSettled, learnMachine, nothingKnown } from './decide/decision.ts';
import { doubtOf } from './decide/doubt.ts';
import type { LastLine } from './decide/evidence.ts';
import { capturesOf, evidenceOf } from './decide/evidence.ts';
import { explain } from './explain/explain.ts';
import type { BootContext } from './machine/context.ts';
import type { Recognised } from './recognise/recogniser.ts';
import { Recogniser } from './recognise/recogniser.ts';
import { BootTracker } from './recognise/tracker.ts';

/** A place on the console of a boot: the line, and which kernel is in which stage there. */
export type Place = { generation: number; stage: Stage; line: number };

/** Watches one boot over its console. A live run and a log on disk go through exactly this. */
export type BootObserver = {
  /** Takes the next bytes of the console. Only complete lines count, so how they are chunked cannot matter. */
  feed(chunk: Uint8Array): Signal[];
  /** The console is quiet: looks at the unfinished line too, for prompts. Idempotent. */
  peek(): Signal[];
  /** Takes one look at the CPUs during silence (live runs only). */
  sample(sample: CpuSample): void;
  /** The machine was kept from running: what its CPUs were seen doing before is no argument any more. */
  disturbed(): void;
  /** The last word: nothing more will come. Returns what the unfinished line says. */
  end(end: End): Signal[];
  /** Where the boot stands. */
  readonly position: Place;
  /** How the kernel that runs now was started. */
  readonly bornBy: BootContext['bornBy'];
  /** The console stands in the middle of a line: at a prompt, perhaps. */
  readonly unfinished: boolean;
  /** The outcome will not change by waiting; a live run may stop after a short grace. */
  readonly settled: boolean;
  /** The machine is beyond help: nothing that is done to it will change the outcome. */
  readonly over: boolean;
  /** The silence that lasts is about to prove something: worth waiting for beyond the usual. */
  readonly becomingCertain: boolean;
  /** The newest look found the CPUs at work on something new. */
  readonly gettingOn: boolean;
  /** What became of the boot, as far as it is known; final after `end()`. Never throws. */
  outcome(): Outcome;
  /** How sure that is. */
  doubt(): Doubt;
};

type ObserverOptions = {
  /** Which generation's login prompt settles the boot. Default: the first that comes. */
  awaitGeneration?: number;
  /** What cuts the bytes into lines. Default: a console as it comes from the machine. */
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
    // Many programs have such words and prompts. They are a boot loader's only while one speaks.
    const meant = tracker.state.has('loader')
      ? sightings
      : sightings.filter(({ signature }) => !isLoaders(signature));
    tracker.take({ ...recognised, sightings: meant });
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

  /** Lines without anything to recognise still move the clock, and may be the last words of a program. */
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
