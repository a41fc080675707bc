import type { Evidence, Outcome } from '../boot/outcome.ts';
import type { Autopsy } from './autopsy.ts';
import { tellingLines } from './kernel-log.ts';

/** The outcome with what the machine's memory tells of it: the reason in its meaning, the unheard words in its evidence. */
export function withMemory(outcome: Outcome, autopsy: Autopsy | null): Outcome {
  if (autopsy === null) return outcome;
  const { sentence, log } = autopsy;
  const lines = log === null ? [] : tellingLines(log);
  const unheard = lines.map((text): Evidence => ({ line: null, text, signature: 'guest-memory' }));
  return {
    ...outcome,
    meaning: `${outcome.meaning} ${sentence}`,
    evidence: [...outcome.evidence, ...unheard],
  };
}
