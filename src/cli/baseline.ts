import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { loadRecord, recordText } from '../compare/record.ts';
import { UsageError } from '../errors.ts';
import { namedFileError } from '../file-error.ts';
import { checkOutput } from '../host/user-file.ts';
import { printable } from '../report/printable.ts';

/** `kexec-lab baseline`: the file that says how things are, for people to review. */
export function baselineCommand(): Command {
  const baseline = new Command('baseline').description(
    'save the results of a run for later comparisons',
  );
  baseline
    .command('accept')
    .description('write the results of a run to a baseline file')
    .argument('<run>', 'a run directory or its report.json')
    .option('--out <file>', 'baseline file to write', 'baseline.json')
    .option('--allow-untold', 'accept inconclusive cases')
    .addHelpText('after', helpText)
    .action(accept);
  return baseline;
}

const helpText = `
The file is sorted and holds no times of day, so that git shows what changed.

Examples:
  kexec-lab baseline accept runs/latest
  kexec-lab check --kernel debian:trixie --against baseline.json`;

async function accept(
  run: string,
  { out, allowUntold }: { out: string; allowUntold?: boolean },
): Promise<void> {
  const { record } = await loadRecord(run);
  const sides = Object.entries(record.scenarios);
  const untold = sides.filter(([, side]) => side.untold > 0).map(([key]) => key);
  if (sides.length === 0) throw new UsageError('has no results to accept', { place: run });
  if (untold.length > 0 && !allowUntold) {
    throw new UsageError(`inconclusive cases: ${untold.join(', ')}`, {
      place: run,
      hint: 'Run them again, or accept them with --allow-untold.',
    });
  }
  checkOutput(out);
  try {
    await writeFile(out, recordText(record));
  } catch (cause) {
    throw namedFileError(cause, { place: out, doing: 'write the baseline' });
  }
  process.stdout.write(`${printable(out)}: ${sides.length} cases\n`);
}
