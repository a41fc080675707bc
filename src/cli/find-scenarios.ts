import { isScenarioFile, loadScenarios, ownScenarios, scenarioName } from '../scenario/load.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { selectScenarios } from '../scenario/select.ts';
import { loadCatalogue } from './catalogue.ts';

/**
 * The scenarios some words of the command line mean, out of kexec-lab's own, those of the user's `directories`, and
 * the files among the words.
 *
 * @throws ScenarioError for a file with mistakes, UsageError for a directory that cannot be listed,
 * NothingSelectedError for a word that means nothing
 */
export async function findScenarios(
  words: string[],
  directories: string[] = [],
): Promise<Scenario[]> {
  const scenarios = loadScenarios(
    { directories: [ownScenarios, ...directories], files: words.filter(isScenarioFile) },
    await loadCatalogue(),
  );
  return selectScenarios(
    scenarios,
    words.map((word) => (isScenarioFile(word) ? scenarioName(word) : word)),
  );
}
