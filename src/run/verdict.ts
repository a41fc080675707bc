import { ScenarioError, UsageError } from '../errors.ts';
import { readableError } from '../file-error.ts';
import type { Outcome } from '../model/boot.ts';
import type {
  PackageVersion,
  EntropyTimes,
  CaseResult,
  StageTime,
  Expectation,
} from '../model/result.ts';
import type { Verdict } from '../model/vocabulary.ts';
import { describeMachine } from '../qemu/shape.ts';
import type { Case } from '../scenario/scenario.ts';
import type { BootFacts } from '../session/boot-case.ts';
import { bootPrice } from '../session/listeners.ts';
import { commandProof } from './proof.ts';

/** The verdict on an outcome, and the parts of the expectation that were not met (keys as in `Case.lines`). */
type Judgement = {
  verdict: Extract<Verdict, 'pass' | 'fail'>;
  reasons: string[];
  unmet: string[];
};

/**
 * Compares a boot with the expectation. `reasons` has one sentence per difference, and one for a step that was not
 * done.
 */
export function judge(
  outcome: Outcome,
  expect: Expectation,
  { reported, steps, autopsy, dump }: Pick<BootFacts, 'reported' | 'steps' | 'autopsy' | 'dump'> = {
    reported: [],
    steps: [],
    autopsy: null,
  },
): Judgement {
  const reasons: string[] = [];
  const unmet: string[] = [];
  const differs = <Value extends string | number>(
    key: string,
    what: string,
    wanted?: Value,
    got?: Value,
  ) => {
    if (wanted === undefined || wanted === got) return;
    unmet.push(key);
    reasons.push(`${what}: expected ${wanted}, got ${got ?? 'none'}`);
  };
  const undone = steps.findIndex(({ status }) => status !== 'done');
  const step = steps[undone];
  if (step !== undefined) {
    const what = step.status === 'failed' ? step.detail : 'the boot ended before it was done';
    const place = step.place === null ? '' : `${step.place}: `;
    reasons.push(`${place}step ${undone + 1} (${step.step}): ${what}`);
  }
  differs('outcome', 'outcome', expect.outcome, outcome.id);
  const proof = outcome.evidence.find(({ signature }) => signature === commandProof);
  if (proof !== undefined && expect.outcome === 'booted' && outcome.id !== 'booted') {
    unmet.unshift('proof');
    reasons.push(`proof: ${proof.text}`);
  }
  if (expect.outcome === outcome.id) {
    differs('generation', 'generation', expect.generation, outcome.generation);
    differs('stage', 'stage', expect.stage, outcome.stage);
    differs('root', 'root device', expect.root, outcome.captures.root);
    differs(
      'reported',
      'reported states',
      expect.reported?.join(', '),
      statesOf(reported).join(', '),
    );
    differs('autopsy', 'reason in memory', expect.autopsy, autopsy?.reason);
    differs('dump', 'panic in the dump', expect.dump, dump?.panic);
    for (const [name, wanted] of Object.entries(expect.captures ?? {})) {
      differs(`captures.${name}`, name, wanted, outcome.captures[name]);
    }
  }
  return { verdict: reasons.length === 0 ? 'pass' : 'fail', reasons, unmet };
}

/** The states in order. Scaleway's initramfs sends each at least twice; that is one report. */
export function statesOf(reported: BootFacts['reported']): string[] {
  return reported.map(({ state }) => state).filter((state, at, all) => state !== all[at - 1]);
}

/** What is known about every attempt, whatever its result. */
type AttemptFacts = {
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
    // A boot from a checkpoint skips the first kernel, so it cannot show what booting twice costs.
    ...(boot.checkpoint !== null && { checkpoint: boot.checkpoint, price: null }),
    ...(boot.autopsy && {
      autopsy: { reason: boot.autopsy.reason, sentence: boot.autopsy.sentence },
    }),
    ...(boot.dump && { dump: boot.dump }),
    release: outcome.captures['release'] ?? null,
  };
}

/** The result of an attempt that was stopped by the user. */
export function interruptedResult(case_: Case, reason: string, facts: AttemptFacts): CaseResult {
  return blank(case_, 'interrupted', [reason], facts);
}

/**
 * The result of an attempt that could not be made: `error` if the scenario is at fault, otherwise `unavailable`, also for
 * errors of the host's system. It says nothing about the kernel. Unforeseen errors are bugs and are thrown again.
 */
export function troubleResult(case_: Case, error: unknown, facts: AttemptFacts): CaseResult {
  const readable = readableError(error);
  if (readable === null) throw error;
  const atFault = readable instanceof ScenarioError || readable instanceof UsageError;
  return blank(case_, atFault ? 'error' : 'unavailable', [readable.describe()], facts);
}

/** The place in the scenario of the step that failed, or of the first expectation that was not met. */
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
    machine: describeMachine(case_.setup),
    ...(scenario.variant && { variant: scenario.variant }),
    ...(scenario.server && { server: scenario.server }),
    flaky: false,
  };
}
