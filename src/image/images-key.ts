import { createHash } from 'node:crypto';
import type { Case } from '../scenario/scenario.ts';
import { planImages } from './plan.ts';

/**
 * One key over all images some cases boot, as 16 hex digits: another one as soon as any of them has to be built anew.
 * Known without a network. Files of the user's are not part of it: nobody builds them.
 * @throws ScenarioError for a recipe that is not there.
 */
export function imagesKey(cases: readonly Case[]): string {
  const entries = cases.flatMap(({ arch, setup }) => planImages({ arch, ...setup }).entries);
  const keys = new Set(entries.map(({ name, arch, key }) => `${arch}/${name} ${key}`));
  const hash = createHash('sha256');
  for (const key of [...keys].sort()) hash.update(`${key}\n`);
  return hash.digest('hex').slice(0, 16);
}
