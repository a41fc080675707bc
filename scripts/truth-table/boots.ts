/** Boots: scenarios that are written for the occasion, and performed by the commands that a user has. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { stringify } from 'yaml';
import type { Arch } from '../../src/arch.ts';
import { runReportSchema } from '../../src/model/run.ts';
import type { CaseResult } from '../../src/model/result.ts';
import type { ScenarioFile } from '../../src/scenario/schema.ts';

/** A boot that has ended: its result, its console as text, and the version of QEMU. */
export type Boot = { result: CaseResult; console: string; qemu: string };

/** The steps to a root shell in the system that the kernel of a generation has just booted. */
export function logInTo(generation: number): NonNullable<ScenarioFile['steps']> {
  return [
    { wait: { signature: 'login-prompt', generation } },
    { type: 'root\n' },
    { wait: { signature: 'shell-prompt', generation } },
  ];
}

export type What = {
  name: string;
  boot: ScenarioFile['boot'];
  steps: ScenarioFile['steps'];
  expect: ScenarioFile['expect'];
};

/**
 * Boots scenarios of one architecture, which are written to `directory`; `options` go to `kexec-lab run`. Whatever outcome a boot has
 * is a result. Returns the boots in the order of `scenarios`. @throws Error if the lab could not boot one
 */
export async function bootAll(
  directory: string,
  arch: Arch,
  scenarios: readonly What[],
  options: readonly string[],
): Promise<Boot[]> {
  if (scenarios.length === 0) return [];
  mkdirSync(directory, { recursive: true });
  const limits = { total: 1200, silence: 180 };
  const files = scenarios.map(({ name, ...what }) => {
    const file = path.join(directory, `${name}.yaml`);
    const story = 'One cell of the truth table.';
    writeFileSync(file, stringify({ title: name, story, arch: [arch], ...what, limits }));
    return file;
  });
  const out = path.join(directory, `out-${scenarios[0]?.name}`);
  const words = ['run', ...files, '--jobs', '1', '--out', out, ...options];
  const stdio = { reject: false, stdout: 'inherit', stderr: 'inherit' } as const;
  const { exitCode } = await execa(process.execPath, ['dist/cli/main.js', ...words], stdio);
  if (exitCode !== 0 && exitCode !== 1)
    throw new Error(`kexec-lab ${words.join(' ')} ended with ${exitCode}`);
  const run = path.join(out, 'latest');
  const report = runReportSchema.parse(
    JSON.parse(readFileSync(path.join(run, 'report.json'), 'utf8')),
  );
  return scenarios.map(({ name }) => {
    const result = report.results.find(({ scenario }) => scenario === name);
    if (result === undefined) throw new Error(`${name} was not booted`);
    const raw = readFileSync(path.join(run, result.directory, 'console.raw'), 'utf8');
    return {
      result,
      console: raw.replaceAll('\r', ''),
      qemu: report.environment.qemu[arch]?.version ?? '',
    };
  });
}
