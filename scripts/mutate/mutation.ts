import type { OutcomeId } from '../../src/model/vocabulary.ts';
import type { Random } from './random.ts';

/** A console whose truth is known. */
export type KnownLog = { name: string; bytes: Buffer; outcome: OutcomeId; generation: number };

/** A change of a log. Without `truth` it must not change what the log shows. */
export type Mutation = {
  name: string;
  apply(log: Buffer, random: Random, known: KnownLog, all: readonly KnownLog[]): Buffer | null;
  /** What the changed log shows: any of these. */
  truth?(known: KnownLog, changed: Buffer): readonly OutcomeId[];
};
