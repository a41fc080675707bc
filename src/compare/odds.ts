/** What repeated boots say of how often a case fails. */
import type { CaseResult } from '../model/result.ts';
import { sideKey } from './side.ts';

/** How sure a statement is. */
const confidence = 0.95;

/**
 * The highest rate at which a case may fail of which `failed` of `boots` boots failed, at 95 % confidence: the one-sided bound
 * of Clopper and Pearson (Biometrika 26, 1934). With a higher rate, so few failures come in less than 5 of 100 such series.
 * @returns 0 to 1; 1 without boots
 */
export function mostFailures(failed: number, boots: number): number {
  if (failed >= boots) return 1;
  let [low, high] = [failed / boots, 1];
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (atMost(failed, boots, middle) > 1 - confidence) low = middle;
    else high = middle;
  }
  return high;
}

/** The probability of `failed` or fewer failures in `boots` boots that each fail with probability `rate`. */
function atMost(failed: number, boots: number, rate: number): number {
  let [sum, logTerm] = [0, boots * Math.log1p(-rate)];
  for (let count = 0; count <= failed; count++) {
    sum += Math.exp(logTerm);
    logTerm += Math.log((boots - count) / (count + 1)) + Math.log(rate) - Math.log1p(-rate);
  }
  return sum;
}

/** `0 of 100 failed: under 3 % at 95 %`, with the bound rounded up. */
export function oddsText({ failed, boots }: Pick<Odds, 'failed' | 'boots'>): string {
  const counts = `${failed} of ${boots} failed`;
  if (failed === boots) return counts;
  const percent = Math.ceil(mostFailures(failed, boots) * 100);
  return `${counts}: under ${percent} % at ${confidence * 100} %`;
}

/** How often a case failed. */
export type Odds = { key: string; failed: number; boots: number };

/**
 * The cases that were booted more than once. A boot that passed only when it was tried again failed. Boots without a verdict of
 * their own, such as those that the host's trouble ended, do not count.
 */
export function oddsOf(results: readonly CaseResult[]): Odds[] {
  const cases = new Map<string, Odds>();
  for (const result of results) {
    const { verdict, outcome, flaky } = result;
    if (verdict !== 'pass' && (verdict !== 'fail' || outcome === 'unknown')) continue;
    const key = sideKey(result);
    const known = cases.get(key) ?? { key, failed: 0, boots: 0 };
    known.boots += 1;
    if (verdict === 'fail' || flaky) known.failed += 1;
    cases.set(key, known);
  }
  return [...cases.values()].filter(({ boots }) => boots > 1);
}
