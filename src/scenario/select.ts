import type { Arch } from '../arch.ts';
import { arches } from '../arch.ts';
import { NothingSelectedError } from '../errors.ts';
import type { CaseReference } from '../model/run.ts';
import { globPattern } from '../text/glob.ts';
import { didYouMean } from '../text/nearest.ts';
import { scenarioName } from './load.ts';
import type { Case, Scenario } from './scenario.ts';

/** From the words of a command line to cases: scenarios are selected, expanded to cases, and divided into shards. */

/**
 * The scenarios that words select, in the order of `scenarios`, each once. A word is `all`, a name, a glob over names
 * (`*` any text, `?` one character), a file's name for all of its shapes, or a label. Names take precedence over labels.
 *
 * @throws NothingSelectedError for the first word that selects nothing, with suggestions
 */
export function selectScenarios(scenarios: Scenario[], words: string[]): Scenario[] {
  const selected = new Set(words.flatMap((word) => selectedBy(word, scenarios)));
  return scenarios.filter((scenario) => selected.has(scenario));
}

function selectedBy(word: string, scenarios: Scenario[]): Scenario[] {
  if (word === 'all') return scenarios;
  const names = globPattern(word);
  const named = scenarios.filter(({ name }) => names.test(name));
  if (named.length > 0) return named;
  // A file with `shapes` has several scenarios, and none with its own name: its name stands for a group, as a label does.
  const grouped = scenarios.filter(
    ({ file, labels }) => scenarioName(file) === word || labels.includes(word),
  );
  if (grouped.length > 0) return grouped;
  const known = ['all', ...scenarios.flatMap(({ name, labels }) => [name, ...labels])];
  throw new NothingSelectedError(
    `no scenario is named or labelled "${word}"${didYouMean(word, known)}`,
    { hint: 'kexec-lab list shows all scenarios and labels.' },
  );
}

/**
 * The cases of scenarios: each on each of its architectures, `repeat` times, ordered by scenario, architecture and
 * repeat. The id is `arch/scenario`, followed by `#n` if there are several repeats.
 *
 * @param only these architectures; all if it is empty
 * @throws NothingSelectedError when no scenario runs on any of them
 */
export function expandCases(
  scenarios: Scenario[],
  { only = [], repeat = 1 }: { only?: Arch[]; repeat?: number },
): Case[] {
  const wanted = only.length > 0 ? only : arches;
  const cases = scenarios.flatMap((scenario) =>
    arches
      .filter((arch) => wanted.includes(arch))
      .flatMap((arch) => repeatCase(scenario, arch, repeat)),
  );
  if (cases.length === 0) {
    throw new NothingSelectedError(
      `none of the selected scenarios runs on ${wanted.join(' or ')}`,
      {
        hint: 'kexec-lab list shows the architectures of each scenario.',
      },
    );
  }
  return cases;
}

function repeatCase(scenario: Scenario, arch: Arch, repeat: number): Case[] {
  const resolved = scenario.perArch[arch];
  if (resolved === undefined) return [];
  return Array.from({ length: repeat }, (_, index) => ({
    id: `${arch}/${scenario.name}${repeat > 1 ? `#${index + 1}` : ''}`,
    scenario,
    arch,
    ...resolved,
    repeat: index + 1,
  }));
}

/** The case as events refer to it. */
export function caseReference({ id, scenario, arch, repeat }: Case): CaseReference {
  return { id, scenario: scenario.name, arch, repeat };
}

/** One part of a run on several machines: `index` of `count`, 1-based. */
export type Shard = { index: number; count: number };

/**
 * The cases of one shard, in order. Every case is in exactly one of the `count` shards. The division depends only on the
 * cases, so all machines compute the same one. The longest cases are assigned first, each to the shard with the least to do.
 * If there are more shards than cases, some are empty.
 */
export function shardOf(cases: readonly Case[], { index, count }: Shard): Case[] {
  const loads = new Array<number>(count).fill(0);
  const chosen = new Set<Case>();
  for (const case_ of heaviestFirst(cases)) {
    const lightest = loads.indexOf(Math.min(...loads));
    loads[lightest] = (loads[lightest] ?? 0) + weightOf(case_);
    if (lightest === index - 1) chosen.add(case_);
  }
  return cases.filter((case_) => chosen.has(case_));
}

/** Estimated duration of a case, without unit: its time limit, doubled for the slower 32-bit machine. */
export function weightOf({ limits, arch }: Case): number {
  return limits.total * (arch === 'arm' ? 2 : 1);
}

function heaviestFirst(cases: readonly Case[]): Case[] {
  return cases.toSorted((a, b) => weightOf(b) - weightOf(a) || (a.id < b.id ? -1 : 1));
}
