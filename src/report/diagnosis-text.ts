import type { Diagnosis } from '../boot/diagnose.ts';
import type { Certainty } from '../model/vocabulary.ts';
import { signatures } from '../signatures/all.ts';
import { shellQuote } from '../text/shell.ts';
import { printable } from './printable.ts';
import type { Style } from './style.ts';
import { wrap } from './style.ts';

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
  const { style } = shape;
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
    ...style.wrap(`${name}: ${style.bold(color(id))}`, 2),
    ...style.wrap(`  ${style.dim(where)}`, 4),
    ...style.wrap(`  ${style.dim(certaintyInWords[doubt.certainty])}`, 4),
    '',
    ...prose(meaning, shape),
    ...evidenceRows({ diagnosis, name, excerpts, shape }),
    ...section('What else it could be', others, shape),
    ...section('What would settle it', doubt.settle === '' ? [] : [doubt.settle], shape),
    ...section('What usually helps', cure === '' ? [] : [cure], shape),
    '',
    style.bold('Next'),
    ...next(
      `kexec-lab diagnose ${shellQuote(place === standardInput ? '-' : name)} --signals`,
      diagnosis,
      shape,
    ),
    '',
  ].join('\n');
}

/** The next command, with what it shows where there is room for that. */
function next(command: string, diagnosis: Diagnosis, { style, lineWidth }: Shape): string[] {
  const comment = `  # ${recognised(diagnosis)}`;
  const rows = style.wrapCommand(command, 2);
  const hasRoom = rows.length === 1 && 2 + command.length + comment.length <= lineWidth;
  return hasRoom ? [`${rows.join('')}${style.dim(comment)}`] : rows;
}

function section(title: string, texts: readonly string[], shape: Shape): string[] {
  if (texts.length === 0) return [];
  return ['', shape.style.bold(title), ...texts.flatMap((text) => prose(text, shape))];
}

function prose(text: string, { style, width }: Shape): string[] {
  return wrap(style.encode(`  ${printable(text, 1000)}`), width, 2);
}

/** A line of a log, whose rows after the first are further in. */
function logRows(text: string, { style, lineWidth }: Shape): string[] {
  return wrap(style.encode(`  ${text}`), lineWidth, 4);
}

type EvidenceParts = Pick<DiagnosedLog, 'diagnosis' | 'excerpts'> & { name: string; shape: Shape };

function evidenceRows({ diagnosis, name, excerpts, shape }: EvidenceParts): string[] {
  const { style } = shape;
  const { evidence } = diagnosis.outcome;
  if (evidence.length === 0) return [];
  const shown = new Set(excerpts.flat().map(({ line }) => line));
  const row = ({ line, text, decides }: ExcerptLine): string[] => {
    const head = decides ? `${name}:${line}: ` : `${name}-${line}- `;
    const rows = logRows(`${head}${printable(text)}`, shape);
    return rows.map((each) => (decides ? each : style.dim(each)));
  };
  const blocks = excerpts.map((lines) => lines.flatMap(row));
  const rest = evidence
    .filter(({ line }) => line === null || !shown.has(line))
    .flatMap(({ line, text, signature }) =>
      line === null
        ? logRows(`${signature}: ${printable(text)}`, shape)
        : row({ line, text, decides: true }),
    );
  const parted = [...blocks, rest].filter((lines) => lines.length > 0);
  const rows = parted.flatMap((lines, index) =>
    index === 0 ? lines : [style.dim('  --'), ...lines],
  );
  return ['', style.bold('Evidence'), ...rows];
}

/** Everything that was recognised, one line each. */
export function signalsText({ diagnosis, place }: DiagnosedLog, style: Style): string {
  const { signals, signalsOmitted } = diagnosis;
  const name = printable(place);
  const width = Math.max(0, ...signals.map(({ signature }) => signature.length));
  const rows = signals.map(
    ({ line, signature, text }) =>
      `${name}:${line}: ${signature.padEnd(width)}  ${printable(text)}`,
  );
  // The cut is in the middle: both ends are kept.
  if (signalsOmitted > 0) rows.splice(rows.length / 2, 0, `… ${signalsOmitted} more …`);
  return rows.flatMap((row) => style.wrap(row, 2).map((line) => `${line}\n`)).join('');
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
        ...logRows(`${name}:${line}: ${printable(text)}`, shape),
        ...prose(`Means: ${known?.description ?? ''}.`, shape),
        ...prose(`Said by: ${known?.source ?? ''}.`, shape),
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
  return `${style.wrap(`${style.bold(`${logs.length} logs`)}: ${parts.join(', ')}`, 2).join('\n')}\n`;
}

function recognised({ signals, signalsOmitted }: Diagnosis): string {
  const total = signals.length + signalsOmitted;
  return total === 1 ? 'the one signal recognised' : `all ${total} signals recognised`;
}
