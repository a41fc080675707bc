import type { Diagnosis } from '../boot/diagnose.ts';
import type { MemoryMap } from '../model/boot.ts';
import type { Certainty } from '../model/vocabulary.ts';
import { signatures } from '../signatures/all.ts';
import { shellQuote } from '../text/shell.ts';
import { memoryRows } from './memory-text.ts';
import { printable } from './printable.ts';
import type { Style } from './style.ts';
import { wrap } from './style.ts';

/** A log, its diagnosis, and excerpts with the decisive lines. */
export type DiagnosedLog = {
  place: string;
  diagnosis: Diagnosis;
  excerpts: Excerpt[];
  /** Of each load that kexec -d describes. */
  memory: MemoryMap[];
};

/** The name of a log from standard input. */
export const standardInput = 'stdin';

/** A line of an excerpt, and whether it is decisive or only context. */
export type ExcerptLine = { line: number; text: string; decides: boolean };

/** Consecutive lines. */
export type Excerpt = ExcerptLine[];

/** Certainties in words. */
export const certaintyInWords: Record<Certainty, string> = {
  proved: 'proved: by more than the console',
  shown: 'shown: by a line of the console',
  likely: 'likely: the console ends there, and no line settles it',
  unknown: 'unknown: the console does not show it',
};

/** How to write: widths, in columns, of prose and of lines of the log. */
export type Shape = { style: Style; width: number; lineWidth: number };

/** A diagnosis for people. Decisive lines are marked `file:line:`, as editors understand it, context `file-line-`, as in grep. */
export function diagnosisText(
  { place, diagnosis, excerpts, memory }: DiagnosedLog,
  shape: Shape,
): string {
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
    ...memoryRows(memory, style),
    ...section('What else it could be', others, shape),
    ...section('What would settle it', doubt.settle === '' ? [] : [doubt.settle], shape),
    ...section('What usually helps', cure === '' ? [] : [cure], shape),
    '',
    style.bold('Next'),
    ...next(signalsCommand(place), diagnosis, shape),
    '',
  ].join('\n');
}

/** The command that lists the recognised signals of a log. */
export function signalsCommand(place: string): string {
  return `kexec-lab diagnose ${shellQuote(place === standardInput ? '-' : printable(place))} --signals`;
}

/** The next command, with a comment if there is room. */
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

/** All recognised signals, one line each. */
export function signalsText({ diagnosis, place }: DiagnosedLog, style: Style): string {
  const { signals, signalsOmitted } = diagnosis;
  const name = printable(place);
  const width = Math.max(0, ...signals.map(({ signature }) => signature.length));
  const rows = signals.map(
    ({ line, signature, text }) =>
      `${name}:${line}: ${signature.padEnd(width)}  ${printable(text)}`,
  );
  // Signals are omitted in the middle.
  if (signalsOmitted > 0) rows.splice(rows.length / 2, 0, `… ${signalsOmitted} more …`);
  return rows.flatMap((row) => style.wrap(row, 2).map((line) => `${line}\n`)).join('');
}

/** Each recognised signature: where it was seen first, what it means, and which program prints it. */
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
        ...prose(`Printed by: ${known?.source ?? ''}.`, shape),
        '',
      ].join('\n');
    })
    .join('\n');
}

/** How many of several logs have which outcome. */
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
