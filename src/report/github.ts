import { randomBytes } from 'node:crypto';
import { appendFileSync, statSync } from 'node:fs';
import { relative } from 'node:path';
import { hostFileError } from '../file-error.ts';
import type { CaseResult } from '../model/result.ts';
import type { CaseReference } from '../model/run.ts';
import { markdownSummary } from './markdown.ts';
import { plainReporter } from './plain.ts';
import { printable } from './printable.ts';
import type { Reporter, ReporterOptions, ReporterOutput } from './reporter.ts';
import {
  splitPlace,
  describeEvidence,
  describeExpectation,
  describeOutcome,
  describeReasons,
  outcomeWord,
} from './result-text.ts';

/** GitHub discards a larger summary of a step. Bytes. */
const largestSummary = 2 ** 20;

type Surroundings = {
  GITHUB_STEP_SUMMARY?: string | undefined;
  GITHUB_WORKSPACE?: string | undefined;
};

/**
 * For GitHub Actions: the lines of `plain`, in which guests cannot give commands to the runner; annotations at the lines of
 * expectations that were not met; and a summary of the job in the file that GITHUB_STEP_SUMMARY names.
 */
export function githubReporter(
  output: ReporterOutput,
  options: ReporterOptions,
  env: Surroundings = process.env,
): Reporter {
  const { stop, resume } = guardOf(randomBytes(16).toString('hex'));
  const plain = plainReporter(output, options);
  const annotations: Annotation[] = [];
  let open = false;
  const guard = () => {
    if (!open) output.write(stop);
    open = true;
  };
  const release = () => {
    if (open) output.write(resume);
    open = false;
    for (const line of annotationCommands(annotations.splice(0))) output.write(`${line}\n`);
  };
  return {
    onEvent(event) {
      guard();
      plain.onEvent(event);
      if (event.type === 'case-finished') {
        annotations.push(...annotationsOf(event.case, event.result, env.GITHUB_WORKSPACE));
      }
      if (event.type === 'run-finished') {
        release();
        writeSummary(env.GITHUB_STEP_SUMMARY, (limit) =>
          markdownSummary(event.report, options, limit),
        );
      }
    },
    onError(error) {
      release();
      output.write(
        `::error title=kexec-lab::${printable(error.message.replaceAll('\n', '; ')).replaceAll('%', '%25')}\n`,
      );
    },
    close: release,
  };
}

function annotationsOf(
  { id }: CaseReference,
  result: CaseResult,
  workspace = process.cwd(),
): Annotation[] {
  const { file, line } = splitPlace(result.place);
  const at = { file: relative(workspace, file), line };
  if (result.verdict === 'pass') {
    if (!result.flaky) return [];
    const message = `passed only in attempt ${result.attempts.length}`;
    return [{ kind: 'warning', title: `${id}: flaky`, ...at, message }];
  }
  const decided = result.outcome !== null;
  const message = [
    ...(decided ? [`expected ${describeExpectation(result.expected)}`] : []),
    ...(decided ? [`got ${describeOutcome(result)}`] : []),
    ...describeReasons(result),
    ...(result.meaning === '' ? [] : [printable(result.meaning, 1000)]),
    ...describeEvidence(result, result.directory).slice(0, 3),
  ].join('\n');
  const kind = result.verdict === 'fail' || result.verdict === 'error' ? 'error' : 'warning';
  return [{ kind, title: `${id}: ${outcomeWord(result)}`, ...at, message }];
}

/** Earlier steps of the job may have written to the file; the limit applies to all of it. */
function writeSummary(file: string | undefined, write: (limit: number) => string): void {
  if (file === undefined || file === '') return;
  try {
    const before = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    appendFileSync(file, write(largestSummary - before));
  } catch (cause) {
    throw hostFileError(cause, { place: file, doing: 'write the job summary' });
  }
}

/** GitHub shows at most this many annotations of a kind per step. */
const mostPerKind = 10;

/** An annotation: a message at a line of a file. */
type Annotation = {
  kind: 'error' | 'warning';
  title: string;
  /** Left out if it is not about a file. */
  file?: string;
  line?: number;
  /** May have several lines. */
  message: string;
};

/**
 * Annotations as workflow commands, one line each. Line breaks, `%`, and in properties `:` and `,` are escaped, so no text can
 * begin another command or property. If there are more than GitHub shows, the last annotation says how many.
 */
function annotationCommands(annotations: Annotation[]): string[] {
  return (['error', 'warning'] as const).flatMap((kind) => {
    const ofKind = annotations.filter((annotation) => annotation.kind === kind);
    if (ofKind.length <= mostPerKind) return ofKind.map(annotationCommand);
    const shown = ofKind.slice(0, mostPerKind - 1);
    const more = `${ofKind.length - shown.length} more; the summary lists all`;
    return [...shown.map(annotationCommand), `::${kind} title=kexec-lab::${more}`];
  });
}

/**
 * Commands to write before and after text that the runner must only show. Between them the runner obeys only `resume`, whose
 * token guests cannot know. `plain` also breaks up lines that look like commands.
 */
export function guardOf(token: string) {
  return {
    stop: `::stop-commands::${token}\n`,
    resume: `::${token}::\n`,
  };
}

/** One annotation as a workflow command. */
export function annotationCommand({ kind, title, file, line, message }: Annotation): string {
  const place: Record<string, string> = file === undefined ? {} : { file, line: String(line ?? 1) };
  const properties = { ...place, title };
  const listed = Object.entries(properties).map(([name, value]) => `${name}=${property(value)}`);
  const data = message.split('\n').map((text) => printable(text, 1000));
  return `::${kind} ${listed.join(',')}::${escapeData(data.join('\n'))}`;
}

function property(text: string): string {
  return escapeData(printable(text)).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
