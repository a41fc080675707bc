import { NothingSelectedError } from '../errors.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Scenario } from './scenario.ts';

/**
 * The scenarios some words mean, in the order of `scenarios`, each once. A word is `all`, a name, a glob over names
 * (`*` any text, `?` one character), or a label; a name wins over a label.
 *
 * @throws NothingSelectedError for the first word that means nothing, with what it may have meant
 */
export function selectScenarios(scenarios: Scenario[], words: string[]): Scenario[] {
  const selected = new Set(words.flatMap((word) => meaningOf(word, scenarios)));
  return scenarios.filter((scenario) => selected.has(scenario));
}

function meaningOf(word: string, scenarios: Scenario[]): Scenario[] {
  if (word === 'all') return scenarios;
  const names = new RegExp(`^${word.split('').map(globPart).join('')}$`);
  const named = scenarios.filter(({ name }) => names.test(name));
  if (named.length > 0) return named;
  const labelled = scenarios.filter(({ labels }) => labels.includes(word));
  if (labelled.length > 0) return labelled;
  const known = ['all', ...scenarios.flatMap(({ name, labels }) => [name, ...labels])];
  throw new NothingSelectedError(
    `no scenario is named or labelled "${word}"${didYouMean(word, known)}`,
    { hint: 'kexec-lab list shows them all.' },
  );
}

function globPart(character: string): string {
  if (character === '*') return '.*';
  return character === '?' ? '.' : character.replace(/[^\w-]/, '\\$&');
}
