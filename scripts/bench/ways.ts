import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sampleLineSchema, signalLineSchema } from '../../src/model/boot.ts';
import type { StageTime } from '../../src/model/result.ts';
import { caseResultSchema } from '../../src/model/result.ts';
import type { Case } from '../../src/scenario/scenario.ts';
import type { Way } from '../performance-data.ts';
import type { BenchCase } from './cases.ts';
import { benchCase } from './cases.ts';
import type { Cost } from './measure.ts';
import { measure } from './measure.ts';

/** How often one command boots a case, where what each boot costs is asked. */
const repeats = 5;

export type Prepared = { bench: BenchCase; directory: string };

/** What a boot cost; `afterBye` is from "Bye!" to the verdict, where the machine died. */
export type Booted = Cost & { stages: StageTime[]; afterBye: number | null };

export async function prepare(
  case_: Case,
  milestones: string[],
  directory: string,
): Promise<Prepared> {
  return { bench: await benchCase(case_, milestones, directory), directory };
}

/** Boots a case one way; what it cost is of one boot. @throws Error where that did not come to what it should */
export async function bootByWay(
  { bench, directory }: Prepared,
  way: Way,
  signal: AbortSignal,
): Promise<Booted> {
  const out = join(directory, 'runs');
  const whole = await measure(commandOf(bench, way, out), signal);
  const boots = way === 'repeated' ? repeats : 1;
  const cost = {
    ...whole,
    wallSeconds: whole.wallSeconds / boots,
    cpuSeconds: whole.cpuSeconds / boots,
  };
  if (way === 'lab' || way === 'repeated' || way === 'checkpoint') {
    const place = join(out, 'latest', bench.arch, bench.scenario);
    const result = caseResultSchema.parse(
      JSON.parse(readFileSync(join(place, 'result.json'), 'utf8')),
    );
    if (result.verdict !== 'pass') throw new Error(`${bench.id}: ${result.reasons.join('; ')}`);
    return { ...cost, stages: result.stages, afterBye: secondsAfterBye(place) };
  }
  const afterBye = /TIMEOUT after (\S+)/.exec(cost.output)?.[1];
  return { ...cost, stages: [], afterBye: afterBye === undefined ? null : Number(afterBye) };
}

/** The command that boots a case one way. */
export function commandOf(
  { scenario, arch, command, milestones }: BenchCase,
  way: Way,
  out: string,
): string[] {
  const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const lab = [process.execPath, 'dist/cli/main.js', 'run', scenario, '--arch', arch, '--out', out];
  switch (way) {
    case 'bare':
      return ['bash', script('until-text.sh'), milestones.at(-1) ?? '', ...command];
    case 'expect':
      return [python, script('with_expect.py'), ...milestones, '--', ...command];
    case 'labgrid':
      return [python, script('with_labgrid.py'), ...milestones, '--', ...command];
    case 'lab':
      return [...lab, '--no-checkpoint'];
    case 'repeated':
      return [...lab, '--no-checkpoint', '--jobs', '1', '--repeat', String(repeats)];
    case 'checkpoint':
      return lab;
  }
}

/** The system's: pexpect and labgrid are Debian's packages. */
const python = '/usr/bin/python3';

/** From "Bye!" to the last look at the CPUs, which is the one that proved it. */
function secondsAfterBye(place: string): number | null {
  const lines = (name: string) => {
    const file = join(place, name);
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  };
  const signals = lines('signals.jsonl').map((line) => signalLineSchema.parse(JSON.parse(line)));
  const bye = signals.find(({ signature }) => signature === 'kexec-bye');
  const last = lines('samples.jsonl').at(-1);
  if (bye === undefined || last === undefined || last === '') return null;
  return sampleLineSchema.parse(JSON.parse(last)).at / 1000 - bye.seconds;
}
