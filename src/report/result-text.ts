import { relative, sep } from 'node:path';
import type { CaseResult, Expectation } from '../model/result.ts';
import type { ImageProgress, RunReport } from '../model/run.ts';
import type { Verdict } from '../model/vocabulary.ts';
import { shellQuote } from '../text/shell.ts';
import { printable } from './printable.ts';
import type { Mark } from './style.ts';

/** How a verdict is drawn at the beginning of a row. */
export const symbols = {
  pass: '✓',
  fail: '✗',
  error: '✗',
  unavailable: '?',
  interrupted: '–',
} as const satisfies Record<Verdict, Mark>;

export const verdictWords: Record<Verdict, string> = {
  pass: 'passed',
  fail: 'failed',
  error: 'in error',
  unavailable: 'unavailable',
  interrupted: 'interrupted',
};

/** `4.4 s` below 100 seconds, `123 s` above. */
export function formatSeconds(seconds: number): string {
  return `${seconds < 99.95 ? seconds.toFixed(1) : Math.round(seconds).toString()} s`;
}

/** `1 case`, `2 cases`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** The result in one word: the outcome, or the verdict if there is no outcome. */
export function outcomeWord(result: CaseResult): string {
  return result.outcome ?? result.verdict;
}

/** `booted, generation 2, root /dev/vda1` */
export function describeExpectation({ outcome, captures, ...others }: Expectation): string {
  const details = Object.entries({ ...others, ...captures });
  return [outcome, ...details.map(([name, value]) => printable(`${name} ${String(value)}`))].join(
    ', ',
  );
}

/** `root-mount-failed in generation 2, stage initramfs (device /dev/vda)` */
export function describeOutcome(result: CaseResult): string {
  const stage = result.stage === null ? '' : `, stage ${result.stage}`;
  const where = result.outcome === null ? '' : ` in generation ${result.generation}${stage}`;
  const captures = Object.entries(result.captures).map(([name, value]) =>
    printable(`${name} ${value}`, 100),
  );
  const details = captures.length === 0 ? '' : ` (${captures.join(', ')})`;
  return `${outcomeWord(result)}${where}${details}`;
}

/** The reasons of the verdict, one per line; errors of the lab can have several lines. */
export function describeReasons(result: CaseResult): string[] {
  return result.reasons
    .flatMap((reason) => reason.split('\n'))
    .map((line) => printable(line.trim()));
}

/** One line per piece of evidence: `runs/…/console.log:123: text`, or its source if it is not from the console. */
export function describeEvidence(
  { evidence }: Pick<CaseResult, 'evidence'>,
  directory: string,
): string[] {
  return evidence.map(({ line, text, signature }) =>
    line === null
      ? `${printable(signature)}: ${printable(text)}`
      : `${printable(directory)}/console.log:${line}: ${printable(text)}`,
  );
}

/** The same boot with verbose kernel output: its outcome and the lines that prove it. */
export function describeSecondOpinion({ secondOpinion }: CaseResult, directory: string): string[] {
  if (secondOpinion === null) return [];
  const { outcome, generation, stage, evidence, meaning } = secondOpinion;
  const how = 'with verbose kernel output (earlycon keep_bootcon ignore_loglevel, kexec -d)';
  return [
    `${how}: ${outcome ?? ''} in generation ${generation}, stage ${stage ?? ''}`,
    printable(meaning, 1000),
    ...describeEvidence({ evidence }, `${directory}/explained`),
  ];
}

/**
 * The command that replays the recording of a boot. If another boot was recorded, also its outcome.
 * @param directory of the case, as the reader finds it
 */
export function describeRecording(
  { recording, directory: own }: CaseResult,
  directory: string,
): string[] {
  if (recording === null) return [];
  const { outcome, boots, directory: recorded } = recording;
  const command = printable(
    `kexec-lab rewind ${shellQuote(`${directory}${recorded.slice(own.length)}`)}`,
    4096,
  );
  if (recorded === own) return [command];
  return [command, `recorded in ${count(boots, 'more boot')}: ${outcome ?? 'no outcome'}`];
}

/** The commands that continue an examination: boot the case again, or its machine by hand if it booted. */
export function nextCommands(
  { outcome }: CaseResult,
  directory: string,
  again: string,
): [again: string, ...byHand: string[]] {
  return outcome === null ? [again] : [again, `sh ${shellQuote(`${directory}/qemu.sh`)}`];
}

/** Everything that reports show of a result: a label and its lines. Reporters leave out rows without lines. */
export function resultRows(
  result: CaseResult,
  directory: string,
): [label: string, lines: string[]][] {
  return [
    ['expected', [describeExpectation(result.expected)]],
    ['happened', result.outcome === null ? [] : [describeOutcome(result)]],
    ['because', describeReasons(result)],
    ['meaning', [printable(result.meaning, 1000)]],
    ['cure', [printable(result.cure, 1000)]],
    ['proof', describeEvidence(result, directory)],
    ['verbose boot', describeSecondOpinion(result, directory)],
    ['recorded', describeRecording(result, directory)],
  ];
}

/** Progress on an image in words: the image, the step, and how much of it is done (`30 %`, or nothing). */
export function describeProgress({ recipe, arch, step, done, total }: ImageProgress): {
  image: string;
  step: string;
  share: string;
} {
  const known = done !== undefined && total !== undefined && total > 0;
  return {
    // A recipe of the user's own is a path; its last part is enough to recognise it.
    image: printable(`${arch}/${recipe.replace(/^.*\//, '')}`),
    step: printable(step, 200),
    share: known ? `${Math.min(100, Math.floor((done / total) * 100))} %` : '',
  };
}

/** `17 passed, 1 failed in 74.0 s` */
export function summaryLine({ summary }: RunReport): string {
  const verdicts = Object.keys(verdictWords) as Verdict[];
  const parts = verdicts
    .filter((verdict) => summary[verdict] > 0 || verdict === 'pass')
    .map((verdict) => `${summary[verdict]} ${verdictWords[verdict]}`);
  const flaky = summary.flaky > 0 ? ` (${summary.flaky} flaky)` : '';
  return `${parts.join(', ')}${flaky} in ${formatSeconds(summary.wallSeconds)}`;
}

/** A path as a user would type it: relative if it is below the working directory. */
export function shortPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short === '' || short === '..' || short.startsWith(`..${sep}`) ? path : short;
}

/** Splits `file:line`; the line is 1 if it is missing. */
export function splitPlace(place: string): { file: string; line: number } {
  const [, file = place, line = '1'] = /^(.*):(\d+)$/.exec(place) ?? [];
  return { file, line: Number(line) };
}
