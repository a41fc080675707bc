import { writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { Command, Option } from 'commander';
import { diagnosisDocument } from '../boot/diagnose.ts';
import { exitCodes, KexecLabError, UsageError } from '../errors.ts';
import { namedFileError } from '../file-error.ts';
import { checkOutput } from '../host/user-file.ts';
import type { Shape, DiagnosedLog } from '../report/diagnosis-text.ts';
import {
  diagnosisText,
  signalMeanings,
  signalsText,
  summaryText,
} from '../report/diagnosis-text.ts';
import { diagnosisPage } from '../report/html.ts';
import { printableJson } from '../report/printable.ts';
import { standardOutput } from '../report/reporter.ts';
import { createStyle } from '../report/style.ts';
import { readLog } from './read-log.ts';

type Options = {
  json?: boolean;
  signals?: boolean;
  explainSignals?: boolean;
  html?: string;
  exitCode?: boolean;
};

const help = `
The log may come from anywhere: a serial console, screen, minicom, a cloud provider's page, a CI job, a mail.
Prefixes of recorders, colours, CRLF, quoting, gzip and UTF-16 are handled.

Examples:
  kexec-lab diagnose server.log
  kexec-lab diagnose --html report.html logs/*.log
  ssh console-host cat ttyS1.log | kexec-lab diagnose -
  kexec-lab diagnose server.log --json | jq -r .outcome

Exit codes:
  0  every log was read (with --exit-code: every log shows booted)
  1  with --exit-code: a log shows another outcome
  2  a log cannot be read (the others are diagnosed)`;

/** `kexec-lab diagnose`: diagnoses saved console logs. */
export function diagnoseCommand(): Command {
  return new Command('diagnose')
    .description('diagnose saved console logs and show the lines that prove the outcome')
    .argument('<logs...>', 'console logs, or - for standard input')
    .addOption(
      new Option(
        '--json',
        'print JSON with every recognised signal; an array for several logs',
      ).conflicts(['signals', 'explainSignals']),
    )
    .option('--signals', 'list every recognised signal instead')
    .addOption(
      new Option('--explain-signals', 'explain each recognised signal').conflicts('signals'),
    )
    .option('--html <file>', 'also write an HTML page with the decisive lines')
    .option('--exit-code', 'exit with 1 unless every outcome is `booted`')
    .addHelpText('after', help)
    .action(diagnoseAll);
}

async function diagnoseAll(logs: string[], options: Options): Promise<void> {
  if (logs.filter((log) => log === '-').length > 1)
    throw new UsageError('standard input can be read only once', { place: '-' });
  if (options.html !== undefined) checkOutput(options.html);
  // A long log creates much short-lived garbage. These flags keep V8 from growing its heap for it.
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=40');
  const read: DiagnosedLog[] = [];
  const troubles: KexecLabError[] = [];
  const excerpts = !(options.json || options.signals || options.explainSignals) || !!options.html;
  for (const log of logs) {
    try {
      const found = await readLog(log, { excerpts });
      read.push(found);
      // Printed one by one, so that the first can be read while the next is diagnosed.
      if (!options.json) process.stdout.write(render(found, options, read.length > 1));
    } catch (error) {
      if (!(error instanceof KexecLabError) || logs.length === 1) throw error;
      troubles.push(error);
    }
  }
  if (options.json) process.stdout.write(json(read, logs.length > 1));
  else if (logs.length > 1 && read.length > 0 && !options.signals && !options.explainSignals)
    process.stdout.write(`\n${summaryText(read, createStyle(standardOutput()))}`);
  if (options.html !== undefined && read.length > 0) writePage(options.html, read);
  if (options.exitCode && read.some(({ diagnosis }) => diagnosis.outcome.id !== 'booted'))
    process.exitCode = exitCodes.fail;
  const [trouble, ...more] = troubles;
  if (trouble === undefined) return;
  for (const each of more) process.stderr.write(`${each.describe()}\n`);
  throw trouble;
}

function render(log: DiagnosedLog, { signals, explainSignals }: Options, isNext: boolean): string {
  const output = standardOutput();
  const shape = { style: createStyle(output), ...widths(output) };
  if (signals) return signalsText(log, shape.style);
  const text = explainSignals ? signalMeanings(log, shape) : diagnosisText(log, shape);
  return isNext ? `\n${text}` : text;
}

function json(logs: readonly DiagnosedLog[], isList: boolean): string {
  const documents = logs.map(({ diagnosis, place, memory }) => ({
    ...diagnosisDocument(diagnosis, place),
    ...(memory.length > 0 && { memory }),
  }));
  return `${printableJson(isList ? documents : documents[0])}\n`;
}

function writePage(file: string, logs: readonly DiagnosedLog[]): void {
  try {
    writeFileSync(file, diagnosisPage(logs));
  } catch (error) {
    throw namedFileError(error, { place: file, doing: 'write the page' });
  }
}

/** Of the terminal, within what is good to read. In a pipe a line of a log stays one line, for the next program. */
function widths({ columns }: { columns: number }): Pick<Shape, 'width' | 'lineWidth'> {
  if (columns === Infinity) return { width: 100, lineWidth: Infinity };
  return { width: Math.min(120, Math.max(40, columns)), lineWidth: Math.max(40, columns) };
}
