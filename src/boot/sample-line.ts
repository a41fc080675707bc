import type { CpuSample, SampleLine } from '../model/boot.ts';

/** A sample, and for how many host milliseconds the console had been silent: less than before is another silence. */
export type TakenSample = { sample: CpuSample; silentMs: number };

/** A sample as one line of JSON, program counters in hexadecimal: how `samples.jsonl` keeps it. */
export function sampleLine({ sample, silentMs }: TakenSample): string {
  const pcs = sample.pcs.map((pc) => pc.toString(16));
  const line: SampleLine = { ...sample, pcs, silentMs };
  return JSON.stringify(line);
}
