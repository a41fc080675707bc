import { join } from 'node:path';
import { openRecord, writeRecord } from '../host/record-file.ts';
import type { CaseResult } from '../model/result.ts';
import type { LabEvent, RunReport } from '../model/run.ts';
import { loadMachineProfile } from '../qemu/machine-spec.ts';
import type { Case } from '../scenario/scenario.ts';
import { caseReference } from '../scenario/select.ts';
import { describeEnvironment, createLab } from './lab.ts';
import type { RunOptions, Telling } from './needs.ts';
import { createRunDirectory, exitCodeOf, summarise } from './records.ts';
import { runWithRetries } from './retries.ts';

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

/**
 * Runs `work` over `items`, at most `width` at a time, started in order. Resolves with the results in the items' order.
 * Where one rejects, no further item is started, and the first error is thrown once all that had begun have ended.
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
    // All workers draw from one iterator: whoever is free takes the next item.
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
 * Cases in the order they are to start in: what takes long comes first, so that no core is alone with it at the end.
 * A machine on the host's clock cannot skip what it waits for and takes longest; then counts what the scenario allows;
 * with the same limits, a 32-bit machine takes about twice as long as a 64-bit one.
 * @throws ScenarioError for a machine profile that cannot be read
 */
export function slowestFirst(cases: readonly Case[]): Case[] {
  const machines = [...new Set(cases.map(({ setup }) => setup.machine))];
  const profiles = machines.map((name) => loadMachineProfile(name));
  const onHostClock = new Set(
    profiles.filter(({ clock }) => clock === 'host').map(({ name }) => name),
  );
  const weights = ({ arch, limits, setup }: Case): [number, number, number] => [
    Number(onHostClock.has(setup.machine)),
    limits.total,
    Number(arch === 'arm'),
  ];
  return cases.toSorted((a, b) => {
    const [ofA, ofB] = [weights(a), weights(b)];
    return ofB.map((weight, index) => weight - (ofA[index] ?? 0)).find(Boolean) ?? 0;
  });
}
