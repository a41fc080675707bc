import { Command, Option } from 'commander';
import type { Diagnosis } from '../boot/diagnose-log.ts';
import { diagnoseLog } from '../boot/diagnose-log.ts';
import { diagnosisDocument } from '../boot/diagnosis.ts';
import { exitCodes } from '../errors.ts';
import { printableJson } from '../report/printable.ts';
import { createStyle, wantsColor } from '../report/style.ts';
import { openLog } from './diagnose-input.ts';
import { diagnosisText, signalsText, standardInput } from './diagnose-text.ts';

type Options = { json?: boolean; signals?: boolean; exitCode?: boolean };

const help = `
The log may come from anywhere: a serial console, screen, minicom, a cloud provider's page, a CI job. Time stamps
in front of the lines, colours, CRLF, gzip and UTF-16 do not matter.

Examples:
  kexec-lab diagnose server.log
  ssh console-host cat ttyS1.log | kexec-lab diagnose -
  kexec-lab diagnose server.log --json | jq -r .outcome

Exit codes:
  0  the log was read, whatever it shows (with --exit-code: it shows a boot that came up)
  1  with --exit-code: anything else
  2  the log cannot be read`;

/** `kexec-lab diagnose`: the recogniser of live runs, on a console log captured anywhere. */
export function diagnoseCommand(): Command {
  return new Command('diagnose')
    .description('say what a saved console log shows, with the lines that prove it')
    .argument('<log>', 'the console log, or - for standard input')
    .addOption(
      new Option('--json', 'as JSON, with everything that was recognised').conflicts('signals'),
    )
    .option('--signals', 'list everything that was recognised instead')
    .option('--exit-code', 'exit with 1 unless the outcome is `booted`')
    .addHelpText('after', help)
    .action(async (log: string, options: Options) => {
      const diagnosis = await diagnoseLog(await openLog(log));
      process.stdout.write(render(diagnosis, log === '-' ? standardInput : log, options));
      if (options.exitCode && diagnosis.outcome.id !== 'booted') process.exitCode = exitCodes.fail;
    });
}

function render(diagnosis: Diagnosis, place: string, { json, signals }: Options): string {
  if (json) return `${printableJson(diagnosisDocument(diagnosis, place))}\n`;
  if (signals) return signalsText(diagnosis, place);
  const isTerminal = (process.stdout.isTTY as boolean | undefined) ?? false;
  const style = createStyle(wantsColor(isTerminal, process.env));
  return diagnosisText(diagnosis, place, style);
}
