import { Command, InvalidArgumentError } from 'commander';
import type { Autopsy } from '../autopsy/autopsy.ts';
import { explainSilence } from '../autopsy/autopsy.ts';
import type { Findings } from '../autopsy/examine.ts';
import { examine } from '../autopsy/examine.ts';
import type { KernelLog } from '../autopsy/kernel-log.ts';
import { printedLines, tellingLines } from '../autopsy/kernel-log.ts';
import { openDump } from '../autopsy/memory-dump.ts';
import { LineSplitter } from '../console/lines.ts';
import { readInput } from '../host/input-file.ts';
import { printable, printableJson } from '../report/printable.ts';
import { count } from '../report/result-text.ts';
import { createStyle, wantsColor } from '../report/style.ts';
import type { Style } from '../report/style.ts';

type Options = { base: number; console?: string; log?: boolean; json?: boolean };

const help = `
A dump is an ELF core (QEMU's dump-guest-memory, kdump's /proc/vmcore, virsh dump --memory-only), a
compressed one (makedumpfile -c, kdump-zlib), or raw memory (QEMU's pmemsave). With --console the log of
the kernel that was heard is told from that of the one that was not.

Examples:
  kexec-lab autopsy memory.elf
  kexec-lab autopsy memory.raw --base 0x80000000 --console console.log
  kexec-lab autopsy memory.elf --log | less

Exit codes:
  0  the dump was read, whatever it holds
  2  it cannot be read`;

/** `kexec-lab autopsy`: what a dead machine's memory says. */
export function autopsyCommand(): Command {
  return new Command('autopsy')
    .description('read the kernels’ own logs, and why a machine is silent, out of a memory dump')
    .argument('<dump>', 'the memory of a machine: an ELF core, compressed by kdump, or raw')
    .option('--base <address>', 'where raw memory begins', parseAddress, 0x4000_0000)
    .option('--console <log>', 'what the machine’s console showed')
    .option('--log', 'print every log found, whole')
    .option('--json', 'as JSON, with every log found')
    .addHelpText('after', help)
    .action(autopsy);
}

function parseAddress(text: string): number {
  const value = /^(?:0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('Write an address such as 0x40000000.');
}

function autopsy(file: string, { base, console, log, json }: Options): void {
  const lines = console === undefined ? new Set<string>() : linesOf(console);
  const dump = openDump(file, base);
  try {
    const findings = examine(dump);
    const found = explainSilence(findings, { lines, pcs: [], dead: true });
    const missingBytes = dump.missingBytes();
    process.stdout.write(render({ file, missingBytes, findings, found }, { log, json }));
  } finally {
    dump.close();
  }
}

/** More than a console shows in months. Bytes. */
const mostConsole = 64 * 2 ** 20;

function linesOf(log: string): Set<string> {
  const splitter = new LineSplitter();
  const bytes = readInput(log, mostConsole, { hint: 'Give the end of the log: tail -c 64M.' });
  const lines = [...splitter.feed(bytes), ...splitter.end()];
  return new Set(lines.map(({ text }) => text));
}

type Examined = {
  file: string;
  missingBytes: number;
  findings: Findings;
  found: Autopsy | null;
};

function render(examined: Examined, { log, json }: Pick<Options, 'log' | 'json'>): string {
  if (json) return `${printableJson(document(examined))}\n`;
  const { file, missingBytes, findings, found } = examined;
  const isTerminal = (process.stdout.isTTY as boolean | undefined) ?? false;
  const style = createStyle(wantsColor(isTerminal, process.env));
  const { logs } = findings;
  const said =
    found?.sentence ??
    (logs.length === 0
      ? 'No kernel’s log is in it: it is no memory of a machine that ran Linux 5.10 or later, or not all of it, or it begins elsewhere (--base).'
      : 'Nothing in it says that a second kernel fell silent.');
  return [
    `${style.bold(printable(file))}: ${found?.reason ?? count(logs.length, 'log')}`,
    `  ${printable(said, 1000)}`,
    ...(missingBytes > 0
      ? [`  The file is cut short: ${mebibytes(missingBytes)} are missing.`]
      : []),
    ...logs.flatMap((one) => ['', ...describeLog(one, log ?? false, style)]),
    '',
  ].join('\n');
}

function describeLog(log: KernelLog, whole: boolean, style: Style): string[] {
  const { release, cmdline, records, address, foundBy } = log;
  const lines = whole ? log.records.flatMap(printedLines) : tellingLines(log);
  return [
    style.bold(printable(`kernel ${release ?? '(nameless)'}`)),
    `  ${records.length} records at 0x${address.toString(16)}, found by ${foundBy}`,
    `  command line: ${printable(cmdline ?? '(not said)')}`,
    ...lines.map((line) => `    ${printable(line, 1000)}`),
  ];
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB of memory`;
}

/** The machine-readable form, schema `kexec-lab/autopsy@1`. */
function document({ file, missingBytes, findings, found }: Examined) {
  const { logs, deviceTrees, images, purgatories } = findings;
  return {
    schema: 'kexec-lab/autopsy@1',
    dump: file,
    missingBytes,
    reason: found?.reason ?? null,
    sentence: found?.sentence ?? '',
    logs,
    deviceTrees: deviceTrees.map((tree) => ({ ...tree, memory: Number(tree.memory) })),
    images,
    purgatories,
  };
}
