import { randomBytes } from 'node:crypto';
import { appendFileSync, statSync } from 'node:fs';
import { relative } from 'node:path';
import { UnavailableError } from '../errors.ts';
import { fileTrouble } from '../host/file-trouble.ts';
import type { CaseReference } from '../lab/events.ts';
import type { CaseResult } from '../lab/result.ts';
import type { Annotation } from './github-commands.ts';
import { annotationCommands, guardOf } from './github-commands.ts';
import { markdownSummary } from './markdown.ts';
import { plainReporter } from './plain.ts';
import { printable } from './printable.ts';
import type { Reporter, ReporterOptions, ReporterOutput } from './reporter.ts';
import { splitPlace } from './rerun.ts';
import {
  describeEvidence,
  describeExpectation,
  describeOutcome,
  describeReasons,
  outcomeWord,
} from './result-text.ts';

/** What GitHub takes of a step's summary; it drops a larger one whole. Bytes. */
const largestSummary = 2 ** 20;

type Surroundings = {
  GITHUB_STEP_SUMMARY?: string | undefined;
  GITHUB_WORKSPACE?: string | undefined;
};

/**
 * For GitHub Actions: the lines of `plain`, in which no guest can give the runner commands; annotations at the lines of
 * scenarios that did not come true; and a summary for the job, where GITHUB_STEP_SUMMARY names its file.
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
    const message = `passed only at attempt ${result.attempts.length}`;
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

/** Steps of the same job may have written before; together they must fit. */
function writeSummary(file: string | undefined, write: (limit: number) => string): void {
  if (file === undefined || file === '') return;
  const before = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  try {
    appendFileSync(file, write(largestSummary - before));
  } catch (cause) {
    throw new UnavailableError(`the summary cannot be written: ${fileTrouble(cause)}`, {
      place: file,
      cause,
    });
  }
}
