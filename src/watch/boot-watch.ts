/** Boots the pairs that a history does not have, and adds them to it. */
import type { Arch } from '../arch.ts';
import type { Candidate } from '../candidate/candidate.ts';
import { distroKernel, providerKernel, withCandidate } from '../candidate/candidate.ts';
import { ensureEntries } from '../image/ensure-images.ts';
import { planEntries } from '../image/recipes/plan.ts';
import { ownRecipes } from '../image/recipes/recipe.ts';
import { findEntries } from '../image/store/entry.ts';
import type { History, HistoryEntry, WatchedKernel } from '../model/history.ts';
import type { LabEvent } from '../model/run.ts';
import type { BootPairsOptions } from '../pairs/boot-pairs.ts';
import { bootPairs } from '../pairs/boot-pairs.ts';
import type { Archive } from '../pairs/plan-pairs.ts';
import { entryOf, historyOf, pairOf } from './history.ts';
import type { WatchedPair } from './plan-watch.ts';

type Options = Omit<BootPairsOptions, 'onCell'> & {
  read: Archive['read'];
  /** Called with the history whenever it has a new entry. */
  onEntry: (history: History) => Promise<void>;
};

/** The history with the pairs that gave a result, and the directories of their records, by pair, relative to `out`. */
type Booted = { history: History; records: Map<string, string> };

/**
 * Boots pairs.
 * @throws what bootPairs throws; UnavailableError if an image cannot be built
 */
export async function bootWatch(
  pairs: readonly WatchedPair[],
  history: History,
  { read, onEntry, ...options }: Options,
  emit: (event: LabEvent) => void,
): Promise<Booted> {
  await refreshKernels(pairs, read, options);
  const bySetup = new Map(pairs.map((pair) => [pair.case.id, pair.kernels]));
  const records = new Map<string, string>();
  let known = history;
  let written = Promise.resolve();
  const onCell: BootPairsOptions['onCell'] = (cell, { case: { id }, table }) => {
    const kernels = bySetup.get(id);
    if (kernels === undefined) return;
    const entry: HistoryEntry = entryOf(table, kernels, cell);
    known = historyOf([...known.entries, entry]);
    records.set(pairOf(entry), `${cell.run}/${cell.directory}`);
    const saved = known;
    written = written.then(() => onEntry(saved));
  };
  try {
    await bootPairs(pairs, { ...options, onCell }, emit);
  } finally {
    await written;
  }
  return { history: known, records };
}

/** Rebuilds the images of kernels whose package had another version when they were built. */
async function refreshKernels(
  pairs: readonly WatchedPair[],
  read: Archive['read'],
  options: Pick<Options, 'mirror' | 'signal'>,
): Promise<void> {
  const done = new Set<string>();
  for (const { case: each, kernels, from, to } of pairs) {
    const { arch } = each;
    const sides = [
      {
        recipe: providerKernel,
        word: from.word,
        kernel: kernels.from,
        words: { firstKernel: from.word },
      },
      { recipe: distroKernel, word: to.word, kernel: kernels.to, words: { kernel: to.word } },
    ];
    for (const { recipe, word, kernel, words } of sides) {
      const key = [arch, recipe, word].join(' ');
      if (!done.has(key)) await refreshKernel(recipe, arch, kernel, await read(words), options);
      done.add(key);
    }
  }
}

async function refreshKernel(
  recipe: string,
  arch: Arch,
  kernel: WatchedKernel,
  candidate: Candidate,
  { mirror, signal }: Pick<Options, 'mirror' | 'signal'>,
): Promise<void> {
  const entries = planEntries([recipe], arch, withCandidate(ownRecipes, candidate));
  const manifest = (await findEntries(entries)).get(recipe);
  const built = manifest?.packages.find(({ name }) => name === kernel.package)?.version;
  // A kernel that was never built is built before its first boot, while other machines run.
  if (built === undefined || built === kernel.version) return;
  await ensureEntries(entries, { ...(mirror && { mirror }), signal }, { refresh: true });
}
