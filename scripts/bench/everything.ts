import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunReport } from '../../src/model/run.ts';
import { runReportSchema } from '../../src/model/run.ts';
import type { Case } from '../../src/scenario/scenario.ts';
import type { Performance } from '../performance-data.ts';
import { benchCase } from './cases.ts';
import { measure } from './measure.ts';
import { commandOf } from './ways.ts';

/**
 * Runs every case one after the other by the script, which is told the line to wait for: the one that decided in a run of
 * kexec-lab's. Where that is a silence, it can only wait. Then kexec-lab runs the same scenarios in one command, with all it
 * does by itself. A script that waits for a line it cannot recognise is a bad script, not a slow one: those scenarios are
 * left out for both.
 */
export async function runEverything(
  cases: Case[],
  directory: string,
  signal: AbortSignal,
): Promise<NonNullable<Performance['all']>> {
  const out = join(directory, 'all');
  const names = [...new Set(cases.map(({ scenario }) => scenario.name))];
  const { report } = await runLab(names, out, signal);
  const seconds = new Map<Case, number>();
  for (const case_ of cases) {
    const { milestones, silent } = milestonesOf(case_, report);
    const bench = await benchCase(case_, milestones, directory);
    const { wallSeconds, output } = await measure(commandOf(bench, 'expect', out), signal);
    const seen = output.startsWith('seen');
    if (seen || silent) seconds.set(case_, wallSeconds);
    process.stderr.write(
      `${case_.id} by the script: ${wallSeconds} s, ${seen ? 'seen' : silent ? 'silent' : 'not seen'}\n`,
    );
  }
  const comparable = names.filter((name) => {
    return cases.every((case_) => case_.scenario.name !== name || seconds.has(case_));
  });
  const compared = cases.filter(({ scenario }) => comparable.includes(scenario.name));
  const { wallSeconds } = await runLab(comparable, out, signal);
  return {
    date: new Date().toISOString().slice(0, 10),
    cases: compared.length,
    leftOut: names.filter((name) => !comparable.includes(name)),
    script: compared.reduce((sum, case_) => sum + (seconds.get(case_) ?? 0), 0),
    lab: wallSeconds,
  };
}

async function runLab(
  names: string[],
  out: string,
  signal: AbortSignal,
): Promise<{ wallSeconds: number; report: RunReport }> {
  const command = [process.execPath, 'dist/cli/main.js', 'run', ...names, '--out', out];
  const { wallSeconds } = await measure(command, signal);
  const report = runReportSchema.parse(
    JSON.parse(readFileSync(join(out, 'latest/report.json'), 'utf8')),
  );
  const failed = report.results.find(({ verdict }) => verdict !== 'pass');
  if (failed !== undefined) throw new Error(`${failed.arch}/${failed.scenario} did not pass`);
  process.stderr.write(`${report.results.length} cases by kexec-lab: ${wallSeconds} s\n`);
  return { wallSeconds, report };
}

/** What a script must wait for; `silent` where nothing comes that it could see. */
function milestonesOf(
  { scenario, arch }: Case,
  { results }: RunReport,
): { milestones: string[]; silent: boolean } {
  const result = results.find((one) => one.scenario === scenario.name && one.arch === arch);
  const silent = ['bye-hang', 'console-lost', 'kernel-hang'].includes(result?.outcome ?? '');
  if (silent) return { milestones: ['Bye!', 'login:'], silent };
  const shown = result?.evidence.filter(({ line }) => line !== null) ?? [];
  // It is a loop when all of them have come; anything else is decided by the first.
  const deciding = result?.outcome === 'reboot-loop' ? shown : shown.slice(0, 1);
  return { milestones: deciding.map(({ text }) => withoutTime(text)), silent };
}

/** A line of the kernel's without its time stamp, which is never the same. */
function withoutTime(line: string): string {
  return line.replace(/^\[ *\d+\.\d+\] /, '').trim();
}
