import { join } from 'node:path';
import { openRecord, writeRecord } from '../host/files.ts';
import type { CaseResult } from '../model/result.ts';
import type { LabEvent, RunReport } from '../model/run.ts';
import { loadMachineProfile } from '../qemu/machine-profile.ts';
import type { Case } from '../scenario/scenario.ts';
import { caseReference } from '../scenario/select.ts';
import { describeEnvironment, createLab } from './lab.ts';
import { createRunDirectory, exitCodeOf, summarise } from './records.ts';
import { runWithRetries } from './retries.ts';
import type { RunOptions, UntimedEvent } from './run-case.ts';

/**
 * Runs the cases and passes each event to `emit`. The run directory contains `events.jsonl`, `report.json` and a
 * directory per case. Resolves with the report, whatever the verdicts.
 * @throws UnavailableError when the run directory cannot be created or the disk is full; ScenarioError when a machine
 *   profile cannot be read
 */
export async function runCases(
  cases: Case[],
  options: RunOptions,
  emit: (event: LabEvent) => void,
): Promise<RunReport> {
  const started = performance.now();
  const startedAt = new Date();
  // When a record cannot be written, the run ends, and so do the cases under way.
  const failure = new AbortController();
  const signal = AbortSignal.any([options.signal, failure.signal]);
  const lab = createLab({ ...options, signal }, (progress) => {
    tell({ type: 'images-progress', progress });
  });
  // Starts early, since QEMU takes long to print its version. Errors are reported by the case that asks again.
  for (const { arch } of cases) lab.qemu(arch).catch(() => undefined);
  const queue = slowestFirst(cases);
  const { id, path: directory, notLatest } = await createRunDirectory(options.out, startedAt);
  if (notLatest !== null) options.onNotice?.(notLatest);
  const log = openRecord(join(directory, 'events.jsonl'));
  const tell = (event: UntimedEvent): void => {
    const stamped: LabEvent = { at: Math.round(performance.now() - started), ...event };
    // Console lines are in the directories of the cases.
    if (event.type !== 'case-console') log.write(`${JSON.stringify(stamped)}\n`);
    emit(stamped);
  };
  const { jobs } = options;
  const onAbort = (): void => {
    try {
      tell({ type: 'interrupted', signal: String(options.signal.reason) });
    } catch {
      // The disk is full. The next write reports it; a signal handler must not throw.
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

/**
 * Runs `work` on each item, at most `width` at a time, started in order. Resolves with the results in the items' order.
 * @throws the first error, after everything that had started has ended; no further item is started after it
 */
export async function pool<Item, Result>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  const queue = items.entries();
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    // All workers share one iterator: a free worker takes the next item.
    for (const [index, item] of queue) {
      try {
        results[index] = await work(item);
      } catch (error) {
        failures.push(error);
      }
      if (failures.length > 0) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
  return results;
}

/**
 * Cases in the order in which they start: the slowest first, so that the end of a run does not wait for a single case.
 * Machines on the host's clock cannot skip idle time and take longest; then the scenario's limit counts; with the same
 * limit, a 32-bit machine takes about twice as long as a 64-bit one.
 * @throws ScenarioError for a machine profile that cannot be read
 */
export function slowestFirst(cases: readonly Case[]): Case[] {
  const isOnHostClock = ({ setup: { machine, shape } }: Case) =>
    loadMachineProfile(machine, shape).clock === 'host';
  const onHostClock = new Set(cases.filter(isOnHostClock));
  const weights = (case_: Case): [number, number, number] => [
    Number(onHostClock.has(case_)),
    case_.limits.total,
    Number(case_.arch === 'arm'),
  ];
  return cases.toSorted((a, b) => {
    const [ofA, ofB] = [weights(a), weights(b)];
    return ofB.map((weight, index) => weight - (ofA[index] ?? 0)).find(Boolean) ?? 0;
  });
}
