import { existsSync } from 'node:fs';
import { NothingSelectedError, UsageError } from '../errors.ts';
import { namesOfKind, ownRecipes } from '../image/recipes/catalog.ts';
import { ownMachines } from '../qemu/machine-spec.ts';
import type { Catalogue } from '../scenario/check.ts';
import { isScenarioFile, loadScenarios, ownScenarios, scenarioName } from '../scenario/load.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { selectScenarios } from '../scenario/select.ts';

/**
 * The scenarios some words of the command line mean, out of kexec-lab's own, those of the user's `directories`, and
 * the files among the words.
 *
 * @throws ScenarioError for a file with mistakes, UsageError for a directory that cannot be listed or the name of a case,
 * NothingSelectedError for a word that means nothing, and where `exclude` leaves nothing
 */
export function findScenarios(
  words: string[],
  directories: string[] = [],
  exclude: string[] = [],
): Scenario[] {
  words.forEach(refuseCase);
  const files = words.filter(isScenarioFile);
  const wanted = words.map((word) => (isScenarioFile(word) ? scenarioName(word) : word));
  const source = {
    directories: [ownScenarios, ...directories],
    files,
    wanted: [...wanted, ...exclude],
  };
  const all = loadScenarios(source, ownCatalogue);
  const left = new Set(selectScenarios(all, exclude));
  const selected = selectScenarios(all, wanted).filter((scenario) => !left.has(scenario));
  if (selected.length > 0 || exclude.length === 0) return selected;
  throw new NothingSelectedError('--exclude leaves out every selected scenario', {
    hint: 'Exclude fewer, or select more. kexec-lab list shows names and labels.',
  });
}

/** Cases are listed as `arm/kexec-to-distro`, and people type what they read. */
function refuseCase(word: string): void {
  const [, arch = '', name = ''] = /^(aarch64|arm)\/([\w-]+)(?:#\d+)?$/.exec(word) ?? [];
  if (name === '' || existsSync(word)) return;
  throw new UsageError(`${word} is a case, not a scenario`, {
    hint: `Write ${name} --arch ${arch}.`,
  });
}

/** The machines and recipes of this installation, by name. */
export const ownCatalogue: Catalogue = {
  machines: ownMachines,
  isRecipe: (name, kind) => ownRecipes.get(name)?.kind === kind,
  recipes: (kind) => namesOfKind(ownRecipes, kind),
};
