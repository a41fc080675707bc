import { shortDigest } from '../host/files.ts';
import type { Side, CostChange } from '../model/comparison.ts';
import type { CaseResult, StageTime } from '../model/result.ts';
import type { RunReport } from '../model/run.ts';

/** The key of a side in a record. */
export function sideKey({ arch, scenario }: Pick<Side, 'arch' | 'scenario'>): string {
  return `${arch}/${scenario}`;
}

/** Summarises the boots of a run, per case. */
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

/** A finished run, and the directory to which `directory` of its results is relative. */
export type RunOnDisk = { directory: string; report: RunReport };

/** One boot of each side that is shown; null if there is none. */
type Representatives = { baseline: CaseResult | null; candidate: CaseResult | null };

/**
 * The two boots of a case that show best what changed: the first boot of the candidate with a result that the baseline does
 * not have, and the most common one of the baseline. If nothing changed, the most common one of each.
 */
export function representatives(
  key: string,
  baseline: RunReport | null,
  candidate: RunReport | null,
): Representatives {
  const [before, after] = [boots(key, baseline), boots(key, candidate)];
  const known = new Set(before.map(fingerprint));
  const strange =
    before.length === 0 ? undefined : after.find((boot) => !known.has(fingerprint(boot)));
  return { baseline: mostUsual(before), candidate: strange ?? mostUsual(after) };
}

function emptySide({ scenario, arch, expected, machine, variant }: CaseResult): Side {
  const counts = { passes: 0, fails: 0, untold: 0 };
  return {
    ...{ scenario, arch, expected: expected.outcome },
    // Without its directory, so that the same profile gives the same record on every host.
    ...(machine !== undefined && { machine: machine.replace(/^.*\/(?=\S)/, '') }),
    ...(variant && { variant: { of: variant.of, label: variant.label } }),
    ...{ ...counts, tallies: [], cost: {} },
  };
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

/** Stages before a checkpoint, and stages without a guest clock, have no time. */
function addCost(cost: Side['cost'], { name, generation, guestSeconds }: StageTime): void {
  if (guestSeconds === null || guestSeconds === 0) return;
  (cost[`${generation} ${name}`] ??= []).push(guestSeconds);
}

function boots(key: string, report: RunReport | null): CaseResult[] {
  return report?.results.filter((result) => sideKey(result) === key) ?? [];
}

function mostUsual(all: readonly CaseResult[]): CaseResult | null {
  const prints = all.map(fingerprint);
  const often = (index: number) => prints.filter((print) => print === prints[index]).length;
  return all.reduce<CaseResult | null>((best, boot, index) => {
    return best === null || often(index) > often(all.indexOf(best)) ? boot : best;
  }, null);
}

type Boot = Pick<CaseResult, 'outcome' | 'stage' | 'generation' | 'captures' | 'evidence'>;

/** A capture that counts even if the cause does not contain it: the root device of a system that booted. */
const ofSuccess = 'root';

/**
 * The result of a boot as 12 hex digits: outcome, generation, stage and what the cause names (a device, the text of a panic),
 * without what differs between boots (addresses, times, process ids). Equal results give equal fingerprints. Evidence that only
 * supports the cause does not count, since kernels differ in how much they print.
 */
export function fingerprint({ outcome, stage, generation, captures, evidence }: Boot): string {
  const cause = evidence[0]?.text ?? '';
  const named = Object.entries(captures)
    .filter(([name, value]) => name === ofSuccess || cause.includes(value))
    .map(([name, value]) => [name, withoutAccidents(value)])
    .sort();
  const parts = JSON.stringify([outcome, generation, stage, named]);
  return shortDigest(parts, 12);
}

/** A text of the kernel without addresses, ids and times, which differ between boots. */
export function withoutAccidents(text: string): string {
  return text
    .replaceAll(/\[ *\d+\.\d+\]/g, '')
    .replaceAll(/\+?0x[0-9a-f]+(?:\/0x[0-9a-f]+)?/gi, '<address>')
    .replaceAll(/\b(?=\w*\d)(?=\w*[a-f])[0-9a-f]{8,16}\b/gi, '<address>')
    .replaceAll(/\b(pid|tid|cpu|task)([ :#=]*)\d+/gi, '$1$2<id>')
    .replaceAll(/\b\d+(?:\.\d+)? ?(?:s|ms|us|ns|sec|secs|seconds|jiffies)\b/g, '<time>')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** The change of one stage, for people: `2 kernel: 1.733 s -> 1.905 s (+9.9 %, n=3)`; `~` where the boots do not show one. */
export function describeCost({ stage, baseline, candidate, n, kind }: CostChange): string {
  const share = (100 * (candidate - baseline)) / baseline;
  const sign = share >= 0 ? '+' : '';
  return `${stage}: ${baseline.toFixed(3)} s ${kind === 'undecided' ? '~' : '->'} ${candidate.toFixed(3)} s (${sign}${share.toFixed(1)} %, n=${n})`;
}

/** Only stages in which the kernel works alone are compared: waiting for a disk depends on the host, even in guest time. */
const comparable = /^[2-9]\d* kernel$/;

/** Fewest boots per side. Three against three values separate completely by chance once in 20 times. */
const leastBoots = 3;

/** Smaller differences are ignored. */
const leastShare = 0.01;

/** Compares the stages that both sides have; see {@link comparable}. */
export function compareCost(baseline: Side['cost'], candidate: Side['cost']): CostChange[] {
  return Object.keys(baseline)
    .filter((stage) => comparable.test(stage) && candidate[stage] !== undefined)
    .map((stage) => compareStage(stage, baseline[stage] ?? [], candidate[stage] ?? []));
}

function compareStage(stage: string, before: number[], after: number[]): CostChange {
  const [baseline, candidate] = [median(before), median(after)];
  const n = Math.min(before.length, after.length);
  const far = Math.abs(candidate - baseline) > leastShare * baseline;
  const more = Math.min(...after) > Math.max(...before);
  const less = Math.max(...after) < Math.min(...before);
  const kind =
    n >= leastBoots && far && (more || less) ? (more ? 'costlier' : 'cheaper') : 'undecided';
  const spread = Math.max(spreadOf(before, baseline), spreadOf(after, candidate));
  return { stage, baseline, candidate, n, spread, kind };
}

function spreadOf(values: number[], middle: number): number {
  return middle === 0 ? 0 : Math.max(...values.map((value) => Math.abs(value - middle))) / middle;
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(half)] ?? 0) + (sorted[Math.ceil(half)] ?? 0)) / 2;
}
