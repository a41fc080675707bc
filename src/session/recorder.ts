import { join } from 'node:path';
import type { TakenSample } from '../boot/cpu/cpu-sample.ts';
import { sampleLine } from '../boot/cpu/cpu-sample.ts';
import type { ConsoleLine } from '../console/lines.ts';
import type { RecordFile } from '../host/files.ts';
import { openRecord } from '../host/files.ts';
import type { Signal } from '../model/boot.ts';
import type { SessionListener } from './listener.ts';

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
