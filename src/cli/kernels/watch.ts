import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import type { Arch } from '../../arch.ts';
import { exitCodes } from '../../errors.ts';
import { namedFileError } from '../../file-error.ts';
import { writeRecord } from '../../host/files.ts';
import type { History, Watch } from '../../model/history.ts';
import { openArchive } from '../../pairs/plan-pairs.ts';
import { createKeys } from '../../pairs/tables.ts';
import { findQemu } from '../../qemu/find-qemu.ts';
import { watchPage } from '../../report/html/watch-page.ts';
import { printableJson } from '../../report/printable.ts';
import { standardOutput } from '../../report/reporter.ts';
import { count } from '../../report/result-text.ts';
import { createStyle } from '../../report/style.ts';
import { watchMarkdown, watchText } from '../../report/watch-text.ts';
import { bootWatch } from '../../watch/boot-watch.ts';
import { changesOf, isAlarm, newestOf } from '../../watch/changes.ts';
import { pairOf, readHistory, writeHistory } from '../../watch/history.ts';
import type { WatchedPair, WatchPlan } from '../../watch/plan-watch.ts';
import { planWatch, unknownPairs, usualFrom, usualTo } from '../../watch/plan-watch.ts';
import { archOption, wholeNumber } from '../options.ts';
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

type WatchOptions = BootOptions & {
  from: string[];
  to: string[];
  kexecTools: string[];
  cure?: boolean;
  arch: Arch[];
  retries: number;
  history: string;
  dryRun?: boolean;
};

/** `kexec-lab watch`: boots what is new in the archive. */
export function watchCommand(): Command {
  const command = new Command('watch')
    .description(
      "boot the kernels of Debian's archive that are new since the last time, and say what changed",
    )
    .addOption(repeatable('--from <kernels>', 'first kernels (repeatable)', usualFrom.join(',')))
    .addOption(
      repeatable(
        '--to <kernels>',
        'kernels that they start with kexec (repeatable)',
        'the newest of each suite',
      ),
    )
    .addOption(
      repeatable(
        '--kexec-tools <source>',
        'kexec-tools that load them: debian:SUITE, a .deb, or a kexec program (repeatable)',
        "the provider's",
      ),
    )
    .option('--cure', 'give kexec the --image-size that 32-bit arm kernels need')
    .addOption(archOption())
    .option(
      '--history <file>',
      'what was booted before; new results are added',
      'kexec-history.json',
    )
    .option('--retries <n>', 'boot a pair that failed again, up to n times', wholeNumber(0), 1)
    .option('--dry-run', 'boot nothing; print the pairs that are new');
  addBootOptions(command, {
    ...{ out: 'watch', written: 'the page and the records', printed: 'what changed' },
  });
  return command.addHelpText('after', helpText).action(watch);
}

const helpText = `
Examples:
  kexec-lab watch
  kexec-lab watch --from debian:bookworm --to debian:trixie,debian:sid --arch aarch64
  kexec-lab watch --to 'debian:trixie/*-cloud-arm64' --dry-run

Commit the history: it is sorted and has no dates, so its diff is what changed. A pair is booted when the history does not
have the packages of its two kernels in these versions. To boot a pair again, remove it from the file.

Exit codes:
  0    nothing new fails
  1    a new pair fails, and the version before it did not fail in the same way
  2    invalid arguments
  4    the archive has no kernel for the architecture
  5    the lab could not boot a pair, or a tool is missing
  130  interrupted; what was booted is in the history`;

async function watch(options: WatchOptions): Promise<void> {
  await interruptible(async (signal) => {
    const earlier = await readHistory(options.history);
    const bases = await casesOfScenario('kexec-to-distro', options.arch, options);
    const { mirror, retries } = options;
    const archive = openArchive({ ...(mirror && { mirror }), signal, onStep: tellSteps() });
    const words = {
      from: options.from.length > 0 ? options.from : usualFrom,
      to: options.to.length > 0 ? options.to : usualTo,
    };
    const plan = await planWatch(bases, words, options, archive);
    const open = unknownPairs(plan.pairs, earlier);
    const known = plan.pairs.length - open.length;
    tell(`${count(plan.pairs.length, 'pair')}: ${known} known, ${open.length} to boot`);
    if (options.dryRun) {
      printPairs(open);
      return;
    }
    const boot = { ...options, retries, read: archive.read, signal };
    const booted = open.length === 0 ? nothingBooted(earlier) : await bootAll(open, earlier, boot);
    const result = resultOf(earlier, booted, plan, open);
    await show(result, booted.history, options);
    process.exitCode = signal.aborted ? exitCodes.interrupted : exitCodeOf(result);
  });
}

function printPairs(pairs: readonly WatchedPair[]): void {
  const output = standardOutput();
  const rows = pairs.map(({ from, to, table }) => [table.machine, from.label, '→', to.label]);
  for (const line of createStyle(output).table(rows)) output.write(`${line}\n`);
}

type Booted = Awaited<ReturnType<typeof bootWatch>>;

function nothingBooted(history: History): Booted {
  return { history, records: new Map() };
}

type BootAll = WatchOptions & Pick<Parameters<typeof bootWatch>[2], 'read' | 'signal'>;

async function bootAll(
  open: readonly WatchedPair[],
  earlier: History,
  { history, read, ...options }: BootAll,
): Promise<Booted> {
  const keyOf = createKeys(read, async (arch) => (await findQemu(arch, options.qemuDir)).version);
  const output = standardOutput(options.json ? process.stderr : process.stdout);
  const reporter = openReporter([], { rerun: rerunCommand }, () => output);
  try {
    const onEntry = (now: History) => writeHistory(history, now);
    // What cannot be written is found out before anything is booted.
    await onEntry(earlier);
    const how = { ...options, keyOf, read, onEntry, onNotice: tell };
    return await bootWatch(open, earlier, how, reporter.onEvent.bind(reporter));
  } catch (error) {
    reporter.onError(error as Error);
    throw error;
  } finally {
    await reporter.close();
  }
}

function resultOf(
  earlier: History,
  { history: now, records }: Booted,
  { notAsked, pairs }: WatchPlan,
  open: readonly WatchedPair[],
): Watch {
  const changes = changesOf(earlier, now, records);
  const changed = new Set(changes.map(({ entry }) => entry));
  const watched = new Set(pairs.map(({ table, kernels }) => pairOf({ ...table, ...kernels })));
  return {
    schema: 'kexec-lab/watch@1',
    changes,
    failing: newestOf(now).filter(
      (entry) => entry.verdict === 'fail' && !changed.has(entry) && watched.has(pairOf(entry)),
    ),
    notAsked,
    withoutResult: open.length - changes.length,
  };
}

async function show(watch: Watch, history: History, { out, json }: WatchOptions): Promise<void> {
  const output = standardOutput();
  output.write(json ? `${printableJson(watch)}\n` : `\n${watchText(watch, createStyle(output))}`);
  const files = {
    'watch.html': watchPage(watch, history),
    'watch.md': watchMarkdown(watch, history),
  };
  try {
    await mkdir(out, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeRecord(join(out, name), text);
  } catch (cause) {
    throw namedFileError(cause, { place: out, doing: 'write the page' });
  }
  tell(`page: ${join(out, 'watch.html')}`);
}

function exitCodeOf({ changes, withoutResult }: Watch): number {
  if (changes.some(isAlarm)) return exitCodes.fail;
  return withoutResult > 0 ? exitCodes.unavailable : exitCodes.ok;
}
