import { join } from 'node:path';
import type { RunOnDisk } from '../../compare/side.ts';
import { representatives } from '../../compare/side.ts';
import type { CaseResult } from '../../lab/result.ts';
import type { ComparisonReport } from '../comparison-text.ts';
import { readConsole, readMarks } from '../console-file.ts';
import type { ShownBoot } from './comparison-page.ts';
import { comparisonPage } from './comparison-page.ts';

/** The comparison as an HTML page, with the consoles of the runs it was made from; null for a baseline file. */
export function comparisonHtml(
  report: ComparisonReport,
  baseline: RunOnDisk | null,
  candidate: RunOnDisk | null,
): string {
  const shown = report.comparisons.map((comparison) => {
    const { key } = comparison;
    const boots = representatives(key, baseline?.report ?? null, candidate?.report ?? null);
    return {
      comparison,
      baseline: load(baseline, boots.baseline),
      candidate: load(candidate, boots.candidate),
    };
  });
  return comparisonPage(report, shown);
}

function load(run: RunOnDisk | null, result: CaseResult | null): ShownBoot | null {
  if (run === null || result === null) return null;
  const directory = join(run.directory, result.directory);
  return { result, console: readConsole(directory), marks: readMarks(directory) };
}
