import { join } from 'node:path';
import { arches } from '../arch.ts';
import type { CaseResult } from '../model/result.ts';
import type { CaseReference } from '../model/run.ts';
import { readConsole } from './console-file.ts';
import { describeDifferences } from './differences.ts';
import { printable } from './printable.ts';
import type { Reporter, ReporterOutput } from './reporter.ts';
import {
  shortPath,
  splitPlace,
  count,
  describeOutcome,
  describeReasons,
  resultRows,
} from './result-text.ts';

/** How much of the console is included for a case that did not pass. Lines. */
const lastLines = 60;

type Finished = { reference: CaseReference; result: CaseResult };

/**
 * JUnit XML that GitHub actions, GitLab and Jenkins all understand, with a test suite per architecture. A case that failed is a
 * `failure`. A case without a decision is an `error`, never `skipped`, which would count as success.
 */
export function junitReporter(output: ReporterOutput): Reporter {
  const finished: Finished[] = [];
  let directory = '';
  let startedAt = '';
  let written = false;
  const write = (seconds: number, trouble?: Error) => {
    if (written) return;
    written = true;
    const text = arches.map((arch) => {
      const own = finished.filter(({ reference }) => reference.arch === arch);
      return own.length === 0 ? '' : suite(arch, own, { directory, startedAt });
    });
    const broken = trouble === undefined ? '' : troubleSuite(trouble);
    const counts = attributes(countsOf(finished.map(({ result }) => result)));
    const head = trouble === undefined ? `${counts} time="${seconds.toFixed(3)}"` : '';
    output.write(
      `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="kexec-lab"${head}>\n${text.join('')}${broken}</testsuites>\n`,
    );
  };
  return {
    onEvent(event) {
      if (event.type === 'run-started') ({ directory, startedAt } = event);
      if (event.type === 'case-finished') {
        finished.push({ reference: event.case, result: event.result });
      }
      if (event.type === 'run-finished') write(event.report.summary.wallSeconds);
    },
    onError(error) {
      write(0, error);
    },
  };
}

function suite(
  name: string,
  cases: Finished[],
  { directory, startedAt }: { directory: string; startedAt: string },
): string {
  const results = cases.map(({ result }) => result);
  const time = results.reduce((sum, { wallSeconds }) => sum + wallSeconds, 0).toFixed(3);
  const head = attributes({ name, ...countsOf(results), time, timestamp: startedAt });
  const points = cases.map((each) => testCase(each, directory)).join('');
  return `  <testsuite${head}>\n${points}  </testsuite>\n`;
}

function testCase({ reference, result }: Finished, directory: string): string {
  const { file, line } = splitPlace(result.place);
  const head = attributes({
    name: reference.id.replace(/^[^/]*\//, ''),
    classname: reference.arch,
    time: result.wallSeconds.toFixed(3),
    file: shortPath(file),
    line,
  });
  const parts: string[] = [];
  const where = shortPath(join(directory, result.directory));
  if (result.verdict !== 'pass') {
    const [element, type] =
      result.verdict === 'fail' ? ['failure', describeType(result)] : ['error', result.verdict];
    const message = messageOf(result);
    parts.push(
      `<${element}${attributes({ message, type })}>${escape(bodyOf(result, where))}</${element}>`,
    );
    const { lines } = readConsole(join(directory, result.directory));
    const last = lines.slice(-lastLines).map(({ text }) => printable(text));
    if (last.length > 0) {
      const of = lines.length > last.length ? `the last of ${count(lines.length, 'line')} of ` : '';
      const text = [`${of}${where}/console.log:`, ...last].join('\n');
      parts.push(`<system-out>${escape(text)}</system-out>`);
    }
  } else {
    const notes = notesOfPass(result).join('\n');
    if (notes !== '') parts.push(`<system-out>${escape(notes)}</system-out>`);
  }
  if (parts.length === 0) return `    <testcase${head}/>\n`;
  return `    <testcase${head}>\n${parts.map((part) => `      ${part}\n`).join('')}    </testcase>\n`;
}

/** What a reader of a pass has to know: earlier attempts, and how a server's machine differs. */
function notesOfPass(result: CaseResult): string[] {
  const before = result.attempts.slice(0, -1).map(({ verdict, outcome }) => outcome ?? verdict);
  const attempts = `passed in attempt ${result.attempts.length}; before: ${before.join(', ')}`;
  return [
    ...(result.flaky ? [attempts] : []),
    ...describeDifferences(result).map((line) => `differs: ${line}`),
  ];
}

const describeType = ({ outcome, expected }: CaseResult): string =>
  outcome === expected.outcome || outcome === null ? 'expectation' : outcome;

/** One line: what happened, with the first evidence; without an outcome, the reasons. */
function messageOf(result: CaseResult): string {
  if (result.outcome === null) return describeReasons(result).join('; ');
  const [proof] = result.evidence;
  const said = proof === undefined ? '' : `: ${printable(proof.text)}`;
  return `expected ${result.expected.outcome}, got ${describeOutcome(result)}${said}`;
}

function bodyOf(result: CaseResult, where: string): string {
  const rows: [string, string[]][] = [
    ...resultRows(result, where),
    ['differs', describeDifferences(result)],
  ];
  return rows
    .flatMap(([label, lines]) => lines.filter(Boolean).map((line) => `${label}: ${line}`))
    .join('\n');
}

/** A suite with an error, for a run that could not continue: otherwise the file would look like a success. */
function troubleSuite(error: Error): string {
  const message = error.message
    .split('\n')
    .map((line) => printable(line))
    .join('; ');
  const part = `<error${attributes({ message, type: error.name })}/>`;
  const head = attributes({ name: 'kexec-lab', tests: 1, failures: 0, errors: 1, skipped: 0 });
  return `  <testsuite${head}>\n    <testcase name="run" classname="kexec-lab">${part}</testcase>\n  </testsuite>\n`;
}

function countsOf(results: CaseResult[]) {
  const failures = results.filter(({ verdict }) => verdict === 'fail').length;
  const passed = results.filter(({ verdict }) => verdict === 'pass').length;
  const tests = results.length;
  return { tests, failures, errors: tests - failures - passed, skipped: 0 };
}

function attributes(values: Record<string, string | number>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escape(printable(String(value), 4096))}"`)
    .join('');
}

/** For text and attributes. `printable` has already replaced control characters, which XML does not allow. */
function escape(text: string): string {
  return text.replace(
    /[&<>"]/g,
    (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character] ?? '&quot;',
  );
}
