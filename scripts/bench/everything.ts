import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunReport } from '../../src/lab/result.ts';
import type { Case } from '../../src/scenario/scenario.ts';
import type { Performance } from '../performance-data.ts';
import { benchCase } from './cases.ts';
import { measure } from './measure.ts';
import { commandOf } from './ways.ts';

/**
 * Runs every case once by kexec-lab, with all it does by itself, and then one after the other by the script, which is told
 * the line to wait for: the one that decided in kexec-lab's run. Where that is a silence, it can only wait.
 */
export async function runEverything(
  cases: Case[],
  directory: string,
  signal: AbortSignal,
): Promise<Performance['all']> {
  const names = [...new Set(cases.map(({ scenario }) => scenario.name))];
  const out = join(directory, 'all');
  const lab = await measure(
    [process.execPath, 'dist/cli/main.js', 'run', ...names, '--out', out],
    signal,
  );
  const report = JSON.parse(readFileSync(join(out, 'latest/report.json'), 'utf8')) as RunReport;
  let script = 0;
  let notSeen = 0;
  for (const case_ of cases) {
    const result = report.results.find(({ scenario, arch }) => {
      return scenario === case_.scenario.name && arch === case_.arch;
    });
    if (result?.verdict !== 'pass') throw new Error(`${case_.id} did not pass`);
    const silent = ['bye-hang', 'console-lost', 'kernel-hang'].includes(result.outcome ?? '');
    const shown = result.evidence.filter(({ line }) => line !== null);
    // It is a loop when all of them have come; anything else is decided by the first.
    const deciding = result.outcome === 'reboot-loop' ? shown : shown.slice(0, 1);
    const milestones = silent ? ['Bye!', 'login:'] : deciding.map(({ text }) => withoutTime(text));
    const bench = await benchCase(case_, milestones, directory);
    const { wallSeconds, output } = await measure(commandOf(bench, 'expect', out), signal);
    const seen = output.startsWith('seen');
    if (!seen && !silent) notSeen += 1;
    // A script that waits for a line it cannot recognise is a bad script, not a slow one.
    if (seen || silent) script += wallSeconds;
    process.stderr.write(
      `${case_.id} by the script: ${wallSeconds} s, ${seen ? 'seen' : 'not seen'}\n`,
    );
  }
  return { cases: cases.length, script, lab: lab.wallSeconds, notSeen };
}

/** A line of the kernel's without its time stamp, which is never the same. */
function withoutTime(line: string): string {
  return line.replace(/^\[ *\d+\.\d+\] /, '').trim();
}
