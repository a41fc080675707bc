import type { Arch } from '../arch.ts';
import { arches } from '../arch.ts';
import { NothingSelectedError } from '../errors.ts';
import type { CaseReference } from '../model/run.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Case, Scenario } from './scenario.ts';

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

/** One part of a run that is spread over several machines: `index` of `count`, 1-based. */
export type Shard = { index: number; count: number };

/**
 * The cases of one shard, in their order. Every case is in exactly one of the `count` shards, and which one depends on
 * nothing but the cases, so machines that know nothing of each other agree. The longest cases are dealt first, each to
 * the shard with the least to do. Where there are more shards than cases, some are empty.
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

/** How long a case may take, in no unit: what the scenario allows; the 32-bit machine takes about twice as long. */
export function weightOf({ limits, arch }: Case): number {
  return limits.total * (arch === 'arm' ? 2 : 1);
}

function heaviestFirst(cases: readonly Case[]): Case[] {
  return cases.toSorted((a, b) => weightOf(b) - weightOf(a) || (a.id < b.id ? -1 : 1));
}

/**
 * Every case of some scenarios: each on each of its architectures, `repeat` times. Ordered by scenario,
 * architecture and repeat; the id is `arch/scenario`, with `#n` behind it where there is more than one repeat.
 *
 * @param only the architectures to keep; all where it is empty
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
        hint: 'kexec-lab list shows the architectures of each.',
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

/** How events name a case. */
export function caseReference({ id, scenario, arch, repeat }: Case): CaseReference {
  return { id, scenario: scenario.name, arch, repeat };
}
