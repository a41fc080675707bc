/** What the commands that compare kernels have in common: their options, and the cases that boot the kernels. */
import type { Command } from 'commander';
import { Option } from 'commander';
import type { Arch } from '../../arch.ts';
import { exitCodes } from '../../errors.ts';
import { ensureRequirements } from '../../host/install.ts';
import { requirementsFor } from '../../host/requirements.ts';
import { printable } from '../../report/printable.ts';
import { needsOf } from '../../run/lab.ts';
import type { Case } from '../../scenario/scenario.ts';
import { expandCases } from '../../scenario/select.ts';
import { findScenarios } from '../find-scenarios.ts';
import { catchInterrupts } from '../interrupt.ts';
import type { MachineWords } from '../machine-options.ts';
import { machineOptions, onMachines, refuseImpossibleMachines } from '../machine-options.ts';
import { collect, jobsOption, mirrorOption, qemuDirOption } from '../options.ts';
import { ensureImageTools } from '../run-options.ts';

export type BootOptions = MachineWords & {
  jobs: number;
  out: string;
  json?: boolean;
  checkpoint: boolean;
  qemuDir?: string;
  mirror?: string;
  withDeps?: boolean;
};

/** Adds the options of `BootOptions`. @param out the usual directory of the records, and what is written there */
export function addBootOptions(
  command: Command,
  { out, written, printed }: { out: string; written: string; printed: string },
): Command {
  command
    .addOption(jobsOption())
    .option('--out <directory>', `directory for ${written}`, out)
    .option('--json', `print ${printed} as JSON`)
    .option('--no-checkpoint', 'boot every kernel from power-on')
    .addOption(qemuDirOption())
    .addOption(mirrorOption('Debian mirror to take kernels from'))
    .option('--with-deps', 'install missing system packages with apt');
  for (const option of machineOptions('plain')) command.addOption(option);
  return command;
}

/** An option whose values are collected. */
export function repeatable(flags: string, description: string, usual = 'none'): Option {
  return new Option(flags, description).argParser(collect(String)).default([], usual);
}

/** The cases of a scenario on the machines that were asked for. Missing tools are installed with `--with-deps`. */
export async function casesOfScenario(
  scenario: string,
  arch: readonly Arch[],
  options: BootOptions,
): Promise<Case[]> {
  const { qemuDir, withDeps = false } = options;
  const cases = expandCases(onMachines(findScenarios([scenario]), options, { arch }), {
    only: [...arch],
  });
  await ensureImageTools(withDeps);
  await ensureRequirements(requirementsFor(await needsOf(cases), qemuDir), withDeps);
  await refuseImpossibleMachines(cases, qemuDir);
  return cases;
}

/** Does work that Ctrl-C ends in order, with exit code 130. */
export async function interruptible(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const interrupt = catchInterrupts();
  try {
    await work(interrupt.signal);
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    process.exitCode = exitCodes.interrupted;
  } finally {
    interrupt.release();
  }
}

/** Progress and notices go to standard error. */
export function tell(text: string): void {
  process.stderr.write(`${printable(text)}\n`);
}

/** Prints a step once, however often it reports progress. */
export function tellSteps(): (step: string) => void {
  let last = '';
  return (step) => {
    if (step !== last) tell(step);
    last = step;
  };
}
