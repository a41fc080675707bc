import { existsSync } from 'node:fs';
import { isDiskOfKernel } from '../candidate/candidate.ts';
import { parseKernel, parseTools } from '../candidate/parse-candidate.ts';
import { NothingSelectedError, UsageError } from '../errors.ts';
import { namesOfKind, ownRecipes } from '../image/recipes/catalog.ts';
import { ownMachines } from '../qemu/machine-spec.ts';
import type { Catalogue } from '../scenario/check.ts';
import { isScenarioFile, loadScenarios, ownScenarios, scenarioName } from '../scenario/load.ts';
import type { Scenario, SecondKernel } from '../scenario/scenario.ts';
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
  secondKernelTrouble: (disk, kernel) => {
    const recipe = ownRecipes.get(disk);
    // A disk that does not exist is a mistake of its own.
    if (recipe !== undefined && !isDiskOfKernel(recipe))
      return `the disk "${disk}" has a kernel of its own; mini-disk takes another`;
    return troubleOf(kernel);
  },
  recipes: (kind) => namesOfKind(ownRecipes, kind),
};

/** What can be said of a second kernel before anything is read or downloaded. */
function troubleOf({ kernel, initrd, kexecTools }: SecondKernel): string | null {
  try {
    const parsed = parseKernel(kernel, 'second-kernel');
    const tools = kexecTools === undefined ? null : parseTools(kexecTools);
    const files = [
      ...(parsed.kind === 'debs' ? parsed.files : parsed.kind === 'path' ? [parsed.file] : []),
      ...(tools?.kind === 'path' ? [tools.file] : []),
      ...(initrd === undefined ? [] : [initrd]),
    ];
    const missing = files.find((file) => !existsSync(file));
    return missing === undefined ? null : `${missing} does not exist`;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return [error.message, error.hint].filter(Boolean).join('. ');
  }
}
