/** What is new in a history. */
import { flavourOf } from '../candidate/archive-kernels.ts';
import type { History, HistoryChange, HistoryEntry, WatchedKernel } from '../model/history.ts';
import type { Arch } from '../arch.ts';
import { compareVersions } from '../text/versions.ts';
import { pairOf, setupWords } from './history.ts';

type Kind = HistoryChange['kind'];

/** The worst first. */
const kinds: readonly Kind[] = [
  'broke',
  'fails',
  'other-failure',
  'still-fails',
  'works-again',
  'works',
];

/** Changes that a person has to look at. */
export function isAlarm({ kind }: HistoryChange): boolean {
  return kind === 'broke' || kind === 'fails' || kind === 'other-failure';
}

/**
 * The entries of a history that an earlier one does not have, each compared with the version before it: of the same suites
 * and flavours, in the same machine.
 * @param records the directories of records, by pair
 */
export function changesOf(
  earlier: History,
  now: History,
  records: ReadonlyMap<string, string> = new Map(),
): HistoryChange[] {
  const known = new Set(earlier.entries.map(pairOf));
  const tracks = tracksOf(now);
  return now.entries
    .filter((entry) => !known.has(pairOf(entry)))
    .map((entry) => {
      const track = tracks.get(trackOf(entry)) ?? [];
      const before = track[track.indexOf(entry) - 1] ?? null;
      const record = records.get(pairOf(entry)) ?? null;
      return { kind: kindOf(entry, before), entry, before, record };
    })
    .sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind));
}

/** The newest pair of each track. */
export function newestOf(history: History): HistoryEntry[] {
  return [...tracksOf(history).values()].flatMap((track) => track.at(-1) ?? []);
}

/** The entries that follow each other as the archive gets new versions, the oldest first. */
function tracksOf({ entries }: History): Map<string, HistoryEntry[]> {
  const tracks = new Map<string, HistoryEntry[]>();
  for (const entry of entries) {
    const key = trackOf(entry);
    tracks.set(key, [...(tracks.get(key) ?? []), entry]);
  }
  for (const track of tracks.values())
    track.sort(
      (a, b) =>
        compareVersions(a.to.version, b.to.version) ||
        compareVersions(a.from.version, b.from.version),
    );
  return tracks;
}

function trackOf({ from, to, ...setup }: HistoryEntry): string {
  const line = (kernel: WatchedKernel) => `${kernel.suite}/${flavour(kernel, setup.arch)}`;
  return [...setupWords(setup), line(from), line(to)].join(' ');
}

function flavour({ package: name }: WatchedKernel, arch: Arch): string {
  return flavourOf(name, arch) ?? name;
}

function kindOf(entry: HistoryEntry, before: HistoryEntry | null): Kind {
  if (entry.verdict === 'pass') return before?.verdict === 'fail' ? 'works-again' : 'works';
  if (before === null) return 'fails';
  if (before.verdict === 'pass') return 'broke';
  const same = (['outcome', 'generation', 'stage'] as const).every(
    (fact) => entry[fact] === before[fact],
  );
  return same ? 'still-fails' : 'other-failure';
}
