import { Command } from 'commander';
import { loadRecord } from '../compare/record.ts';
import type { ComparisonOptions } from './show-comparison.ts';
import { checkComparisonFiles, comparisonOptions, showComparison } from './show-comparison.ts';

/** `kexec-lab compare`: what one run did against what another did. */
export function compareCommand(): Command {
  const command = new Command('compare')
    .description('say what changed between two runs, and whether to roll out the second')
    .argument('<baseline>', 'a run directory, its report.json, or a baseline file')
    .argument('<candidate>', 'the same, of the kernel in question')
    .addHelpText('after', helpText)
    .action(compare);
  for (const option of comparisonOptions()) command.addOption(option);
  return command;
}

const helpText = `
Examples:
  kexec-lab compare runs/20260101T120000Z-1a2b runs/latest
  kexec-lab compare baseline.json runs/latest --fail-on costlier

Exit codes:
  0  ROLL                       7  HOLD
  2  a mistake in arguments`;

async function compare(
  baseline: string,
  candidate: string,
  options: ComparisonOptions,
): Promise<void> {
  checkComparisonFiles(options);
  const [before, after] = await Promise.all([loadRecord(baseline), loadRecord(candidate)]);
  await showComparison({ name: baseline, ...before }, { name: candidate, ...after }, options);
}
