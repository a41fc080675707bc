import type { Arch } from '../arch.ts';
import { arches } from '../arch.ts';
import { withCandidate } from '../candidate/candidate.ts';
import type { CandidateWords } from '../candidate/parse-candidate.ts';
import { exitCodes, UsageError } from '../errors.ts';
import { ensureRequirements } from '../host/install.ts';
import { requirementsFor, type HostNeeds } from '../host/requirements.ts';
import { ensureEntries } from '../image/ensure-images.ts';
import { buildNeeds, planEntries, type PlannedEntry } from '../image/recipes/plan.ts';
import type { Catalog } from '../image/recipes/recipe.ts';
import { ownRecipes } from '../image/recipes/recipe.ts';
import type { ImageProgress } from '../model/run.ts';
import { describeProgress } from '../report/result-text.ts';
import { didYouMean } from '../text/nearest.ts';
import { findScenarios, selectsScenario } from './find-scenarios.ts';
import { catchInterrupts } from './interrupt.ts';
import { candidateOf, namesCandidate } from './run-options.ts';

export type BuildOptions = CandidateWords & { arch: Arch[]; mirror?: string; withDeps?: boolean };

/**
 * The entries of the named recipes (none: the whole catalog), for the given architectures (none: both).
 * @param commands names of commands, to suggest one for a mistyped name
 * @throws UsageError for an unknown recipe
 */
export function planNamed(
  names: string[],
  arch: readonly Arch[],
  catalog: Catalog,
  commands: readonly string[] = [],
): PlannedEntry[] {
  const unknown = names.find((name) => !catalog.has(name));
  if (unknown !== undefined) {
    const suggestion = didYouMean(unknown, [...catalog.keys(), ...commands]);
    throw new UsageError(`unknown image "${unknown}"${suggestion}`, {
      hint: `Choose from: ${[...catalog.keys()].join(', ')}.`,
    });
  }
  const wanted = names.length === 0 ? [...catalog.keys()] : names;
  return arches
    .filter((known) => arch.length === 0 || arch.includes(known))
    .flatMap((known) => planEntries(wanted, known, catalog));
}

/** The names of images, where a scenario or its file stands for the images that it boots. */
export async function namesOf(words: string[], catalog: Catalog): Promise<string[]> {
  const isScenario = (word: string) => !catalog.has(word) && selectsScenario(word);
  const scenarios = words.filter(isScenario);
  if (scenarios.length === 0) return words;
  const { expandCases } = await import('../scenario/select.ts');
  const cases = expandCases(findScenarios(scenarios), { only: [], repeat: 1 });
  const booted = cases.flatMap(({ setup: { kernel, initramfs, disk } }) =>
    [kernel, initramfs, disk].filter((image) => typeof image === 'string'),
  );
  return [...new Set([...words.filter((word) => !isScenario(word)), ...booted])];
}

/** The entries to build. With a kernel under test, those built from it and what they need. */
async function planFor(words: string[], options: BuildOptions): Promise<PlannedEntry[]> {
  const catalog = ownRecipes;
  const names = await namesOf(words, catalog);
  const usual = planNamed(names, options.arch, catalog);
  if (!namesCandidate(options)) return usual;
  const candidate = await candidateOf(options);
  const tested = withCandidate(catalog, candidate);
  const known = new Set(usual.map(({ key }) => key));
  const changed = planNamed(names, options.arch, tested).filter(({ key }) => !known.has(key));
  const wanted = [...new Set(changed.map(({ name }) => name))];
  return candidate.arches
    .filter((arch) => options.arch.length === 0 || options.arch.includes(arch))
    .flatMap((arch) => planEntries(wanted, arch, tested));
}

/** Builds images by name, or those of scenarios (none: all). `refresh` also rebuilds images whose packages have newer versions. */
export async function buildImages(
  names: string[],
  options: BuildOptions,
  { refresh }: { refresh: boolean },
): Promise<void> {
  const { mirror, withDeps = false } = options;
  const entries = await planFor(names, options);
  await ensureRequirements(requirementsFor(needsOf(entries)), withDeps);
  const interrupt = catchInterrupts();
  const progress = showImageProgress();
  const { signal } = interrupt;
  const onEntry = ({ arch, name }: PlannedEntry, became: string) => {
    progress.finish(`${arch}/${name}: ${became}`);
  };
  const how = { ...(mirror && { mirror }), signal, onProgress: progress.show, onEntry };
  try {
    for (const known of arches) {
      const ofArch = entries.filter((entry) => entry.arch === known);
      await ensureEntries(ofArch, how, { refresh });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    process.exitCode = exitCodes.interrupted;
  } finally {
    progress.end();
    interrupt.release();
  }
}

function needsOf(entries: readonly PlannedEntry[]): HostNeeds {
  return new Map(
    arches.map((known) => [known, buildNeeds(entries.filter(({ arch }) => arch === known))]),
  );
}

type Shown = {
  show: (progress: ImageProgress) => void;
  /** Prints a line that stays. */
  finish: (line: string) => void;
  end: () => void;
};

/** Shows on standard error how images are built: one line per step; on a terminal, one line that is rewritten. */
export function showImageProgress(): Shown {
  const rewrite = process.stderr.isTTY ? '\r\x1b[K' : null;
  let shown = '';
  return {
    show(progress) {
      const { image, step, share } = describeProgress(progress);
      const line = `${image}: ${step}`;
      if (rewrite !== null) process.stderr.write(`${rewrite}${line} ${share}`);
      else if (line !== shown) process.stderr.write(`${line}\n`);
      shown = line;
    },
    finish(line) {
      process.stderr.write(`${rewrite ?? ''}${line}\n`);
    },
    end() {
      if (rewrite !== null) process.stderr.write(rewrite);
    },
  };
}
