import * as z from 'zod';
import type { CpuSample } from './cpu-sample.ts';

export const sampleLineSchema = z.strictObject({
  at: z.number(),
  pcs: z.array(z.string().regex(/^[0-9a-f]+$/)),
  registers: z.string(),
  cpuMs: z.number(),
  asleep: z.boolean(),
  runnableMs: z.number(),
  guestSeconds: z.number(),
  executedSeconds: z.number().nullable(),
  silentMs: z.number(),
});

/** A sample, and for how many host milliseconds the console had been silent: less than before is another silence. */
export type TakenSample = { sample: CpuSample; silentMs: number };

/** A sample as one line of JSON, program counters in hexadecimal: how `samples.jsonl` keeps it. */
export function sampleLine({ sample, silentMs }: TakenSample): string {
  return JSON.stringify({ ...sample, pcs: sample.pcs.map((pc) => pc.toString(16)), silentMs });
}

/** @throws ZodError or SyntaxError for a line that is none */
export function parseSampleLine(line: string): TakenSample {
  const { silentMs, ...sample } = sampleLineSchema.parse(JSON.parse(line));
  return { sample: { ...sample, pcs: sample.pcs.map((pc) => BigInt(`0x${pc}`)) }, silentMs };
}
