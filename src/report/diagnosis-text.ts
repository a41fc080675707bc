import type { Diagnosis } from '../boot/diagnose.ts';
import type { Certainty } from '../model/vocabulary.ts';
import { signatures } from '../signatures/all.ts';
import { shellQuote } from '../text/shell.ts';
import { printable } from './printable.ts';
import type { Style } from './reporter.ts';

/** A log, what it shows, and the lines that say so. */
export type DiagnosedLog = { place: string; diagnosis: Diagnosis; excerpts: Excerpt[] };

/** What a log from standard input is called. */
export const standardInput = 'stdin';

/** A line of a log that is shown, and whether it decides or only stands around one that does. */
export type ExcerptLine = { line: number; text: string; decides: boolean };

/** Lines in a row. */
export type Excerpt = ExcerptLine[];

/** How a certainty is told to people. */
export const certaintyInWords: Record<Certainty, string> = {
  proved: 'proved: more than the console says so',
  shown: 'shown: the console says so',
  likely: 'likely: the console ends there, and no line settles it',
  unknown: 'unknown: the console does not tell',
};

/** How to write. Columns: of prose, and of a log's lines. */
export type Shape = { style: Style; width: number; lineWidth: number };

/** A diagnosis for people. Places are `file:line:`, which editors can jump to; lines around them `file-line-`, as grep's. */
export function diagnosisText({ place, diagnosis, excerpts }: DiagnosedLog, shape: Shape): string {
  const { style, width } = shape;
  const { outcome, doubt, lines } = diagnosis;
  const { id, generation, stage, meaning, cure } = outcome;
  const color = id === 'booted' ? style.green : id === 'unknown' ? style.yellow : style.red;
  const name = printable(place);
  const where = `generation ${generation}, stage ${stage} (${lines} ${lines === 1 ? 'line' : 'lines'} read)`;
  const others = doubt.alternatives.map(({ outcome: other, line, because }) => {
    const at = line === null ? '' : `line ${line}: `;
    return `${other} (${at}${because})`;
  });
  return [
    `${name}: ${style.bold(color(id))}`,
    `  ${style.dim(where)}`,
    `  ${style.dim(certaintyInWords[doubt.certainty])}`,
    '',
    ...wrap(printable(meaning, 1000), width),
    ...evidenceRows({ diagnosis, name, excerpts, shape }),
    ...section('What else it could be', others, shape),
    ...section('What would settle it', doubt.settle === '' ? [] : [doubt.settle], shape),
    ...section('What usually helps', cure === '' ? [] : [cure], shape),
    '',
    style.bold('Next'),
    next(
      `  kexec-lab diagnose ${shellQuote(place === standardInput ? '-' : name)} --signals`,
      diagnosis,
      shape,
    ),
    '',
  ].join('\n');
}

/** The next command, with what it shows where there is room for that. */
function next(command: string, diagnosis: Diagnosis, { style, lineWidth }: Shape): string {
  const comment = `  # ${recognised(diagnosis)}`;
  return command.length + comment.length > lineWidth ? command : `${command}${style.dim(comment)}`;
}

function section(title: string, texts: readonly string[], { style, width }: Shape): string[] {
  if (texts.length === 0) return [];
  return ['', style.bold(title), ...texts.flatMap((text) => wrap(printable(text, 1000), width))];
}

type EvidenceParts = Pick<DiagnosedLog, 'diagnosis' | 'excerpts'> & { name: string; shape: Shape };

function evidenceRows({ diagnosis, name, excerpts, shape }: EvidenceParts): string[] {
  const { style, lineWidth } = shape;
  const { evidence } = diagnosis.outcome;
  if (evidence.length === 0) return [];
  const shown = new Set(excerpts.flat().map(({ line }) => line));
  const row = ({ line, text, decides }: ExcerptLine): string[] => {
    const head = decides ? `${name}:${line}: ` : `${name}-${line}- `;
    const rows = hang(wrap(`${head}${printable(text)}`, lineWidth - 2));
    return rows.map((each) => (decides ? each : style.dim(each)));
  };
  const blocks = excerpts.map((lines) => lines.flatMap(row));
  const rest = evidence
    .filter(({ line }) => line === null || !shown.has(line))
    .flatMap(({ line, text, signature }) =>
      line === null
        ? wrap(`${signature}: ${printable(text)}`, lineWidth)
        : row({ line, text, decides: true }),
    );
  const parted = [...blocks, rest].filter((lines) => lines.length > 0);
  const rows = parted.flatMap((lines, index) =>
    index === 0 ? lines : [style.dim('  --'), ...lines],
  );
  return ['', style.bold('Evidence'), ...rows];
}

/** Everything that was recognised, one line each. */
export function signalsText({ diagnosis, place }: DiagnosedLog): string {
  const { signals, signalsOmitted } = diagnosis;
  const name = printable(place);
  const width = Math.max(0, ...signals.map(({ signature }) => signature.length));
  const rows = signals.map(
    ({ line, signature, text }) =>
      `${name}:${line}: ${signature.padEnd(width)}  ${printable(text)}`,
  );
  // The cut is in the middle: both ends are kept.
  if (signalsOmitted > 0) rows.splice(rows.length / 2, 0, `… ${signalsOmitted} more …`);
  return rows.map((row) => `${row}\n`).join('');
}

/** Each kind of thing that was recognised: where first, what it means, who says it. */
export function signalMeanings(
  { diagnosis: { signals }, place }: DiagnosedLog,
  shape: Shape,
): string {
  const name = printable(place);
  const firsts = signals.filter(
    ({ signature }, index) => signals.findIndex((other) => other.signature === signature) === index,
  );
  return firsts
    .map(({ signature, line, text }) => {
      const known = signatures.find(({ id }) => id === signature);
      const times = signals.filter((other) => other.signature === signature).length;
      return [
        `${shape.style.bold(signature)}${times > 1 ? ` (${times} times)` : ''}`,
        ...wrap(`${name}:${line}: ${printable(text)}`, shape.lineWidth),
        ...wrap(`Means: ${known?.description ?? ''}.`, shape.width),
        ...wrap(`Said by: ${known?.source ?? ''}.`, shape.width),
        '',
      ].join('\n');
    })
    .join('\n');
}

/** How many of several logs show what. */
export function summaryText(logs: readonly DiagnosedLog[], style: Style): string {
  const counts = new Map<string, number>();
  for (const { diagnosis } of logs)
    counts.set(diagnosis.outcome.id, (counts.get(diagnosis.outcome.id) ?? 0) + 1);
  const parts = [...counts].sort((a, b) => b[1] - a[1]).map(([id, count]) => `${count} ${id}`);
  return `${style.bold(`${logs.length} logs`)}: ${parts.join(', ')}\n`;
}

function recognised({ signals, signalsOmitted }: Diagnosis): string {
  const total = signals.length + signalsOmitted;
  return total === 1 ? 'the one signal recognised' : `all ${total} signals recognised`;
}

/** Wraps between words, indented by two. A word that is too long stays whole. */
function wrap(text: string, width: number): string[] {
  const rows = [''];
  for (const word of text.split(' ')) {
    const row = rows.at(-1) ?? '';
    if (row !== '' && row.length + word.length >= width - 2) rows.push(word);
    else rows[rows.length - 1] = row === '' ? word : `${row} ${word}`;
  }
  return rows.map((row) => `  ${row}`);
}

/** Rows behind the first stand further in. */
function hang(rows: readonly string[]): string[] {
  return rows.map((row, index) => (index === 0 ? row : `  ${row}`));
}
