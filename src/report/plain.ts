import { withoutCommands } from './printable.ts';
import type { Reporter, ReporterOptions, ReporterOutput } from './reporter.ts';
import { createStyle } from './style.ts';
import { createTranscript } from './transcript.ts';
import { describeProgress } from './progress.ts';

/** Lines that never move: for CI logs, files and terminals that cannot do more. */
export function plainReporter(output: ReporterOutput, options: ReporterOptions): Reporter {
  const style = createStyle(output.color);
  const transcript = createTranscript(style, options);
  const steps = new Map<string, string>();
  return {
    onEvent(event) {
      const lines = transcript(event);
      if (event.type === 'case-started') lines.push(style.dim(`… ${event.case.id}`));
      if (event.type === 'images-progress') {
        const { image, step } = describeProgress(event.progress);
        // A download reports every few kilobytes; a log wants to hear of each step once.
        if (steps.get(image) !== step) lines.push(style.dim(`image ${image}: ${step}`));
        steps.set(image, step);
      }
      if (lines.length > 0) output.write(withoutCommands(`${lines.join('\n')}\n`));
    },
  };
}
