import { Command, Option } from 'commander';
import type { Arch } from '../arch.ts';
import type { Candidate } from '../candidate/candidate.ts';
import type { CandidateWords } from '../candidate/parse-candidate.ts';
import { exitCodes, UsageError } from '../errors.ts';
import { cacheDirectory } from '../host/directories.ts';
import { ensureRequirements } from '../host/install.ts';
import { requirementsFor } from '../host/requirements.ts';
import { loadMachineProfile } from '../qemu/machine-profile.ts';
import { canRecord } from '../recording/manifest.ts';
import { printable, printableLines } from '../report/printable.ts';
import { showsConsole } from '../report/reporters.ts';
import { needsOf } from '../run/lab.ts';
import { runCases } from '../run/run.ts';
import type { Case } from '../scenario/scenario.ts';
import type { Shard } from '../scenario/select.ts';
import { caseReference } from '../scenario/select.ts';
import { serverScenarios } from '../server/server-scenarios.ts';
import { showImageProgress } from './images-build.ts';
import { catchInterrupts } from './interrupt.ts';
import type { MachineWords } from './machine-options.ts';
import { machineOptions, refuseImpossibleMachines } from './machine-options.ts';
import {
  archOption,
  excludeOption,
  jobsOption,
  mirrorOption,
  parseShard,
  qemuDirOption,
  scenariosOption,
  rootOption,
  serverOption,
  wholeNumber,
  limitRun,
  parseMinutes,
} from './options.ts';
import {
  addCandidateOptions,
  candidateOf,
  casesOf,
  namesCandidate,
  rerunCommand,
  openReporter,
  reporterOption,
} from './run-options.ts';
import { isOwnScenario } from './find-scenarios.ts';
import { casesToRun, partOf } from './selection.ts';
import { pasteableCommands } from './show.ts';

type RunOptions = CandidateWords &
  MachineWords & {
    arch: Arch[];
    scenarios: string[];
    jobs: number;
    repeat: number;
    retries: number;
    shard?: Shard;
    reporter: string[];
    out: string;
    tail?: boolean;
    explain?: boolean;
    record?: boolean;
    recordOnFailure?: number;
    qemuDir?: string;
    mirror?: string;
    withDeps?: boolean;
    checkpoint: boolean;
    dryRun?: boolean;
    exclude: string[];
    server: string[];
    root?: string;
    lastFailed?: boolean;
    maxFailures?: number;
    timeout?: number;
    quiet?: boolean;
  };

/** `kexec-lab run`: boots scenarios and reports their outcomes. */
export function runCommand(): Command {
  const command = new Command('run')
    .description(
      'boot scenarios, compare each with its expected outcome, and explain every difference',
    )
    .argument('[what...]', 'all, names, globs, labels, or scenario files')
    .addOption(archOption())
    .addOption(scenariosOption())
    .addOption(excludeOption())
    .addOption(serverOption())
    .addOption(rootOption())
    .option('--last-failed', 'only cases whose newest result in --out is not a pass')
    .addOption(jobsOption())
    .option('--repeat <n>', 'run every case n times', wholeNumber(1), 1)
    .option('--retries <n>', 'rerun cases that did not pass, up to n times', wholeNumber(0), 0)
    .option(
      '--max-failures <n>',
      'stop the run after n cases have failed (exit code 1)',
      wholeNumber(1),
    )
    .option('--timeout <minutes>', 'stop the run after this time (exit code 130)', parseMinutes)
    .option('--shard <i/n>', 'run only the i-th of n parts; kexec-lab merge joins them', parseShard)
    .addOption(reporterOption())
    .option('--out <directory>', 'directory for the records of the run', 'runs')
    .option('--explain', 'rerun silent failures with verbose kernel output')
    .option('--record', 'record every boot, for kexec-lab rewind (from power-on, in real time)')
    .addOption(
      new Option(
        '--record-on-failure <n>',
        'rerun failed cases with recording until they fail again, at most n times',
      )
        .argParser(wholeNumber(1))
        .conflicts('record'),
    )
    .option('--tail', 'show the console of running cases')
    .addOption(
      new Option('-q, --quiet', 'show only the cases that did not pass, and the summary').conflicts(
        'tail',
      ),
    )
    .addOption(qemuDirOption())
    .addOption(mirrorOption('Debian mirror to build images from'))
    .option('--no-checkpoint', 'boot every case from power-on, without shared checkpoints')
    .option('--with-deps', 'install missing system packages with apt')
    .option('--dry-run', 'show the cases and the commands that boot them; start nothing');
  for (const option of machineOptions('plain')) command.addOption(option);
  return addCandidateOptions(command).addHelpText('after', helpText).action(run);
}

const helpText = `
Examples:
  kexec-lab run all
  kexec-lab run 'arm-*' --tail
  kexec-lab run all --arch aarch64 --reporter tap --reporter json=report.json
  kexec-lab run ./my-scenario.yaml --repeat 3
  kexec-lab run quick --kernel debian:sid
  kexec-lab run --server web1.server.tar --tail
  kexec-lab run tutorial --machine ./my-machine.yaml
  kexec-lab run kexec-to-distro --kernel ./linux-image-6.12.deb --kexec-tools debian:trixie

Exit codes:
  0    all cases went as expected
  1    a case failed
  2    invalid arguments, or an invalid scenario
  4    no case selected
  5    the lab could not run a case
  130  interrupted`;

async function run(words: string[], options: RunOptions): Promise<void> {
  if (options.tail && !showsConsole(options.reporter)) {
    throw new UsageError('--tail needs a reporter that shows consoles', {
      hint: 'Add --reporter plain or --reporter plain=FILE, or leave --tail out.',
    });
  }
  const servers = await serverScenarios(options, cacheDirectory(), isOwnScenario);
  const all = await casesToRun([...words, ...servers], options);
  const candidate = namesCandidate(options)
    ? await candidateOf(withoutInstalling(options))
    : undefined;
  const whole = candidate === undefined ? all : casesOf(all, candidate);
  const { shard, ...others } = options;
  const cases = shard === undefined ? whole : partOf(whole, shard);
  if (options.dryRun) {
    await refuseImpossibleMachines(cases, options.qemuDir);
    await showPlan(cases, options.qemuDir, candidate);
    return;
  }
  if (options.record ?? options.recordOnFailure) tellWhatIsNotRecorded(cases);
  const reporter = openReporter(options.reporter, {
    rerun: rerunCommand,
    quiet: options.quiet ?? false,
  });
  const interrupt = catchInterrupts();
  const limits = limitRun(options);
  const signal = AbortSignal.any([interrupt.signal, limits.signal]);
  if (machineReadable(options.reporter)) {
    // The other reporters show this notice themselves.
    interrupt.signal.addEventListener('abort', () => {
      process.stderr.write('stopping; press Ctrl-C again to leave at once\n');
    });
  }
  try {
    const required = requirementsFor(await needsOf(cases, [candidate]), options.qemuDir);
    await ensureRequirements(required, options.withDeps ?? false);
    await refuseImpossibleMachines(cases, options.qemuDir);
    if (candidate !== undefined) await refuseUnusableIn(cases, candidate, options, signal);
    const report = await runCases(
      cases,
      {
        ...others,
        candidate,
        tail: options.tail ?? false,
        signal,
        onNotice: tellNotice,
        ...(shard && { shard: { ...shard, all: whole.map(caseReference) } }),
      },
      (event) => {
        reporter.onEvent(event);
        limits.note(event);
      },
    );
    process.exitCode = limits.failedOften() ? exitCodes.fail : report.exitCode;
  } catch (error) {
    reporter.onError(error as Error);
    throw error;
  } finally {
    await reporter.close();
    limits.release();
    interrupt.release();
  }
}

/** The options without `--with-deps` in a dry run, which installs nothing. */
function withoutInstalling(options: RunOptions): RunOptions {
  return options.dryRun ? { ...options, withDeps: false } : options;
}

function tellWhatIsNotRecorded(cases: Case[]): void {
  const profiles = cases.map(({ setup }) => loadMachineProfile(setup.machine, setup.shape));
  const others = new Set(profiles.filter((one) => !canRecord(one)).map(({ name }) => name));
  if (others.size === 0) return;
  const machines = [...others].sort().join(', ');
  process.stderr.write(
    `not recorded: machines with a network, several CPUs or an NVMe disk, which QEMU cannot record (${machines})\n`,
  );
}

function tellNotice(notice: string): void {
  process.stderr.write(`${printableLines(notice)}\n`);
}

/** Runs the preflight checks before any machine starts. @throws UsageError if no machine could start the candidate */
async function refuseUnusableIn(
  cases: Case[],
  candidate: Candidate,
  { mirror }: RunOptions,
  signal: AbortSignal,
): Promise<void> {
  const progress = showImageProgress();
  const how = { ...(mirror && { mirror }), signal, onProgress: progress.show };
  const { refuseUnusable } = await import('../candidate/preflight/preflight.ts');
  for (const arch of new Set(cases.map((case_) => case_.arch)))
    await refuseUnusable(candidate, arch, how);
  progress.end();
}

async function showPlan(
  cases: Case[],
  qemuDir: string | undefined,
  candidate: Candidate | undefined,
): Promise<void> {
  for (const { id, scenario, arch, setup } of cases) {
    const commands = await pasteableCommands(scenario.name, arch, setup, { qemuDir, candidate });
    process.stdout.write(`# ${printable(id)}\n${printableLines(commands)}\n\n`);
  }
}

function machineReadable(requests: string[]): boolean {
  return requests.some((request) => ['json', 'tap', 'junit', 'html'].includes(request));
}
