import { Command } from 'commander';
import type { Arch } from '../arch.ts';
import { printable, printableLines } from '../report/printable.ts';
import { describeExpectation } from '../report/result-text.ts';
import { expandCases } from '../scenario/expand.ts';
import type { Case, ImageReference } from '../scenario/scenario.ts';
import { findScenarios } from './find-scenarios.ts';
import { archOption, scenariosOption } from './parse-option.ts';
import { pasteableCommands } from './paste.ts';

type ShowOptions = { arch: Arch[]; scenarios: string[]; qemuDir?: string };

/** `kexec-lab show`: what a scenario does, and how to boot it by hand. */
export function showCommand(): Command {
  return new Command('show')
    .description(
      "tell a scenario's story, setup and expectation, and the commands that boot it by hand",
    )
    .argument('<scenario...>', 'names, globs, labels or files')
    .addOption(archOption())
    .addOption(scenariosOption())
    .option('--qemu-dir <directory>', 'use the QEMUs of this directory only')
    .addHelpText('after', '\nExample:\n  kexec-lab show kexec-to-distro --arch arm')
    .action(async (words: string[], { arch, scenarios, qemuDir }: ShowOptions) => {
      const selected = findScenarios(words, scenarios);
      for (const scenario of selected) {
        const cases = expandCases([scenario], { only: arch });
        const parts = [
          `${scenario.name}: ${printable(scenario.title)}`,
          printableLines(scenario.story).trim(),
          ...(await Promise.all(cases.map((each) => describeCase(each, qemuDir)))),
        ];
        process.stdout.write(`${parts.join('\n\n')}\n\n`);
      }
    });
}

async function describeCase({ arch, scenario, setup, expect, limits }: Case, qemuDir?: string) {
  const tags = Object.entries(setup.tags).map(([key, value]) => `${key}=${value}`);
  const rows: [label: string, lines: string[]][] = [
    ['machine', [setup.machine]],
    ['kernel', [describeImage(setup.kernel)]],
    ['initramfs', [describeImage(setup.initramfs)]],
    ['disk', [describeImage(setup.disk)]],
    ['storage', [setup.readOnly ? `${setup.storage}, read-only` : setup.storage]],
    ['cmdline', [setup.cmdline]],
    ['tags', tags],
    ['on reset', [setup.onReset]],
    ['expected', [describeExpectation(expect)]],
    ['limits', [`${limits.total} s in all, ${limits.silence} s of silence`]],
  ];
  const facts = rows.flatMap(([label, lines]) =>
    lines.map((line, index) => `  ${(index === 0 ? label : '').padEnd(9)}  ${printable(line)}`),
  );
  const commands = await pasteableCommands(scenario.name, arch, setup, { qemuDir });
  return `${arch}\n${facts.join('\n')}\n\n${printableLines(commands)}`;
}

function describeImage(image: ImageReference | null): string {
  if (image === null) return 'none';
  return typeof image === 'string' ? image : image.file;
}
