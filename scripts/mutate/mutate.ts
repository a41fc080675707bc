import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { parse } from 'yaml';
import type { Diagnosis } from '../../src/boot/diagnose.ts';
import { diagnoseLog } from '../../src/boot/diagnose.ts';
import { decoded } from '../../src/cli/read-log.ts';
import type { OutcomeId } from '../../src/model/vocabulary.ts';
import { events } from './events.ts';
import type { KnownLog, Mutation } from './mutation.ts';
import { randomOf } from './random.ts';
import { recorders } from './recorders.ts';

export const mutations: readonly Mutation[] = [...recorders, ...events];

/** One changed log and what the recogniser made of it. */
export type Trial = {
  seed: number;
  log: string;
  mutation: string;
  bytes: Buffer;
  truth: readonly OutcomeId[];
  /** Null where the truth is a choice of several. */
  generation: number | null;
  got: OutcomeId;
  gotGeneration: number;
};

const directory = new URL('../../test/logs/', import.meta.url);

/** The logs of test/logs with what the index says of them. */
export function knownLogs(): KnownLog[] {
  const index = parse(readFileSync(new URL('index.yaml', directory), 'utf8')) as {
    log: string;
    outcome: OutcomeId;
    generation: number;
  }[];
  // What is nothing stays nothing in a way of its own.
  return index
    .filter(({ log }) => log !== 'empty.log')
    .map(({ log, outcome, generation }) => ({
      name: log,
      bytes: readFileSync(new URL(log, directory)),
      outcome,
      generation,
    }));
}

/** One trial; the seed alone decides which log is changed and how. Null where the change does not fit the log. */
export async function tryOne(seed: number, all: readonly KnownLog[]): Promise<Trial | null> {
  const random = randomOf(seed);
  const known = random.pick(all);
  const mutation = random.pick(mutations);
  const bytes = mutation.apply(known.bytes, random, known, all);
  if (bytes === null) return null;
  const { outcome } = await diagnose(bytes);
  return {
    seed,
    log: known.name,
    mutation: mutation.name,
    bytes,
    truth: mutation.truth?.(known, bytes) ?? [known.outcome],
    generation: mutation.truth === undefined ? known.generation : null,
    got: outcome.id,
    gotGeneration: outcome.generation,
  };
}

/** Every log under every recorder, once each: the kinds that random choice may miss. Returns the false answers. */
export async function everyRecorder(all: readonly KnownLog[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const [seed, known] of all.entries()) {
    for (const recorder of recorders) {
      const bytes = recorder.apply(known.bytes, randomOf(seed + 1), known, all);
      if (bytes === null) continue;
      const got = (await diagnose(bytes)).outcome.id;
      const right = got === known.outcome || got === 'unknown';
      if (!right && (got === 'booted' || known.outcome === 'booted'))
        wrong.push(`${known.name}: ${recorder.name}: ${got}`);
    }
  }
  return wrong;
}

/** As `kexec-lab diagnose` reads a file. */
export function diagnose(bytes: Buffer): Promise<Diagnosis> {
  return diagnoseLog(decoded(Readable.from([bytes]), 'a changed log'));
}

export type Judgement = 'right' | 'lost' | 'false-booted' | 'false-failure' | 'wrong';

/** How bad a miss is. Lost is what says `unknown` though the log shows more. */
export function judge({ truth, got, generation, gotGeneration }: Trial): Judgement {
  if (truth.includes(got)) {
    return generation === null || generation === gotGeneration ? 'right' : 'wrong';
  }
  if (got === 'booted') return 'false-booted';
  if (got === 'unknown' || got === 'no-output') return 'lost';
  return truth.includes('booted') || truth.every((id) => id === 'unknown')
    ? 'false-failure'
    : 'wrong';
}
