import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import type { Arch } from '../arch.ts';
import type { Candidate } from '../candidate/candidate.ts';
import type { CandidateWords } from '../candidate/parse-candidate.ts';
import { countPairs } from '../compare/pair-findings.ts';
import { exitCodes, NothingSelectedError, UsageError } from '../errors.ts';
import { namedFileError } from '../file-error.ts';
import { writeRecord } from '../host/files.ts';
import { ensureRequirements } from '../host/install.ts';
import { requirementsFor } from '../host/requirements.ts';
import type { Pairs, PairTable } from '../model/pairs.ts';
import { bootPairs } from '../pairs/boot-pairs.ts';
import type { PairCase } from '../pairs/cells.ts';
import { findKernels } from '../pairs/kernels.ts';
import { knownCells, mergePairs, readPairs, writePairs } from '../pairs/record.ts';
import { createKeys, fillIn, partOfPairs, planTable, seenFrom } from '../pairs/tables.ts';
import { findQemu } from '../qemu/find-qemu.ts';
import { pairsPage } from '../report/html/pairs-page.ts';
import { pairsMarkdown, pairsText } from '../report/pairs-text.ts';
import { printable, printableJson } from '../report/printable.ts';
import { standardOutput } from '../report/reporter.ts';
import { count } from '../report/result-text.ts';
import { createStyle } from '../report/style.ts';
import { needsOf } from '../run/lab.ts';
import type { Case } from '../scenario/scenario.ts';
import type { Shard } from '../scenario/select.ts';
import { expandCases } from '../scenario/select.ts';
import { findScenarios } from './find-scenarios.ts';
import { catchInterrupts } from './interrupt.ts';
import type { MachineWords } from './machine-options.ts';
import { machineOptions, onMachines, refuseImpossibleMachines } from './machine-options.ts';
import {
  archOption,
  collect,
  jobsOption,
  mirrorOption,
  parseShard,
  qemuDirOption,
  wholeNumber,
} from './options.ts';
import { openReporter, rerunCommand } from './run-options.ts';

type PairsOptions = MachineWords & {
  from: string[];
  to: string[];
  kexecTools: string[];
  cure?: boolean;
  known: string[];
  boot: boolean;
  arch: Arch[];
  jobs: number;
  retries: number;
  shard?: Shard;
  out: string;
  json?: boolean;
  checkpoint: boolean;
  qemuDir?: string;
  mirror?: string;
  withDeps?: boolean;
};

/** The scenario whose kernels are replaced: the plainest kexec there is. */
const scenario = 'kexec-to-distro';

/** `kexec-lab pairs`: which kernel comes up after which. */
export function pairsCommand(): Command {
  const command = new Command('pairs')
    .description('boot each kernel after each other one, and draw a table of what comes up')
    .argument('[kernels...]', 'kernels for both sides, as --from and --to take them')
    .option('--from <kernels>', 'first kernels (repeatable)', collect(String), [])
    .option(
      '--to <kernels>',
      'kernels that they start with kexec (repeatable)',
      collect(String),
      [],
    )
    .option(
      '--kexec-tools <source>',
      "kexec-tools that load them, instead of the provider's: debian:SUITE, a .deb, or a kexec program (repeatable: a table each)",
      collect(String),
      [],
    )
    .option('--cure', 'give kexec the options that are known to help')
    .addOption(archOption())
    .addOption(jobsOption())
    .option('--retries <n>', 'boot a pair that failed again, up to n times', wholeNumber(0), 1)
    .option('--shard <i/n>', 'boot only the i-th of n parts; --known joins them', parseShard)
    .option(
      '--known <file>',
      'take over the results in this pairs.json (repeatable)',
      collect(String),
      [],
    )
    .option('--no-boot', 'boot nothing; show what is known')
    .option('--out <directory>', 'directory for the tables and the records', 'pairs')
    .option('--json', 'print the tables as JSON')
    .option('--no-checkpoint', 'boot every pair from power-on')
    .addOption(qemuDirOption())
    .addOption(mirrorOption('Debian mirror to take kernels from'))
    .option('--with-deps', 'install missing system packages with apt');
  for (const option of machineOptions('plain')) command.addOption(option);
  return command.addHelpText('after', helpText).action(pairs);
}

const helpText = `
Kernels:
  all                     every kernel of Debian's archive: bookworm, trixie, their backports, sid, experimental
  debian:SUITE/all        every kernel of a suite
  debian:SUITE[/PACKAGE]  one kernel; several with commas between them
  FILE.deb, a directory   a kernel of yours, for --to

Examples:
  kexec-lab pairs debian:bookworm,debian:trixie,debian:sid --arch aarch64
  kexec-lab pairs --from debian:bookworm --to debian:sid/all --arch arm --cure
  kexec-lab pairs --from debian:bookworm,debian:trixie --to ./linux-image-7.1_arm64.deb

The tables are pairs.json, pairs.html and pairs.md in --out. A pair whose images, machine and programs have not
changed is not booted again, so an interrupted command goes on where it was.

Exit codes:
  0    every pair came up
  1    a pair failed
  2    invalid arguments
  4    no kernel is for the architecture
  5    the lab could not boot a pair, or a tool is missing
  130  interrupted`;

async function pairs(words: string[], options: PairsOptions): Promise<void> {
  const [from, to] = [options.from, options.to].map((own) => (own.length > 0 ? own : words));
  if (!from?.length || !to?.length)
    throw new UsageError('no kernels to pair', {
      hint: 'Name kernels for both sides, or with --from and --to. For example: kexec-lab pairs debian:bookworm,debian:sid.',
    });
  const interrupt = catchInterrupts();
  const { signal } = interrupt;
  try {
    const { arch } = options;
    const bases = expandCases(onMachines(findScenarios([scenario]), options, { arch }), {
      only: arch,
    });
    await ensureRequirements(
      requirementsFor(await needsOf(bases), options.qemuDir),
      options.withDeps ?? false,
    );
    await refuseImpossibleMachines(bases, options.qemuDir);
    const read = createReader(options, signal);
    const planned = await planPairs(bases, { from, to }, options, read, signal);
    const done = await complete(planned, options, read, signal);
    showTables(done, options);
    process.exitCode = signal.aborted ? exitCodes.interrupted : exitCodeOf(done);
  } finally {
    interrupt.release();
  }
}

type Reader = (words: CandidateWords) => Promise<Candidate>;

/** Reads kernels, each once. */
function createReader({ mirror }: PairsOptions, signal: AbortSignal): Reader {
  const known = new Map<string, Promise<Candidate>>();
  const read = async (words: CandidateWords): Promise<Candidate> => {
    const { readCandidate } = await import('../candidate/read-candidate.ts');
    return readCandidate(words, { ...(mirror && { mirror }), signal, onStep: tell });
  };
  return (words) => {
    const key = JSON.stringify(words);
    const found = known.get(key) ?? read(words);
    known.set(key, found);
    return found;
  };
}

/** @throws NothingSelectedError if no architecture has kernels on both sides */
async function planPairs(
  bases: readonly Case[],
  words: { from: string[]; to: string[] },
  { mirror, kexecTools, cure = false }: PairsOptions,
  read: Reader,
  signal: AbortSignal,
): Promise<PairCase[]> {
  const options = {
    ...(mirror && { mirror }),
    ...{ signal, onStep: tell },
    onLeftOut: (suite: string, why: string) => {
      tell(`Debian ${suite} is left out: ${why}`);
    },
  };
  const tools = kexecTools.length > 0 ? kexecTools : [undefined];
  const planned: PairCase[] = [];
  for (const base of bases) {
    const find = (axis: string[], as: 'firstKernel' | 'kernel') =>
      findKernels(axis, base.arch, { ...options, read: (word) => read({ [as]: word }) });
    const kernels = {
      from: await find(words.from, 'firstKernel'),
      to: await find(words.to, 'kernel'),
    };
    for (const each of tools) planned.push(...planTable(base, kernels, { kexecTools: each, cure }));
  }
  if (planned.length > 0) return planned;
  throw new NothingSelectedError('no architecture has a kernel on both sides', {
    hint: 'Name kernels for the same architecture with --from and --to, or leave --arch out.',
  });
}

/** The tables with what is known, and with the results of the pairs that were not. */
async function complete(
  planned: readonly PairCase[],
  options: PairsOptions,
  read: Reader,
  signal: AbortSignal,
): Promise<Pairs> {
  const { shard, ...others } = options;
  const { out, qemuDir } = others;
  const asked = tablesOf(planned.map(({ table }) => table));
  const earlier = await earlierPairs(options);
  const keyOf = createKeys(
    read,
    async ({ case: { arch } }) => (await findQemu(arch, qemuDir)).version,
  );
  const unknown = await fillIn(planned, knownCells(earlier), keyOf);
  const open = shard === undefined ? unknown : partOfPairs(unknown, shard);
  const boots = options.boot ? open.length : 0;
  const known = planned.length - unknown.length;
  tell(`${count(planned.length, 'pair')}: ${known} known, ${boots} to boot`);
  await mkdir(out, { recursive: true }).catch((cause: unknown) => {
    throw namedFileError(cause, { place: out, doing: 'write the tables' });
  });
  const save = () => {
    writePairs(join(out, 'pairs.json'), mergePairs(earlier, asked));
  };
  save();
  if (boots === 0) return asked;
  const output = standardOutput(options.json ? process.stderr : process.stdout);
  const reporter = openReporter([], { rerun: rerunCommand }, () => output);
  try {
    const onEvent = reporter.onEvent.bind(reporter);
    await bootPairs(open, { ...others, keyOf, onCell: save, signal, onNotice: tell }, onEvent);
  } catch (error) {
    reporter.onError(error as Error);
    throw error;
  } finally {
    await reporter.close();
  }
  return asked;
}

function tablesOf(tables: readonly PairTable[]): Pairs {
  return { schema: 'kexec-lab/pairs@1', tables: [...new Set(tables)] };
}

/** What earlier commands and the files of `--known` say. */
async function earlierPairs({ out, known }: PairsOptions): Promise<Pairs> {
  let found = tablesOf([]);
  const own = join(out, 'pairs.json');
  for (const file of [...known, own]) {
    const pairs = await readPairs(file);
    if (pairs === null && file !== own)
      throw new UsageError('there is no such file', { place: file, hint: 'Correct --known.' });
    if (pairs !== null)
      found = mergePairs(found, seenFrom(resolve(out), pairs, dirname(resolve(file))));
  }
  return found;
}

function showTables(pairs: Pairs, { out, json }: PairsOptions): void {
  const output = standardOutput();
  output.write(json ? `${printableJson(pairs)}\n` : `\n${pairsText(pairs, createStyle(output))}`);
  const files = { 'pairs.html': pairsPage(pairs), 'pairs.md': pairsMarkdown(pairs) };
  for (const [name, text] of Object.entries(files)) writeRecord(join(out, name), text);
  tell(`tables: ${join(out, 'pairs.html')}`);
}

function exitCodeOf({ tables }: Pairs): number {
  const counts = tables.map(countPairs);
  if (counts.some(({ failed }) => failed > 0)) return exitCodes.fail;
  return counts.some(({ missing }) => missing > 0) ? exitCodes.unavailable : exitCodes.ok;
}

/** Progress and notices go to standard error. */
function tell(text: string): void {
  process.stderr.write(`${printable(text)}\n`);
}
