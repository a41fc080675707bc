import { join } from 'node:path';
import { openRecord, writeRecord } from '../host/record-file.ts';
import type { CaseResult } from '../model/result.ts';
import type { LabEvent, RunReport } from '../model/run.ts';
import { caseReference } from '../scenario/expand.ts';
import type { Case } from '../scenario/scenario.ts';
import { describeEnvironment } from './environment.ts';
import { createLab } from './lab.ts';
import type { RunOptions, Telling } from './options.ts';
import { pool, slowestFirst } from './queue.ts';
import { runWithRetries } from './retries.ts';
import { createRunDirectory } from './run-directory.ts';
import { exitCodeOf, summarise } from './summary.ts';

/**
 * Runs the cases and tells `emit` about it. The run directory holds `events.jsonl`, `report.json` and a directory
 * per case. Resolves with the report whatever became of the cases.
 * @throws UnavailableError when the run directory cannot be made, or takes no more; ScenarioError when a machine
 * profile cannot be read.
 */
export async function runCases(
  cases: Case[],
  options: RunOptions,
  emit: (event: LabEvent) => void,
): Promise<RunReport> {
  const started = performance.now();
  const startedAt = new Date();
  // A run whose records cannot be written is over; so are the cases under way.
  const failure = new AbortController();
  const signal = AbortSignal.any([options.signal, failure.signal]);
  const lab = createLab({ ...options, signal }, (progress) => {
    tell({ type: 'images-progress', progress });
  });
  // QEMU takes its time to say its version. What is wrong with it is told to the case that asks again.
  for (const { arch } of cases) lab.qemu(arch).catch(() => undefined);
  const queue = slowestFirst(cases);
  const { id, path: directory, notLatest } = await createRunDirectory(options.out, startedAt);
  if (notLatest !== null) options.onNotice?.(notLatest);
  const log = openRecord(join(directory, 'events.jsonl'));
  const tell = (event: Telling): void => {
    const stamped: LabEvent = { at: Math.round(performance.now() - started), ...event };
    // The consoles' lines are in the cases' own directories.
    if (event.type !== 'case-console') log.write(`${JSON.stringify(stamped)}\n`);
    emit(stamped);
  };
  const { jobs } = options;
  const onAbort = (): void => {
    try {
      tell({ type: 'interrupted', signal: String(options.signal.reason) });
    } catch {
      // A disk that takes no more is told by whoever writes next, and not out of a signal's handler.
    }
  };
  options.signal.addEventListener('abort', onAbort);
  try {
    return await runAll();
  } finally {
    options.signal.removeEventListener('abort', onAbort);
    log.close();
  }

  async function runAll(): Promise<RunReport> {
    tell({
      type: 'run-started',
      schema: 'kexec-lab/events@1',
      id,
      startedAt: startedAt.toISOString(),
      directory,
      cases: cases.map(caseReference),
      jobs,
      ...(options.shard && { shard: options.shard }),
    });

    const finished = await pool(queue, jobs, async (case_) => {
      try {
        const asked = { ...options, signal };
        const result = await runWithRetries(case_, lab, directory, asked, tell);
        writeJson(join(directory, result.directory, 'result.json'), result);
        tell({ type: 'case-finished', case: caseReference(case_), result });
        return result;
      } catch (error) {
        failure.abort(error);
        throw error;
      }
    });
    const results = cases.map((case_) => finished[queue.indexOf(case_)] as CaseResult);

    const environment = await describeEnvironment(lab, options.candidate);
    tell({ type: 'environment', environment });
    const summary = summarise(results, Math.round(performance.now() - started) / 1000);
    const report: RunReport = {
      schema: 'kexec-lab/run@1',
      id,
      startedAt: startedAt.toISOString(),
      environment,
      results,
      summary,
      exitCode: exitCodeOf(summary),
    };
    writeJson(join(directory, 'report.json'), report);
    tell({ type: 'run-finished', report });
    return report;
  }
}

function writeJson(file: string, value: unknown): void {
  writeRecord(file, `${JSON.stringify(value, null, 2)}\n`);
}
