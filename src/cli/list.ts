import { Command } from 'commander';
import { arches } from '../arch.ts';
import { printable, printableJson } from '../report/printable.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { findScenarios } from './find-scenarios.ts';
import { excludeOption, scenariosOption } from './options.ts';

/** `kexec-lab list`: which scenarios there are. */
export function listCommand(): Command {
  return new Command('list')
    .description('list scenarios')
    .argument('[what...]', 'names, globs, labels or files', ['all'])
    .option('--json', 'as JSON, with stories, setups and expectations')
    .addOption(scenariosOption())
    .addOption(excludeOption())
    .addHelpText('after', '\nExamples:\n  kexec-lab list\n  kexec-lab list "arm-*" --json')
    .action(
      (what: string[], options: { json?: boolean; scenarios: string[]; exclude: string[] }) => {
        const scenarios = findScenarios(what, options.scenarios, options.exclude);
        process.stdout.write(options.json ? `${printableJson(scenarios)}\n` : table(scenarios));
      },
    );
}

function table(scenarios: Scenario[]): string {
  const rows = [
    ['NAME', 'ARCH', 'EXPECTED', 'LABELS', 'TITLE'],
    ...scenarios.map((scenario) => [
      scenario.name,
      arches.filter((arch) => scenario.arches.includes(arch)).join(' '),
      expectedOutcomes(scenario),
      scenario.labels.join(' '),
      printable(scenario.title),
    ]),
  ];
  const widths = rows[0]?.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(widths?.[column] ?? 0)).join('  '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

/** One word where all architectures agree, else one per architecture. */
function expectedOutcomes({ perArch }: Scenario): string {
  const outcomes = arches.flatMap((arch) => perArch[arch]?.expect.outcome ?? []);
  return [...new Set(outcomes)].join(' | ');
}
