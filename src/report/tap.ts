import { stringify } from 'yaml';
import type { CaseResult } from '../model/result.ts';
import { printable } from './printable.ts';
import type { Reporter, ReporterOutput } from './reporter.ts';
import {
  describeEvidence,
  describeExpectation,
  describeOutcome,
  describeReasons,
} from './result-text.ts';

/**
 * TAP version 14 (testanything.org): a test point per case, with diagnostics for those that did not pass. A case that the lab
 * could not run is `not ok`: a skipped test point would count as success.
 */
export function tapReporter(output: ReporterOutput): Reporter {
  let number = 0;
  let begun = false;
  const begin = () => {
    if (!begun) output.write('TAP version 14\n');
    begun = true;
  };
  return {
    onEvent(event) {
      if (event.type === 'run-started') {
        begin();
        output.write(`1..${event.cases.length}\n`);
      } else if (event.type === 'case-finished') {
        number += 1;
        output.write(testPoint(number, event.case.id, event.result));
      } else if (event.type === 'interrupted') {
        output.write(`# stopped by ${printable(event.signal)}\n`);
      }
    },
    onError(error) {
      begin();
      output.write(`Bail out! ${printable(error.message.replaceAll('\n', '; '))}\n`);
    },
  };
}

function testPoint(number: number, id: string, result: CaseResult): string {
  const passed = result.verdict === 'pass';
  const name = escape(printable(`${id}: ${result.expected.outcome}`));
  const head = `${passed ? 'ok' : 'not ok'} ${number} - ${name}\n`;
  return passed ? head : `${head}${diagnostics(result)}`;
}

function diagnostics(result: CaseResult): string {
  const facts = {
    verdict: result.verdict,
    reasons: describeReasons(result),
    expected: describeExpectation(result.expected),
    happened: describeOutcome(result),
    meaning: printable(result.meaning, 1000),
    cure: printable(result.cure, 1000),
    evidence: describeEvidence(result, result.directory),
    seconds: result.wallSeconds,
  };
  // Quoted and not folded, so that text of a guest cannot end the block.
  const block = stringify(facts, {
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'PLAIN',
    lineWidth: 0,
  });
  const lines = ['---', ...block.trimEnd().split('\n'), '...'];
  return lines.map((line) => `  ${line}\n`).join('');
}

/** Escapes `#`, which would begin a directive, and `\`. */
function escape(description: string): string {
  return description.replace(/[\\#]/g, '\\$&');
}
