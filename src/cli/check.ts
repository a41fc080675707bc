import { Command, Option } from 'commander';
import type { Arch } from '../arch.ts';
import type { Candidate } from '../candidate/candidate.ts';
import type { CandidateWords } from '../candidate/parse-candidate.ts';
import { byDisk, expectedBoots } from '../candidate/preflight/load-facts.ts';
import { preflight } from '../candidate/preflight/preflight.ts';
import { loadRecord } from '../compare/record.ts';
import { exitCodes, UsageError } from '../errors.ts';
import { cacheDirectory } from '../host/directories.ts';
import { ensureRequirements } from '../host/install.ts';
import { requirementsFor } from '../host/requirements.ts';
import { printable } from '../report/printable.ts';
import { standardOutput } from '../report/reporter.ts';
import { createStyle } from '../report/style.ts';
import { needsOf } from '../run/lab.ts';
import type { Case } from '../scenario/scenario.ts';
import { serverScenarios } from '../server/server-scenarios.ts';
import { bootSides } from './boot-sides.ts';
import { isOwnScenario } from './find-scenarios.ts';
import { baselineOf, casesToCompare, usualShapes } from './selection.ts';
import type { ComparisonOptions } from './compare.ts';
import { checkComparisonFiles, comparisonOptions, showComparison } from './compare.ts';
import { catchInterrupts } from './interrupt.ts';
import type { MachineWords } from './machine-options.ts';
import { machineOptions, refuseImpossibleMachines } from './machine-options.ts';
import {
  archOption,
  collect,
  jobsOption,
  mirrorOption,
  qemuDirOption,
  scenariosOption,
  rootOption,
  serverOption,
  wholeNumber,
} from './options.ts';
import { describe } from './preflight.ts';
import { addCandidateOptions, candidateOf, casesOf } from './run-options.ts';

type CheckOptions = CandidateWords &
  MachineWords &
  ComparisonOptions & {
    baseline?: string;
    against?: string;
    arch: Arch[];
    scenarios: string[];
    server: string[];
    root?: string;
    jobs: number;
    repeat: number;
    from: string[];
    out: string;
    checkpoint: boolean;
    qemuDir?: string;
    mirror?: string;
    withDeps?: boolean;
  };

/** The current kernel by default: the second kernel that the images contain (images/distro-kernel.yaml), and a server's own. */
const ownKernels = { lab: "the lab's own kernel", server: "the server's own kernel" };

/** `kexec-lab check`: decides whether a kernel can be rolled out. */
export function checkCommand(): Command {
  const command = new Command('check')
    .description('boot a new kernel and the current one, compare them, and decide ROLL or HOLD')
    .argument('[what...]', 'scenarios to boot (default: those labelled check)')
    .addOption(
      new Option(
        '--baseline <candidate>',
        `the current kernel (default: ${ownKernels.lab}, or the server's)`,
      ).conflicts('against'),
    )
    .option('--against <file>', 'earlier results of the current kernel: a baseline file or a run')
    .addOption(
      new Option(
        '--from <kernels>',
        'first kernels that your servers run: each scenario is booted from each (repeatable; default scenario: kexec-to-distro)',
      )
        .argParser(collect(String))
        .default([], "the lab's own")
        .conflicts(['firstKernel', 'server']),
    )
    .addOption(archOption())
    .addOption(scenariosOption())
    .addOption(serverOption())
    .addOption(rootOption())
    .addOption(jobsOption())
    .option('--repeat <n>', 'boot every case n times with each kernel', wholeNumber(1), 3)
    .option('--out <directory>', 'directory for the records of the runs', 'runs')
    .option('--no-checkpoint', 'boot every case from power-on')
    .addOption(qemuDirOption())
    .addOption(mirrorOption('Debian mirror to build images from'))
    .option('--with-deps', 'install missing system packages with apt');
  for (const option of [...machineOptions(usualShapes.join(', ')), ...comparisonOptions()])
    command.addOption(option);
  return addCandidateOptions(command).addHelpText('after', helpText).action(check);
}

const helpText = `
Examples:
  kexec-lab check --kernel debian:trixie
  kexec-lab check --kernel debian:bookworm-backports --baseline debian:bookworm --arch arm
  kexec-lab check --kernel ./linux-image-6.12_arm64.deb --against baseline.json
  kexec-lab check --kernel debian:trixie --shape plain --shape gicv3-uefi
  kexec-lab check --kernel debian:trixie --server web1.server.tar --server db1.server.tar
  kexec-lab check --kernel debian:trixie --machine ./my-machine.yaml
  kexec-lab check --kernel debian:trixie --from debian:bullseye,debian:bookworm

Exit codes:
  0    ROLL: the new kernel can be rolled out
  2    invalid arguments
  5    a tool is missing
  7    HOLD: do not roll out
  130  interrupted`;

async function check(words: string[], options: CheckOptions): Promise<void> {
  if (options.kernel === undefined && options.firstKernel === undefined) {
    throw new UsageError('no kernel to check', {
      hint: 'Name the new kernel with --kernel, or the new first kernel with --first-kernel. To check only kexec-tools or an initramfs, name the current kernel with --kernel.',
    });
  }
  checkComparisonFiles(options);
  const known = options.against === undefined ? null : await loadRecord(options.against);
  const servers = await serverScenarios(options, cacheDirectory(), isOwnScenario);
  const selected = casesToCompare(words, servers, options, known?.record ?? null);
  const candidate = await candidateOf(options);
  const current = await baselineOf(options);
  const all = options.from.length === 0 ? selected : await casesFrom(selected, options);
  const cases = [candidate, ...(current === null ? [] : [current])].reduce(casesOf, all);
  // The baseline is booted only if its results are not known.
  const sides = known === null ? [candidate, current ?? undefined] : [candidate];
  const interrupt = catchInterrupts();
  const { signal } = interrupt;
  try {
    await ensureRequirements(
      requirementsFor(await needsOf(cases, sides), options.qemuDir),
      options.withDeps ?? false,
    );
    await refuseImpossibleMachines(cases, options.qemuDir);
    const stops = await showPreflight(candidate, cases, options, signal);
    const own = servers.length > 0 && words.length === 0 ? ownKernels.server : ownKernels.lab;
    const booted = { cases, known, current: current ?? undefined, candidate };
    const output = progressOutput(options);
    const { before, after } = await bootSides(booted, { ...options, own, output }, signal);
    if (before === null || after === null) {
      process.exitCode = exitCodes.interrupted;
      return;
    }
    const baseline = {
      name: options.against ?? current?.label.kernel ?? own,
      ...before,
    };
    const named = { name: candidate.label.kernel, ...after };
    await showComparison(baseline, named, options, stops);
  } finally {
    interrupt.release();
  }
}

/** The cases once for each of the first kernels of `--from`. */
async function casesFrom(cases: readonly Case[], { from, mirror }: CheckOptions): Promise<Case[]> {
  const onStep = (step: string) => process.stderr.write(`${printable(step)}\n`);
  const { openArchive, fromKernels } = await import('../pairs/plan-pairs.ts');
  return fromKernels(cases, from, openArchive({ ...(mirror && { mirror }), onStep }));
}

/** Progress goes to standard output, or to standard error if standard output is JSON. */
function progressOutput({ json }: CheckOptions) {
  return standardOutput(json ? process.stderr : process.stdout);
}

/** Prints what the preflight checks find, before anything boots. Returns the reasons to hold. */
async function showPreflight(
  candidate: Candidate,
  cases: readonly Case[],
  options: CheckOptions,
  signal: AbortSignal,
): Promise<string[]> {
  const output = progressOutput(options);
  const stops: string[] = [];
  for (const ofDisk of byDisk(cases)) {
    const [{ arch, scenario }] = ofDisk;
    const boots = expectedBoots(ofDisk);
    const examination = await preflight(candidate, arch, {
      signal,
      ...boots,
      ...(options.mirror && { mirror: options.mirror }),
    });
    const where = boots.disk === undefined ? arch : `${arch} ${scenario.name}`;
    output.write(describe(where, candidate.label.kernel, examination, createStyle(output)));
    for (const { severity, id, message } of examination.findings) {
      if (severity === 'stop') stops.push(`${where} preflight (${id}): ${message}`);
    }
  }
  return stops;
}
