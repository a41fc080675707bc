import type { Diagnosis } from '../boot/diagnose-log.ts';
import { printable } from '../report/printable.ts';
import type { Style } from '../report/style.ts';

const longestLine = 100;

/** What a log from standard input is called. */
export const standardInput = 'stdin';

/** A diagnosis for people. `place` is what the log is called; places are `file:line:`, which editors can jump to. */
export function diagnosisText(diagnosis: Diagnosis, place: string, style: Style): string {
  const { outcome, lines } = diagnosis;
  const { id, generation, stage, meaning, cure, evidence } = outcome;
  const color = id === 'booted' ? style.green : id === 'unknown' ? style.yellow : style.red;
  const name = printable(place);
  const where = `generation ${generation}, stage ${stage} (${lines} ${lines === 1 ? 'line' : 'lines'} read)`;
  return [
    `${name}: ${style.bold(color(id))}`,
    `  ${style.dim(where)}`,
    '',
    ...wrap(printable(meaning, 1000)),
    ...(evidence.length === 0 ? [] : ['', style.bold('Evidence')]),
    ...evidence.map(({ line, text, signature }) =>
      line === null
        ? `  ${signature}: ${printable(text)}`
        : `  ${style.dim(`${name}:${line}:`)} ${printable(text)}`,
    ),
    ...(cure === '' ? [] : ['', style.bold('What usually helps'), ...wrap(printable(cure, 1000))]),
    '',
    style.bold('Next'),
    `  kexec-lab diagnose ${shellWord(place === standardInput ? '-' : name)} --signals  ${style.dim(`# ${recognised(diagnosis)}`)}`,
    '',
  ].join('\n');
}

/** Everything that was recognised, one line each. */
export function signalsText({ signals, signalsOmitted }: Diagnosis, place: string): string {
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

function recognised({ signals, signalsOmitted }: Diagnosis): string {
  const total = signals.length + signalsOmitted;
  return total === 1 ? 'the one signal recognised' : `all ${total} signals recognised`;
}

function wrap(text: string): string[] {
  const rows = [''];
  for (const word of text.split(' ')) {
    const row = rows.at(-1) ?? '';
    if (row !== '' && row.length + word.length >= longestLine - 2) rows.push(word);
    else rows[rows.length - 1] = row === '' ? word : `${row} ${word}`;
  }
  return rows.map((row) => `  ${row}`);
}

function shellWord(text: string): string {
  return /^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
