import { ScenarioError, UsageError } from '../errors.ts';
import { readableError } from '../file-error.ts';
import type { Outcome } from '../model/boot.ts';
import type { PackageVersion, EntropyTimes, CaseResult, StageTime } from '../model/result.ts';
import type { Verdict } from '../model/vocabulary.ts';
import type { Case } from '../scenario/scenario.ts';
import type { BootFacts } from '../session/boot-case.ts';
import { bootPrice } from '../session/boot-times.ts';
import { judge } from './verdict.ts';

/** What is known of an attempt whatever became of it. */
export type AttemptFacts = {
  directory: string;
  wallSeconds: number;
  packages: PackageVersion[];
  stages: StageTime[];
  entropy: EntropyTimes[];
};

/** The result of an attempt that was watched to its end. */
export function judgedResult(
  case_: Case,
  outcome: Outcome,
  boot: BootFacts,
  facts: AttemptFacts,
): CaseResult {
  const { verdict, reasons, unmet } = judge(outcome, case_.expect, boot);
  return {
    ...blank(case_, verdict, reasons, facts),
    place: placeOf(case_, unmet, boot),
    outcome: outcome.id,
    evidence: outcome.evidence,
    captures: outcome.captures,
    generation: outcome.generation,
    stage: outcome.stage,
    meaning: outcome.meaning,
    cure: outcome.cure,
    reported: boot.reported.map(({ state, atMs }) => ({
      state,
      hostSeconds: Math.round(atMs) / 1000,
    })),
    steps: [...boot.steps],
    ...(boot.recorded && {
      recording: { directory: facts.directory, outcome: outcome.id, boots: 1 },
    }),
    // A boot that began in its middle says nothing of what booting twice costs.
    ...(boot.checkpoint !== null && { checkpoint: boot.checkpoint, price: null }),
    ...(boot.autopsy && {
      autopsy: { reason: boot.autopsy.reason, sentence: boot.autopsy.sentence },
    }),
    release: outcome.captures['release'] ?? null,
  };
}

/** The result of an attempt that was stopped by the user. */
export function interruptedResult(case_: Case, reason: string, facts: AttemptFacts): CaseResult {
  return blank(case_, 'interrupted', [reason], facts);
}

/**
 * The result of an attempt that could not be made: `error` where the scenario is at fault, else `unavailable`.
 * Never a statement about the kernel. What the host's system refuses is the lab's trouble; other errors nobody foresaw
 * are bugs and are thrown on.
 */
export function troubleResult(case_: Case, error: unknown, facts: AttemptFacts): CaseResult {
  const readable = readableError(error);
  if (readable === null) throw error;
  const atFault = readable instanceof ScenarioError || readable instanceof UsageError;
  return blank(case_, atFault ? 'error' : 'unavailable', [readable.describe()], facts);
}

/** Where the scenario says what did not come true: the step that failed, or the first expectation that was not met. */
function placeOf(
  { scenario, lines = {} }: Case,
  unmet: string[] = [],
  { steps }: Pick<BootFacts, 'steps'> = { steps: [] },
): string {
  const undone = steps.find(({ status }) => status !== 'done');
  const step = undone?.status === 'failed' || unmet.length === 0 ? undone?.place : null;
  const line = lines[unmet[0] ?? 'outcome'] ?? lines['outcome'] ?? 1;
  return step ?? `${scenario.file}:${line}`;
}

function blank(
  case_: Case,
  verdict: Verdict,
  reasons: string[],
  { directory, wallSeconds, packages, stages, entropy }: AttemptFacts,
): CaseResult {
  const { scenario, arch, repeat, expect } = case_;
  return {
    scenario: scenario.name,
    arch,
    repeat,
    verdict,
    reasons,
    place: placeOf(case_),
    outcome: null,
    expected: expect,
    evidence: [],
    captures: {},
    generation: 0,
    stage: null,
    meaning: '',
    cure: '',
    reported: [],
    steps: [],
    stages,
    price: bootPrice(stages),
    checkpoint: null,
    entropy,
    autopsy: null,
    secondOpinion: null,
    recording: null,
    release: null,
    packages,
    wallSeconds,
    attempts: [],
    directory,
    flaky: false,
  };
}
