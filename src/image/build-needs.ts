import type { Need } from '../host/requirements.ts';
import type { PlannedEntry } from './plan.ts';

/** What it takes of the host to build these entries. */
export function buildNeeds(entries: readonly Pick<PlannedEntry, 'recipe'>[]): Set<Need> {
  const needs = new Set<Need>();
  for (const { recipe } of entries) {
    needs.add('images');
    if (recipe.kind === 'system' || 'system' in recipe) needs.add('system');
    if ('esp' in recipe && recipe.esp !== undefined) needs.add('esp');
  }
  return needs;
}
