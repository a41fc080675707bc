import { Command, InvalidArgumentError, Option } from 'commander';
import type { Examined } from '../autopsy/autopsy-process.ts';
import { addressEnd } from '../autopsy/guest-memory.ts';
import { panicOf, panicWords, printedLines, tellingLines } from '../autopsy/kernel-log.ts';
import { runAutopsy } from '../autopsy/run-autopsy.ts';
import { LineSplitter } from '../console/lines.ts';
import { readInput } from '../host/user-file.ts';
import type { AutopsyDocument, KernelLog } from '../model/examination.ts';
import { printable, printableJson } from '../report/printable.ts';
import { standardOutput } from '../report/reporter.ts';
import { count } from '../report/result-text.ts';
import type { Style } from '../report/style.ts';
import { createStyle } from '../report/style.ts';

type Options = { base: number; console?: string; log?: boolean; json?: boolean };

const help = `
A dump is an ELF core (QEMU's dump-guest-memory, kdump's /proc/vmcore, virsh dump --memory-only), a
compressed one (makedumpfile -c, kdump-zlib), or raw memory (QEMU's pmemsave). --console shows which kernels
wrote to the console, and so which were silent.

Examples:
  kexec-lab autopsy memory.elf
  kexec-lab autopsy memory.raw --base 0x80000000 --console console.log
  kexec-lab autopsy memory.elf --log | less

Exit codes:
  0  the dump was read
  2  the dump cannot be read
  5  reading exceeded the limits on memory or time for a dump of this size`;

/** `kexec-lab autopsy`: reads the memory dump of a machine. */
export function autopsyCommand(): Command {
  return new Command('autopsy')
    .description('read kernel logs, and the reason for a silence, from a memory dump')
    .argument('<dump>', 'memory dump: ELF core, kdump-compressed, or raw')
    .option(
      '--base <address>',
      'physical address at which raw memory begins',
      parseAddress,
      0x4000_0000,
    )
    .option('--console <log>', 'console log of the machine')
    .option('--log', 'print every log in full')
    .addOption(new Option('--json', 'print JSON with every log').conflicts('log'))
    .addHelpText('after', help)
    .action(autopsy);
}

function parseAddress(text: string): number {
  const value = /^(?:0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : Number.NaN;
  if (value < addressEnd) return value;
  throw new InvalidArgumentError('It must be an address below 2^52, such as 0x40000000.');
}

async function autopsy(file: string, { base, console, log, json }: Options): Promise<void> {
  const lines = console === undefined ? [] : linesOf(console);
  const examined = await runAutopsy({ file, base, lines, pcs: [], dead: true });
  process.stdout.write(render({ file, ...examined }, { log, json }));
}

/** The largest console log that is read, in bytes. A console takes months to print as much. */
const mostConsole = 64 * 2 ** 20;

function linesOf(log: string): string[] {
  const splitter = new LineSplitter();
  const bytes = readInput(log, mostConsole, {
    doing: 'read this console log',
    hint: 'Name a file with the end of the log (tail -c 64M).',
  });
  return [...splitter.feed(bytes), ...splitter.end()].map(({ text }) => text);
}

type Shown = Examined & { file: string };

function render(examined: Shown, { log, json }: Pick<Options, 'log' | 'json'>): string {
  if (json) return `${printableJson(document(examined))}\n`;
  const { file, missingBytes, findings, silence } = examined;
  const style = createStyle(standardOutput());
  const { logs, unreadable } = findings;
  const said =
    silence?.sentence ??
    panicSentence(logs) ??
    (logs.length === 0
      ? 'No kernel log found. The dump may be incomplete, predate Linux 5.10, or need a different --base.'
      : 'Nothing in the dump shows a second kernel that fell silent.');
  return [
    ...style.wrap(
      `${style.bold(printable(file))}: ${silence?.reason ?? count(logs.length, 'log')}`,
      2,
    ),
    ...style.wrap(`  ${printable(said, 1000)}`, 2),
    ...(missingBytes > 0
      ? style.wrap(`  The file is truncated: ${mebibytes(missingBytes)} are missing.`, 2)
      : []),
    ...unreadable.flatMap((reason) =>
      style.wrap(`  Cannot be read: ${printable(reason, 1000)}.`, 2),
    ),
    ...logs.flatMap((one) => ['', ...describeLog(one, log ?? false, style)]),
    '',
  ].join('\n');
}

/** The newest panic: a dump that a crash kernel saved has the log of the kernel that died. */
function panicSentence(logs: readonly KernelLog[]): string | undefined {
  const log = logs.findLast((one) => panicOf(one) !== undefined);
  if (log === undefined) return undefined;
  return `The kernel ${log.release ?? '(unnamed)'} panicked: ${panicWords(log) ?? ''}.`;
}

function describeLog(log: KernelLog, whole: boolean, style: Style): string[] {
  const { release, cmdline, records, address, foundBy } = log;
  const lines = whole ? log.records.flatMap(printedLines) : tellingLines(log);
  return [
    style.bold(style.encode(printable(`kernel ${release ?? '(unnamed)'}`))),
    ...style.wrap(
      `  ${records.length} records at 0x${address.toString(16)}, found by ${foundBy}`,
      4,
    ),
    ...style.wrap(`  command line: ${printable(cmdline ?? '(unknown)')}`, 4),
    ...lines.flatMap((line) => style.wrap(`    ${printable(line, 1000)}`, 6)),
  ];
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB of memory`;
}

function document({ file, missingBytes, findings, silence }: Shown): AutopsyDocument {
  return {
    schema: 'kexec-lab/autopsy@1',
    dump: file,
    missingBytes,
    reason: silence?.reason ?? null,
    sentence: silence?.sentence ?? '',
    ...findings,
  };
}
