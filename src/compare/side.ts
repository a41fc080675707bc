import type { Arch } from '../arch.ts';
import type { OutcomeId, Stage } from '../boot/outcome.ts';
import type { CaseResult, StageTime } from '../lab/result.ts';
import { fingerprint } from './fingerprint.ts';

/** How often one thing became of a scenario. */
export type Tally = {
  fingerprint: string;
  outcome: OutcomeId;
  stage: Stage;
  generation: number;
  /** The line that proves it best; for people. */
  proof: string;
  count: number;
};

/** All that one kernel did in one scenario on one architecture, over its repeats. */
export type Side = {
  scenario: string;
  arch: Arch;
  /** What the scenario expects. */
  expected: OutcomeId;
  passes: number;
  fails: number;
  /** How often the lab could not tell: it could not run the case, or the outcome is `unknown`. */
  untold: number;
  /** Of what passed and failed; the most frequent first. */
  tallies: Tally[];
  /** Guest seconds per stage, such as `2 kernel`, one number per boot that passed. Empty where time was the host's. */
  cost: Record<string, number[]>;
};

/** What names a side in a report. */
export function sideKey({ arch, scenario }: Pick<Side, 'arch' | 'scenario'>): string {
  return `${arch}/${scenario}`;
}

/** Sums up a run, case by case. */
export function sidesOf(results: readonly CaseResult[]): Map<string, Side> {
  const sides = new Map<string, Side>();
  for (const result of results) {
    const key = sideKey(result);
    const side = sides.get(key) ?? emptySide(result);
    sides.set(key, side);
    add(side, result);
  }
  for (const { tallies } of sides.values()) tallies.sort((a, b) => b.count - a.count);
  return sides;
}

function emptySide({ scenario, arch, expected }: CaseResult): Side {
  const counts = { passes: 0, fails: 0, untold: 0 };
  return { scenario, arch, expected: expected.outcome, ...counts, tallies: [], cost: {} };
}

function add(side: Side, result: CaseResult): void {
  const { verdict, outcome, stage, generation } = result;
  const told = verdict === 'pass' || (verdict === 'fail' && outcome !== 'unknown');
  if (!told || outcome === null || stage === null) {
    side.untold += 1;
    return;
  }
  if (verdict === 'pass') side.passes += 1;
  else side.fails += 1;
  const print = fingerprint(result);
  const tally = side.tallies.find((known) => known.fingerprint === print);
  if (tally !== undefined) tally.count += 1;
  else {
    const proof = result.evidence[0]?.text ?? '';
    side.tallies.push({ fingerprint: print, outcome, stage, generation, proof, count: 1 });
  }
  if (verdict === 'pass') for (const stage of result.stages) addCost(side.cost, stage);
}

/** Stages in front of the checkpoint have no time of their own, nor have those the kernel's clock did not cover. */
function addCost(cost: Side['cost'], { name, generation, guestSeconds }: StageTime): void {
  if (guestSeconds === null || guestSeconds === 0) return;
  (cost[`${generation} ${name}`] ??= []).push(guestSeconds);
}
