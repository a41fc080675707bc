/** The answer of a bisection for a terminal. */
import type { Bisection } from '../model/bisect.ts';
import { printable } from './printable.ts';
import { count } from './result-text.ts';
import type { Style } from './style.ts';

type Row = [name: string, text: string];

/** Options of the configuration, and entries of the changelog, that are shown. The JSON has all. */
const shown = { options: 12, entries: 3, lines: 12 };

/** Why, between which kernels, and what differs between them. */
export function bisectText(bisection: Bisection, style: Style): string {
  const { result } = bisection;
  const rows: Row[] =
    result === null
      ? notBad(bisection)
      : [...answer(bisection, result), ...ofFailure(bisection), ...differences(result)];
  return `\n${style.table(rows.map(([name, text]) => [name, printable(text)])).join('\n')}\n`;
}

function notBad({ kernels }: Bisection): Row[] {
  const bad = kernels.at(-1);
  const all = (bad?.passes ?? 0) + (bad?.others ?? 0);
  const ended = (bad?.others ?? 0) > 0 ? 'showed no failure that can be searched for' : 'came up';
  return [
    ['no answer', `${bad?.label ?? ''} ${ended} in ${count(all, 'boot')}`],
    ['next', 'Name a bad kernel that fails, or the scenario in which it does (--scenario).'],
  ];
}

type Result = NonNullable<Bisection['result']>;

function answer({ kernels, seconds }: Bisection, { good, bad, hidden, risk }: Result): Row[] {
  const named = (word: string) => {
    const found = kernels.find((kernel) => kernel.word === word);
    return found?.version == null ? word : `${word} (${found.version})`;
  };
  // A search for guest time measures both ends.
  const isAssumed = kernels[0]?.word === good && seconds === null;
  return [
    ['first bad', named(bad)],
    [
      'last good',
      `${named(good)}${isAssumed ? ', which was not booted: it is good by your word' : ''}`,
    ],
    ...(hidden.length > 0
      ? [
          [
            'between',
            `${hidden.map(named).join(', ')}: their boots ended otherwise, so any of them may be the first`,
          ] as Row,
        ]
      : []),
    [
      'certainty',
      risk === 0 ? 'each boot showed it' : `wrong with a probability of ${share(risk)}`,
    ],
  ];
}

/** `0.07 %`: two digits, rounded up. */
function share(risk: number): string {
  return `${Number((100 * risk).toPrecision(2))} %`;
}

function ofFailure({ failure, seconds }: Bisection): Row[] {
  if (seconds !== null) {
    const { good, bad } = seconds;
    return [['guest time', `${good.toFixed(3)} s before, ${bad.toFixed(3)} s at the bad end`]];
  }
  if (failure === null) return [];
  const { outcome, meaning, evidence, cure, directory } = failure;
  return [
    ['failure', `${outcome}: ${meaning}`],
    ...evidence.slice(0, 2).map(({ text }, at): Row => [at === 0 ? 'evidence' : '', text]),
    ...(cure === '' ? [] : [['cure', cure] as Row]),
    ['record', directory],
  ];
}

function differences({ config, changelog }: Result): Row[] {
  const options = config?.map(
    ({ option, good, bad }) => `${option}: ${good ?? 'not set'} → ${bad ?? 'not set'}`,
  );
  const entries = changelog.slice(0, shown.entries).map(({ version, text }) => {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    const rest = lines.length - shown.lines;
    const more = rest > 0 ? [`… and ${count(rest, 'more line')}`] : [];
    return [version, ...lines.slice(0, shown.lines), ...more];
  });
  const others = changelog.length - entries.length;
  return [
    ['config', options === undefined ? 'not known' : `${options.length} changed`],
    ...(options ?? []).slice(0, shown.options).map((text): Row => ['', text]),
    ...((options?.length ?? 0) > shown.options ? [['', '… --json has all of them'] as Row] : []),
    ['changelog', changelog.length === 0 ? 'not known' : count(changelog.length, 'version')],
    ...entries.flat().map((text): Row => ['', text]),
    ...(others > 0 ? [['', `… and ${count(others, 'older version')}`] as Row] : []),
  ];
}
