import { readdirSync, realpathSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { ScenarioError } from '../errors.ts';
import { namedFileError } from '../file-error.ts';
import { ownDirectory } from '../host/directories.ts';
import { describeShape } from '../qemu/shape.ts';
import { readYamlFile } from '../yaml/yaml-file.ts';
import type { Catalogue } from './check.ts';
import { checkScenario, shapesOf } from './check.ts';
import { resolveScenario } from './resolve.ts';
import type { Scenario } from './scenario.ts';
import { namePattern, scenarioFileSchema } from './schema.ts';

/** The directory of the built-in scenarios. */
export const ownScenarios = join(ownDirectory, 'scenarios');

/**
 * Loads a scenario file. The scenario's name is that of the file without the extension.
 * @throws ScenarioError with every problem of the file and its place
 */
export function loadScenario(file: string, catalogue: Catalogue): Scenario {
  return readScenario(file, catalogue).scenario;
}

function readScenario(file: string, catalogue: Catalogue) {
  const name = scenarioName(file);
  if (!namePattern.test(name) || name === 'all') {
    throw new ScenarioError(`a scenario cannot be named "${name}"`, {
      place: file,
      hint: 'Name the file with a-z, 0-9 and single dashes, such as kexec-to-distro.yaml; "all" is reserved.',
    });
  }
  const { value: parsed, lineOf } = readYamlFile(file, scenarioFileSchema, (value) =>
    checkScenario(value, resolveScenario(name, file, value), catalogue),
  );
  return { scenario: resolveScenario(name, file, parsed, lineOf), parsed, lineOf };
}

/** The scenario in a file, or one for each shape that it is booted in. */
function loadShapes(file: string, catalogue: Catalogue): Scenario[] {
  const { scenario, parsed, lineOf } = readScenario(file, catalogue);
  if (parsed.shapes === undefined) return [scenario];
  return shapesOf(scenario, parsed.shapes, catalogue).map((shape, index) => {
    const name = `${scenario.name}-${String(index + 1).padStart(2, '0')}`;
    const title = `${scenario.title} (${describeShape(shape)})`;
    const boot = { ...parsed.boot, shape: { ...parsed.boot?.shape, ...shape } };
    return resolveScenario(name, file, { ...parsed, title, boot }, lineOf);
  });
}

type ScenarioSource = {
  directories?: string[];
  files?: string[];
  /** Words of the command line. If all are names of scenarios, only those files are read. */
  wanted?: readonly string[];
};

/**
 * Loads the scenarios of directories and single files, ordered by name. A file that is found twice is loaded once.
 *
 * @throws ScenarioError with the problems of all files, or for two files of the same name
 * @throws UsageError for a directory that cannot be listed
 */
export function loadScenarios(
  { directories = [], files = [], wanted = [] }: ScenarioSource,
  catalogue: Catalogue,
): Scenario[] {
  const scenarios: Scenario[] = [];
  const problems: string[] = [];
  const all = withoutRepeats([...directories.flatMap(filesIn), ...files]);
  const named = onlyNamed(all, wanted);
  for (const file of named) {
    try {
      scenarios.push(...loadShapes(file, catalogue));
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      problems.push(error.describe());
    }
  }
  const owners = new Map<string, string>();
  for (const { name, file } of scenarios) {
    const owner = owners.get(name);
    if (owner === undefined) owners.set(name, file);
    else
      problems.push(`${file}: the name "${name}" is already used by ${owner}; rename one of them`);
  }
  if (problems.length > 0) throw new ScenarioError(problems.join('\n'));
  // The name of a file with `shapes` stands for a group, to which other files may belong.
  const isGroup = ({ name, file }: Scenario) => scenarioName(file) !== name;
  if (named.length < all.length && scenarios.some(isGroup))
    return loadScenarios({ directories, files }, catalogue);
  return scenarios.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** All files, unless every word is the name of one. */
function onlyNamed(files: string[], words: readonly string[]): string[] {
  const names = new Set(files.map(scenarioName));
  if (words.length === 0 || !words.every((word) => names.has(word))) return files;
  return files.filter((file) => words.includes(scenarioName(file)));
}

/** The name of the scenario in a file. */
export function scenarioName(file: string): string {
  return basename(file, extname(file));
}

/** Whether a word on the command line is a file rather than a name. */
export function isScenarioFile(word: string): boolean {
  return /\.ya?ml$/.test(word) || word.includes('/');
}

function filesIn(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((file) => /\.ya?ml$/.test(file))
      .map((file) => join(directory, file));
  } catch (error) {
    throw namedFileError(error, {
      place: directory,
      doing: 'list this directory of scenarios',
      hint: 'Give --scenarios a directory that you can read.',
    });
  }
}

function withoutRepeats(files: string[]): string[] {
  const identity = (file: string) => {
    try {
      return realpathSync(file);
    } catch {
      return file; // Reading it will report the problem.
    }
  };
  return [...new Map(files.map((file) => [identity(file), file])).values()];
}
