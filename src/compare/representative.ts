import type { CaseResult, RunReport } from '../lab/result.ts';
import { fingerprint } from './fingerprint.ts';
import { sideKey } from './side.ts';

/** A finished run and the directory that `directory` of its results is in. */
export type RunOnDisk = { directory: string; report: RunReport };

/** One boot of each side, to be looked at; null where there is none. */
export type Representatives = { baseline: CaseResult | null; candidate: CaseResult | null };

/**
 * Of all boots of a case the two that show best what changed: the candidate's first that did what no boot of the baseline
 * did, and the most usual of the baseline's. Where nothing changed, the most usual of both.
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
