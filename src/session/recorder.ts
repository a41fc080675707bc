import { join } from 'node:path';
import type { TakenSample } from '../boot/cpu/cpu-sample.ts';
import { sampleLine } from '../boot/cpu/cpu-sample.ts';
import { openRecord } from '../host/record-file.ts';
import type { Signal } from '../model/boot.ts';

/** What is kept of a case while it runs. Every file is complete up to the last byte the guest wrote, whatever ends the run. */
export type CaseRecord = {
  /** `console.raw`: the evidence, byte for byte. */
  raw(chunk: Uint8Array): void;
  /** `console.log`: line n here is line n of the raw console, with the host seconds it came at in front. */
  line(seconds: number, text: string): void;
  /** `signals.jsonl`: what was recognised, and when. */
  signal(seconds: number, signal: Signal): void;
  /** `samples.jsonl`: each look at the CPUs during a silence, see `sampleLine`. */
  sample(taken: TakenSample): void;
  /** `steps.log`: what programs that steps ran have printed. */
  output(text: string): void;
  close(): void;
};

/** @throws UnavailableError, here and from every method, when the disk takes no more. */
export function openCaseRecord(directory: string): CaseRecord {
  const raw = openRecord(join(directory, 'console.raw'));
  const log = openRecord(join(directory, 'console.log'));
  const signals = openRecord(join(directory, 'signals.jsonl'));
  const samples = openRecord(join(directory, 'samples.jsonl'));
  const steps = openRecord(join(directory, 'steps.log'));
  return {
    raw: (chunk) => {
      raw.write(chunk);
    },
    line: (seconds, text) => {
      log.write(`${seconds.toFixed(3).padStart(9)} ${text}\n`);
    },
    signal: (seconds, signal) => {
      signals.write(`${JSON.stringify({ seconds, ...signal })}\n`);
    },
    sample: (taken) => {
      samples.write(`${sampleLine(taken)}\n`);
    },
    output: (text) => {
      steps.write(text.endsWith('\n') ? text : `${text}\n`);
    },
    close: () => {
      for (const file of [raw, log, signals, samples, steps]) file.close();
    },
  };
}
