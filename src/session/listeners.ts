import { join } from 'node:path';
import type { TakenSample } from '../boot/cpu/silence.ts';
import { sampleLine } from '../boot/cpu/silence.ts';
import type { Place } from '../boot/observer.ts';
import type { ConsoleLine } from '../console/lines.ts';
import type { RecordFile } from '../host/files.ts';
import { openRecord } from '../host/files.ts';
import type { Signal } from '../model/boot.ts';
import type { BootPrice, EntropyTimes, StageTime } from '../model/result.ts';
import type { Stage } from '../model/vocabulary.ts';
import { isOf } from '../signatures/all.ts';

// What listens to a boot: the recorder, which keeps it, and the clocks, which measure it.

/** The generation and stage of the boot after a line, with the time on both clocks. */
export type StageReading = Pick<Place, 'generation' | 'stage'> & {
  /** Host milliseconds since power-on. */
  hostMs: number;
  /** The kernel's own clock; null if the line does not show it. */
  guestSeconds: number | null;
};

/**
 * Listens to a boot. A session calls its listeners synchronously and in order, so what an earlier listener has written is
 * on disk before a later one acts on it. An error that a listener throws ends the boot.
 */
export type SessionListener = {
  /** Every chunk of the console, before its lines are recognised. */
  onBytes?(chunk: Uint8Array): void;
  /** A complete line, cleaned of control characters; the last line may lack its newline. */
  onLine?(line: ConsoleLine): void;
  /** A signature was recognised. `place` is the line, with the generation and stage after it. */
  onSignal?(signal: Signal, place: Place): void;
  /** Once before power-on, then after every line. */
  onReading?(reading: StageReading): void;
  /** After every chunk: the generation, stage and line after all that has been read. */
  onPlace?(place: Place): void;
  /** The CPUs were sampled during a silence. */
  onSample?(taken: TakenSample): void;
  /** The session ends: listeners stop acting on the machine. It may still run and print. */
  onEnd?(): void;
};

/**
 * Writes the records of a case while it runs. It is the first listener, so every file is complete up to the last byte
 * that the guest wrote, however the run ends.
 */
export class Recorder implements SessionListener {
  readonly #raw: RecordFile;
  readonly #log: RecordFile;
  readonly #signals: RecordFile;
  readonly #samples: RecordFile;
  readonly #notes: RecordFile;
  #startedAt = performance.now();

  /** @throws UnavailableError, here and from every method, when the disk is full */
  constructor(directory: string) {
    const open = (name: string): RecordFile => openRecord(join(directory, name));
    this.#raw = open('console.raw');
    this.#log = open('console.log');
    this.#signals = open('signals.jsonl');
    this.#samples = open('samples.jsonl');
    this.#notes = open('steps.log');
  }

  /** Call before power-on: times in the records are counted from here. */
  start(): void {
    this.#startedAt = performance.now();
  }

  /** `console.raw`: the evidence, byte for byte. */
  onBytes(chunk: Uint8Array): void {
    this.#raw.write(chunk);
  }

  /** `console.log`: line n of the raw console as line n, with the host seconds at which it arrived in front. */
  onLine({ text }: ConsoleLine): void {
    this.#log.write(`${this.#seconds.toFixed(3).padStart(9)} ${text}\n`);
  }

  /** `signals.jsonl`: the recognised signals, with host seconds. */
  onSignal(signal: Signal): void {
    this.#signals.write(`${JSON.stringify({ seconds: this.#seconds, ...signal })}\n`);
  }

  /** `samples.jsonl`: each sample of the CPUs during a silence, see `sampleLine`. */
  onSample(taken: TakenSample): void {
    this.#samples.write(`${sampleLine(taken)}\n`);
  }

  /** `steps.log`: the output of programs that steps ran, and notes of the lab. */
  note(text: string): void {
    this.#notes.write(text.endsWith('\n') ? text : `${text}\n`);
  }

  close(): void {
    for (const file of [this.#raw, this.#log, this.#signals, this.#samples, this.#notes])
      file.close();
  }

  get #seconds(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }
}

type Span = {
  generation: number;
  stage: Stage;
  /** Host milliseconds. */
  from: number;
  to: number;
  /** The first and the last reading of the kernel's own clock, in seconds. */
  firstGuest: number | null;
  lastGuest: number | null;
};

/**
 * Measures how long each stage takes. A stage ends where the next one begins, so the stages add up to the whole boot.
 * Guest time is what printk showed within one generation: its clock starts at zero with every kernel.
 */
export class StageClock implements SessionListener {
  readonly #spans: Span[] = [];

  onReading({ generation, stage, hostMs, guestSeconds }: StageReading): void {
    let span = this.#spans.at(-1);
    if (span?.stage !== stage || span.generation !== generation) {
      span = { generation, stage, from: hostMs, to: hostMs, firstGuest: null, lastGuest: null };
      this.#spans.push(span);
    }
    span.to = hostMs;
    span.firstGuest ??= guestSeconds;
    span.lastGuest = guestSeconds ?? span.lastGuest;
  }

  /** One entry per stage of each generation, in order. */
  times(): StageTime[] {
    return this.#spans.map((span, index) => {
      const { generation, stage, from, to, firstGuest, lastGuest } = span;
      const next = this.#spans[index + 1];
      const until = (next?.generation === generation ? next.firstGuest : null) ?? lastGuest;
      return {
        name: stage,
        generation,
        hostSeconds: round(((next?.from ?? to) - from) / 1000),
        guestSeconds:
          firstGuest === null || until === null ? null : toMicroseconds(until - firstGuest),
      };
    });
  }
}

/** The resolution of printk. A guest that counts instructions is as precise as that. */
function toMicroseconds(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}

function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

/** Adds up the stages before and after the last kernel took over; null where fewer than two kernels ran. */
export function bootPrice(stages: readonly StageTime[]): BootPrice | null {
  const last = Math.max(0, ...stages.map(({ generation }) => generation));
  if (last < 2) return null;
  const sum = (wanted: (generation: number) => boolean): number => {
    const seconds = stages.filter(({ generation }) => wanted(generation)).map((s) => s.hostSeconds);
    return Math.round(1000 * seconds.reduce((total, each) => total + each, 0)) / 1000;
  };
  return {
    beforeHandover: sum((generation) => generation < last),
    afterHandover: sum((generation) => generation === last),
  };
}

/** Collects when each kernel could provide random numbers. */
export class EntropyClock implements SessionListener {
  readonly #generations = new Map<number, EntropyTimes>();

  onSignal(signal: Signal, { generation }: Pick<Place, 'generation'>): void {
    const { guestSeconds, captures } = signal;
    // Firmware is not a kernel.
    if (generation === 0) return;
    const known = this.#generations.get(generation);
    const times = known ?? { generation, crngReady: null, getrandom: null };
    this.#generations.set(generation, times);
    if (isOf(signal, 'crng-ready')) times.crngReady ??= guestSeconds;
    if (!isOf(signal, 'getrandom-took')) return;
    const { seconds } = captures;
    times.getrandom ??= seconds === undefined ? 'blocked' : Number(seconds);
  }

  /** One entry per kernel that printed something, in order. */
  times(): EntropyTimes[] {
    return [...this.#generations.values()];
  }
}
