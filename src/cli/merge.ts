import { join } from 'node:path';
import { Command } from 'commander';
import { openRecord, writeRecord } from '../host/files.ts';
import { mergeRuns } from '../merge/merge-runs.ts';
import type { RecordedRun } from '../merge/read-run.ts';
import { readRun, recordIn, copyCases, findRuns } from '../merge/read-run.ts';
import { printableLines } from '../report/printable.ts';
import { createRunDirectory } from '../run/records.ts';
import { rerunCommand, openReporter, reporterOption } from './run-options.ts';

type MergeOptions = { reporter: string[]; out: string };

/** `kexec-lab merge`: merges the shards of a run into one run. */
export function mergeCommand(): Command {
  return new Command('merge')
    .description('merge sharded runs into one run and report on it')
    .argument('<directory...>', 'run directories, or directories that contain them')
    .addOption(reporterOption())
    .option('--out <directory>', 'directory for the records of the merged run', 'runs')
    .addHelpText('after', helpText)
    .action(merge);
}

const helpText = `
Examples:
  kexec-lab merge shards/1 shards/2
  kexec-lab merge downloaded --reporter github --reporter html=report.html

The exit codes are those of kexec-lab run, for all cases together. A missing, damaged or duplicate shard is an
error (exit code 2). Cases of an unfinished run that have no result count as interrupted (130).`;

async function merge(directories: string[], options: MergeOptions): Promise<void> {
  const runs = findRuns(directories).map((path) => readRun(recordIn(path)));
  for (const { path, unfinished, start } of runs) {
    if (unfinished === null) continue;
    const text = `${path}: unfinished run (killed, or still running): ${unfinished} of ${start.cases.length} cases have no result`;
    process.stderr.write(`${printableLines(text)}\n`);
  }
  // findRuns throws if there is none.
  const some = runs as [RecordedRun, ...RecordedRun[]];
  // Tried before anything is written, so that a missing shard leaves no files.
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
