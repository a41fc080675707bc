import { join } from 'node:path';
import { Command } from 'commander';
import { openRecord, writeRecord } from '../host/record-file.ts';
import { mergeRuns } from '../merge/merge-runs.ts';
import type { RecordedRun } from '../merge/read-run.ts';
import { readRun, recordIn } from '../merge/read-run.ts';
import { copyCases, findRuns } from '../merge/run-files.ts';
import { printableLines } from '../report/printable.ts';
import { createRunDirectory } from '../run/run-directory.ts';
import { rerunCommand, openReporter, reporterOption } from './reporter-option.ts';

type MergeOptions = { reporter: string[]; out: string };

/** `kexec-lab merge`: shards of a run become the run they are parts of. */
export function mergeCommand(): Command {
  return new Command('merge')
    .description('put the shards of a run together, and report on them as if they had been one')
    .argument('<directory...>', 'directories of runs, or directories that hold some')
    .addOption(reporterOption())
    .option('--out <directory>', 'where the merged run leaves its records', 'runs')
    .addHelpText('after', helpText)
    .action(merge);
}

const helpText = `
Examples:
  kexec-lab merge shards/1 shards/2
  kexec-lab merge downloaded --reporter github --reporter html=report.html

Exit codes: those of kexec-lab run, over all cases; 2 where a shard is missing, damaged or there twice. A run that was
killed or still goes on is reported as far as it has come; its cases without a result count as interrupted (130).`;

async function merge(directories: string[], options: MergeOptions): Promise<void> {
  const runs = findRuns(directories).map((path) => readRun(recordIn(path)));
  for (const { path, unfinished, start } of runs) {
    if (unfinished === null) continue;
    const text = `${path}: this run is not finished: it was killed, or still goes on; ${unfinished} of ${start.cases.length} cases have no result`;
    process.stderr.write(`${printableLines(text)}\n`);
  }
  // findRuns refuses where there is none.
  const some = runs as [RecordedRun, ...RecordedRun[]];
  // Looked at before anything is written, so that a missing shard leaves nothing behind.
  mergeRuns(some, { id: '', directory: '' });
  const reporter = openReporter(options.reporter, { rerun: rerunCommand });
  try {
    const { id, path, notLatest } = await createRunDirectory(options.out, new Date());
    if (notLatest !== null) process.stderr.write(`${printableLines(notLatest)}\n`);
    await copyCases(runs, path);
    const { events, report } = mergeRuns(some, { id, directory: path });
    writeRecord(join(path, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
    const log = openRecord(recordIn(path));
    for (const event of events) {
      log.write(`${JSON.stringify(event)}\n`);
      reporter.onEvent(event);
    }
    log.close();
    process.exitCode = report.exitCode;
  } catch (error) {
    reporter.onError(error as Error);
    throw error;
  } finally {
    await reporter.close();
  }
}
