import { join } from 'node:path';
import type { CaseReference } from '../lab/events.ts';
import type { CaseResult } from '../lab/result.ts';
import { readConsole } from './console-file.ts';
import { page } from './html/page.ts';
import type { Reporter, ReporterOptions, ReporterOutput } from './reporter.ts';

/** The run as one HTML page, consoles and all, for people. Written when the run is over. */
export function htmlReporter(output: ReporterOutput, { rerun }: ReporterOptions): Reporter {
  const finished: { reference: CaseReference; result: CaseResult }[] = [];
  const signals = new Map<string, Map<number, string[]>>();
  let directory = '';
  return {
    onEvent(event) {
      switch (event.type) {
        case 'run-started':
          ({ directory } = event);
          break;
        case 'case-started':
          signals.set(event.case.id, new Map()); // Only the last attempt is shown.
          break;
        case 'case-signal': {
          const { line, signature } = event.signal;
          const ofCase = signals.get(event.case.id);
          ofCase?.set(line, [...(ofCase.get(line) ?? []), signature]);
          break;
        }
        case 'case-finished':
          finished.push({ reference: event.case, result: event.result });
          break;
        case 'run-finished': {
          finished.sort((a, b) => (a.reference.scenario < b.reference.scenario ? -1 : 1));
          const cases = finished.map(({ reference, result }) => ({
            reference,
            result,
            again: rerun(result),
            console: readConsole(join(directory, result.directory)),
            signals: signals.get(reference.id) ?? new Map<number, string[]>(),
          }));
          output.write(page(event.report, cases));
        }
      }
    },
  };
}
