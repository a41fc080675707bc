import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import type { Arch } from '../../arch.ts';
import { countPairs } from '../../compare/pair-findings.ts';
import { exitCodes, UsageError } from '../../errors.ts';
import { namedFileError } from '../../file-error.ts';
import { writeRecord } from '../../host/files.ts';
import type { Pairs } from '../../model/pairs.ts';
import { bootPairs } from '../../pairs/boot-pairs.ts';
import type { PairCase } from '../../pairs/cells.ts';
import type { Archive } from '../../pairs/plan-pairs.ts';
import { openArchive, planPairs } from '../../pairs/plan-pairs.ts';
import {
  knownCells,
  mergePairs,
  readEarlier,
  tablesName,
  tablesOf,
  writePairs,
} from '../../pairs/record.ts';
import { createKeys, fillIn, partOfPairs } from '../../pairs/tables.ts';
import { findQemu } from '../../qemu/find-qemu.ts';
import { pairsPage } from '../../report/html/pairs-page.ts';
import { cellAt, pairsMarkdown, pairsText } from '../../report/pairs-text.ts';
import { printableJson } from '../../report/printable.ts';
import { standardOutput } from '../../report/reporter.ts';
import { count } from '../../report/result-text.ts';
import { createStyle } from '../../report/style.ts';
import type { Shard } from '../../scenario/select.ts';
import { archOption, parseShard, wholeNumber } from '../options.ts';
import { openReporter, rerunCommand } from '../run-options.ts';
import type { BootOptions } from './boot-options.ts';
import {
  addBootOptions,
  casesOfScenario,
  interruptible,
  repeatable,
  tell,
  tellSteps,
} from './boot-options.ts';

type PairsOptions = BootOptions & {
  from: string[];
  to: string[];
  kexecTools: string[];
  cure?: boolean;
  known: string[];
  boot: boolean;
  arch: Arch[];
  retries: number;
  shard?: Shard;
};

/** The scenario whose kernels are replaced: the plainest kexec there is. */
const scenario = 'kexec-to-distro';

/** `kexec-lab pairs`: which kernel comes up after which. */
export function pairsCommand(): Command {
  const command = new Command('pairs')
    .description('boot each kernel after each other one, and draw a table of what comes up')
    .argument('[kernels...]', 'kernels for both sides, as --from and --to take them')
    .addOption(repeatable('--from <kernels>', 'first kernels (repeatable)'))
    .addOption(repeatable('--to <kernels>', 'kernels that they start with kexec (repeatable)'))
    .addOption(
      repeatable(
        '--kexec-tools <source>',
        'kexec-tools that load them: debian:SUITE, a .deb, or a kexec program (repeatable: a table each)',
        "the provider's",
      ),
    )
    .option('--cure', 'give kexec the --image-size that 32-bit arm kernels need')
    .addOption(archOption())
    .option('--retries <n>', 'boot a pair that failed again, up to n times', wholeNumber(0), 1)
    .option('--shard <i/n>', 'boot only the i-th of n parts; --known joins them', parseShard)
    .addOption(
      repeatable('--known <file>', 'take over the results in this pairs.json (repeatable)'),
    )
    .option('--no-boot', 'boot nothing; show what is known');
  addBootOptions(command, {
    ...{ out: 'pairs', written: 'the tables and the records', printed: 'the tables' },
  });
  return command.addHelpText('after', helpText).action(pairs);
}

const helpText = `
Kernels:
  debian:SUITE[/PACKAGE]      one kernel; several with commas between them
  'debian:trixie*/7.*-arm64'  those whose suite and release match; * is any text
  all                         all of bookworm, trixie, their backports, sid and experimental: over a hundred
  FILE.deb, a directory       a kernel of yours, for --to

Examples:
  kexec-lab pairs debian:bookworm,debian:trixie,debian:sid --arch aarch64
  kexec-lab pairs --from debian:bookworm --to 'debian:sid/*' --arch arm --cure
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
  await interruptible(async (signal) => {
    const bases = await casesOfScenario(scenario, options.arch, options);
    const { mirror } = options;
    const archive = openArchive({ ...(mirror && { mirror }), signal, onStep: tellSteps() });
    const planned = await planPairs(bases, { from, to }, options, archive);
    const done = await complete(planned, options, archive, signal);
    showTables(done.pairs, options);
    process.exitCode = signal.aborted ? exitCodes.interrupted : exitCodeOf(done);
  });
}

/** The tables that were asked for, and how many of the pairs that were to be booted have no result. */
type Done = { pairs: Pairs; untold: number };

/** The tables with what is known, and with the results of the pairs that were not. */
async function complete(
  planned: readonly PairCase[],
  options: PairsOptions,
  { read }: Archive,
  signal: AbortSignal,
): Promise<Done> {
  const { shard, ...others } = options;
  const { out, qemuDir } = others;
  const asked = tablesOf(planned.map(({ table }) => table));
  const earlier = await readEarlier(out, options.known);
  const keyOf = createKeys(read, async (arch) => (await findQemu(arch, qemuDir)).version);
  const unknown = await fillIn(planned, knownCells(earlier), keyOf);
  const open = shard === undefined ? unknown : partOfPairs(unknown, shard);
  const boots = options.boot ? open.length : 0;
  const known = planned.length - unknown.length;
  tell(`${count(planned.length, 'pair')}: ${known} known, ${boots} to boot`);
  await mkdir(out, { recursive: true }).catch((cause: unknown) => {
    throw namedFileError(cause, { place: out, doing: 'write the tables' });
  });
  const save = () => {
    writePairs(join(out, tablesName), mergePairs(earlier, asked));
  };
  save();
  if (boots === 0) return { pairs: asked, untold: 0 };
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
  const untold = open.filter(({ from, to, table }) => cellAt(table, from, to) === null);
  return { pairs: asked, untold: untold.length };
}

function showTables(pairs: Pairs, { out, json }: PairsOptions): void {
  const output = standardOutput();
  output.write(json ? `${printableJson(pairs)}\n` : `\n${pairsText(pairs, createStyle(output))}`);
  const files = { 'pairs.html': pairsPage(pairs), 'pairs.md': pairsMarkdown(pairs) };
  for (const [name, text] of Object.entries(files)) writeRecord(join(out, name), text);
  tell(`tables: ${join(out, 'pairs.html')}`);
}

function exitCodeOf({ pairs: { tables }, untold }: Done): number {
  if (tables.some((table) => countPairs(table).failed > 0)) return exitCodes.fail;
  return untold > 0 ? exitCodes.unavailable : exitCodes.ok;
}
