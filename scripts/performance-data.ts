import * as z from 'zod';

const seconds = z.array(z.number());

/** The ways a case is booted, in the order they are told. */
export const ways = ['bare', 'expect', 'labgrid', 'lab', 'repeated', 'checkpoint'] as const;
export type Way = (typeof ways)[number];

/** What it took to read one kind of log in one way: whole commands, one number per round. */
const logFigures = z.strictObject({
  kind: z.string(),
  /** `short` is `lab` with 5 MB; `against` is another build. */
  way: z.enum(['grep', 'lab', 'short', 'against']),
  wall: seconds,
  cpu: seconds,
  peak: z.array(z.number()),
});
export type LogFigures = z.infer<typeof logFigures>;

/** What `npm run bench` measured, as docs/performance.json keeps it; one number per round. */
export const performanceSchema = z.strictObject({
  date: z.iso.date(),
  qemu: z.string(),
  node: z.string(),
  host: z.string(),
  rounds: z.int(),
  /** Whole commands: wall and CPU seconds, and MiB resident at most. */
  boots: z.array(
    z.strictObject({
      case: z.string(),
      way: z.enum(ways),
      wall: seconds,
      cpu: seconds,
      peak: z.array(z.number()),
    }),
  ),
  /** Machines that die in silence: the whole command, and how long after "Bye!" it was known. */
  dead: z.array(
    z.strictObject({ case: z.string(), way: z.enum(ways), wall: seconds, afterBye: seconds }),
  ),
  /** Where the time of a case goes without checkpoint: median seconds of both clocks per stage. */
  stages: z.array(
    z.strictObject({
      case: z.string(),
      generation: z.int(),
      stage: z.string(),
      hostSeconds: z.number(),
      guestSeconds: z.number().nullable(),
    }),
  ),
  /** Every case a script can drive: one after the other by the script, and by kexec-lab. */
  all: z
    .strictObject({
      date: z.string(),
      cases: z.int(),
      /** Scenarios whose line the script did not see. */
      leftOut: z.array(z.string()),
      script: z.number(),
      lab: z.number(),
    })
    .nullable(),
  /** Bytes of console per second. */
  recogniser: z.strictObject({ bytes: z.int(), seconds }),
  /** What `npm run throughput` measured. */
  reading: z
    .strictObject({ date: z.iso.date(), bytes: z.int(), figures: z.array(logFigures) })
    .nullable()
    .default(null),
});

export type Performance = z.infer<typeof performanceSchema>;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
