import { createHash } from 'node:crypto';
import type { CaseResult } from '../lab/result.ts';

type Boot = Pick<CaseResult, 'outcome' | 'stage' | 'generation' | 'captures' | 'evidence'>;

/** The one capture that matters though no cause names it: what a system that came up has its root on. */
const ofSuccess = 'root';

/**
 * What became of a boot, as 12 hex digits that are the same whenever the same became of it: outcome, generation, stage and
 * what its cause names (a device, a panic's text), without what differs from boot to boot (addresses, times, process ids).
 * What only supports the cause is left out: kernels differ in how much they say.
 */
export function fingerprint({ outcome, stage, generation, captures, evidence }: Boot): string {
  const cause = evidence[0]?.text ?? '';
  const named = Object.entries(captures)
    .filter(([name, value]) => name === ofSuccess || cause.includes(value))
    .map(([name, value]) => [name, withoutAccidents(value)])
    .sort();
  const parts = JSON.stringify([outcome, generation, stage, named]);
  return createHash('sha256').update(parts).digest('hex').slice(0, 12);
}

/** A text of the kernel's without what is another in every boot of it. */
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
