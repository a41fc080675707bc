/** The file of a history: read, written, and what is in it. */
import { dirname } from 'node:path';
import { mkdir } from 'node:fs/promises';
import { namedFileError } from '../file-error.ts';
import { readJson, writeJson } from '../host/json-file.ts';
import type { History, HistoryEntry, WatchedKernel } from '../model/history.ts';
import { historySchema } from '../model/history.ts';
import type { PairCell, PairTable } from '../model/pairs.ts';
import { compareVersions } from '../text/versions.ts';

const hint =
  'Name a file that kexec-lab watch wrote, or another name to begin a new history, with --history.';

/**
 * Reads a history. A file that does not exist is an empty one.
 * @throws UsageError for a file that is not a history
 */
export async function readHistory(file: string): Promise<History> {
  const what = 'a history of kexec-lab watch';
  return (await readJson(file, historySchema, { what, hint })) ?? historyOf([]);
}

/**
 * Writes a history, and the directory that it is in. A reader finds the old content or the new one, never a part of it.
 * @throws UsageError if it cannot be written
 */
export async function writeHistory(file: string, history: History): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    writeJson(file, history, 2);
  } catch (cause) {
    throw namedFileError(cause, { place: file, doing: 'write the history' });
  }
}

/** A history with these entries in their order, each pair once: the last one counts. */
export function historyOf(entries: readonly HistoryEntry[]): History {
  const distinct = new Map(entries.map((entry) => [pairOf(entry), entry]));
  return { schema: 'kexec-lab/history@1', entries: [...distinct.values()].sort(inOrder) };
}

/** What a history says about a pair of kernels. */
export type Pair = Pick<HistoryEntry, 'arch' | 'machine' | 'kexecTools' | 'cure' | 'from' | 'to'>;

/** Equal for the same packages, whichever suites have them, in the same machine. */
export function pairOf({ from, to, ...setup }: Pair): string {
  return [...setupWords(setup), from.package, from.version, to.package, to.version].join(' ');
}

type Setup = Omit<Pair, 'from' | 'to'>;

/** What two pairs must have in common to be compared, apart from their kernels. */
export function setupWords({ arch, machine, kexecTools, cure }: Setup): string[] {
  return [arch, machine, kexecTools ?? '', String(cure)];
}

/** By machine, then by the second and the first kernel: a new version is next to the one before it. */
function inOrder(a: HistoryEntry, b: HistoryEntry): number {
  const [one, other] = [a, b].map((entry) => setupWords(entry).join(' '));
  return compareWords(one, other) || compareKernels(a.to, b.to) || compareKernels(a.from, b.from);
}

/** By suite, then by version. */
export function compareKernels(a: WatchedKernel, b: WatchedKernel): number {
  return (
    compareWords(a.suite, b.suite) ||
    compareVersions(a.version, b.version) ||
    compareWords(a.package, b.package)
  );
}

/** By code units, so that every host sorts alike. */
function compareWords(a = '', b = ''): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The entry of a pair that was booted. */
export function entryOf(
  { arch, machine, kexecTools, cure }: PairTable,
  { from, to }: { from: WatchedKernel; to: WatchedKernel },
  cell: PairCell,
): HistoryEntry {
  const { verdict, outcome, generation, stage, guestSeconds, meaning, evidence } = cell;
  return {
    ...{ arch, machine, kexecTools, cure, from, to },
    ...{ verdict, outcome, generation, stage, guestSeconds, meaning },
    cause: verdict === 'fail' ? (evidence[0] ?? null) : null,
  };
}
