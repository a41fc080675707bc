import { printableJson } from './printable.ts';
import type { Reporter, ReporterOutput } from './reporter.ts';

/** The run's report as one JSON document, schema `kexec-lab/run@1`. */
export function jsonReporter(output: ReporterOutput): Reporter {
  return {
    onEvent(event) {
      if (event.type === 'run-finished') output.write(`${printableJson(event.report)}\n`);
    },
  };
}
