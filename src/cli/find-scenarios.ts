import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isDiskOfKernel } from '../candidate/candidate.ts';
import { parseKernel, parseTools } from '../candidate/parse-candidate.ts';
import { loadRecord } from '../compare/record.ts';
import { NothingSelectedError, UsageError } from '../errors.ts';
import { bootFile, namesOfPart, ownRecipes } from '../image/recipes/recipe.ts';
import type { CaseResult, Variant } from '../model/result.ts';
import { ownMachines } from '../qemu/machine-profile.ts';
import { printableLines } from '../report/printable.ts';
import { splitPlace } from '../report/result-text.ts';
import type { Catalogue } from '../scenario/check.ts';
import { ownScenarios, isScenarioFile, loadScenarios, scenarioName } from '../scenario/load.ts';
import type { Case, Scenario, SecondKernel } from '../scenario/scenario.ts';
import { selectScenarios } from '../scenario/select.ts';

/**
 * The scenarios that words of the command line select: built-in ones, those in `directories`, and the files among the
 * words.
 *
 * @param exclude names, globs or labels of scenarios to leave out
 * @throws ScenarioError for a file with mistakes; UsageError for a directory that cannot be listed, or the name of a case;
 * NothingSelectedError for a word that selects nothing, or if `exclude` leaves nothing
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
    hint: 'Exclude fewer scenarios or select more; kexec-lab list shows names and labels.',
  });
}

/** Whether a word is the file of a scenario, or the name of a built-in one. */
export function selectsScenario(word: string): boolean {
  return isScenarioFile(word) || isOwnScenario(word);
}

/** Whether a built-in scenario has this name. */
export function isOwnScenario(name: string): boolean {
  return existsSync(join(ownScenarios, `${name}.yaml`));
}

/** Reports list cases as `arm/kexec-to-distro`; typed as a scenario, that name gets a hint. */
function refuseCase(word: string): void {
  const [, arch = '', name = ''] = /^(aarch64|arm)\/([\w-]+)(?:#\d+)?$/.exec(word) ?? [];
  if (name === '' || existsSync(word)) return;
  throw new UsageError(`${word} is a case, not a scenario`, {
    hint: `Use ${name} --arch ${arch}.`,
  });
}

/** The machines and recipes of this installation, by name. */
export const ownCatalogue: Catalogue = {
  machines: ownMachines,
  isRecipe: (name, kind) => {
    const recipe = ownRecipes.get(name);
    return recipe !== undefined && bootFile(recipe, kind) !== null;
  },
  secondKernelTrouble: (disk, kernel) => {
    const recipe = ownRecipes.get(disk);
    // A disk that does not exist is reported elsewhere.
    if (recipe !== undefined && !isDiskOfKernel(recipe))
      return `the disk "${disk}" has a kernel of its own; mini-disk takes another`;
    return troubleOf(kernel);
  },
  recipes: (kind) => namesOfPart(ownRecipes, kind),
};

/** What is wrong with a second kernel, as far as its words and files show before anything is read or downloaded. */
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

/** The cases whose newest result is not a pass. */
type LastFailed = {
  /** The words that select their scenarios: names of built-in ones, files of the others. */
  words: string[];
  /** Whether a case is one of them. One repeat that did not pass selects all repeats of its case. */
  includes(case_: Case): boolean;
};

/**
 * The cases whose newest result, over all finished runs, is not a pass: failed, in error, not run or interrupted. Reports
 * that cannot be read are left out, with a line on standard error; scenarios that no longer exist are left out.
 * @param out the directory that holds the runs, as in `--out`
 * @throws NothingSelectedError if there is no finished run, or every newest result is a pass
 */
export async function lastFailed(out: string): Promise<LastFailed> {
  const newest = new Map<string, CaseResult[]>();
  for (const directory of finishedRuns(out)) {
    const results = (await resultsOf(directory)).filter((result) => !newest.has(keyOf(result)));
    for (const result of results)
      newest.set(keyOf(result), [...(newest.get(keyOf(result)) ?? []), result]);
  }
  if (newest.size === 0) {
    throw new NothingSelectedError('no finished run found', {
      place: out,
      hint: 'Run without --last-failed first, or name the directory of the runs with --out.',
    });
  }
  const failed = [...newest.values()].flat().filter(({ verdict }) => verdict !== 'pass');
  const keys = new Set(failed.map(keyOf));
  const words = [...new Set(failed.flatMap(wordOf))];
  if (words.length === 0) {
    throw new NothingSelectedError('every case passed when it last ran', {
      place: out,
      hint: 'Leave out --last-failed to run cases again.',
    });
  }
  return {
    words,
    includes: ({ arch, scenario: { name, variant } }) =>
      keys.has(keyOf({ arch, scenario: name, variant })),
  };
}

/** A case on another machine is another case. */
function keyOf({
  arch,
  scenario,
  variant,
}: Pick<CaseResult, 'arch' | 'scenario'> & { variant?: Variant | undefined }): string {
  return [`${arch}/${scenario}`, ...(variant?.options ?? [])].join(' ');
}

/** The newest first: the name of a run begins with its time. `latest` is a link to a run. */
function finishedRuns(out: string): string[] {
  const names = existsSync(out) ? readdirSync(out) : [];
  return names
    .filter((name) => name !== 'latest')
    .sort()
    .reverse()
    .map((name) => join(out, name))
    .filter((directory) => existsSync(join(directory, 'report.json')));
}

/** The results of a run; none if its report cannot be read, because one old report must not block the others. */
async function resultsOf(directory: string): Promise<CaseResult[]> {
  try {
    return (await loadRecord(directory)).run?.report.results ?? [];
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`left out of --last-failed: ${printableLines(error.describe())}\n`);
    return [];
  }
}

/** The word that selects a scenario; none if it no longer exists. */
function wordOf({ scenario: name, place, variant }: CaseResult): string[] {
  const scenario = variant?.of ?? name;
  if (existsSync(join(ownScenarios, `${scenario}.yaml`))) return [scenario];
  const { file } = splitPlace(place);
  return existsSync(file) ? [file] : [];
}
