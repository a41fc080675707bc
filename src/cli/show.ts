import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import type { Arch } from '../arch.ts';
import { architectures } from '../arch.ts';
import type { Candidate } from '../candidate/candidate.ts';
import { withCandidate } from '../candidate/candidate.ts';
import { UnavailableError } from '../errors.ts';
import { cacheDirectory } from '../host/directories.ts';
import { planImages } from '../image/recipes/plan.ts';
import { ownRecipes } from '../image/recipes/recipe.ts';
import { interactiveArguments } from '../qemu/arguments.ts';
import { findQemu } from '../qemu/find-qemu.ts';
import { loadMachineProfile } from '../qemu/machine-profile.ts';
import { recallQemu } from '../qemu/trial/try-qemu.ts';
import { printable, printableLines } from '../report/printable.ts';
import { standardOutput } from '../report/reporter.ts';
import { describeExpectation } from '../report/result-text.ts';
import type { Style } from '../report/style.ts';
import { createStyle, reflow } from '../report/style.ts';
import type { Setup, Case, ImageReference } from '../scenario/scenario.ts';
import { expandCases } from '../scenario/select.ts';
import { machineSpec, tagsDisk } from '../session/case-machine.ts';
import { formatCommandLine, shellQuote } from '../text/shell.ts';
import { findScenarios } from './find-scenarios.ts';
import type { MachineWords } from './machine-options.ts';
import { machineOptions, onMachines, refuseImpossibleMachines } from './machine-options.ts';
import { archOption, qemuDirOption, scenariosOption } from './options.ts';

type ShowOptions = MachineWords & { arch: Arch[]; scenarios: string[]; qemuDir?: string };

/** `kexec-lab show`: describes scenarios and how to boot them by hand. */
export function showCommand(): Command {
  const command = new Command('show')
    .description('describe scenarios and print the commands that boot them by hand')
    .argument('<scenario...>', 'names, globs, labels or files')
    .addOption(archOption())
    .addOption(scenariosOption())
    .addOption(qemuDirOption())
    .addHelpText('after', '\nExample:\n  kexec-lab show kexec-to-distro --arch arm')
    .action(async (words: string[], options: ShowOptions) => {
      const { arch, scenarios, qemuDir } = options;
      const selected = onMachines(findScenarios(words, scenarios), options, { arch });
      await refuseImpossibleMachines(expandCases(selected, { only: arch }), qemuDir);
      const output = standardOutput();
      const style = createStyle(output);
      for (const scenario of selected) {
        const cases = expandCases([scenario], { only: arch });
        const parts = [
          style.wrap(`${scenario.name}: ${printable(scenario.title)}`, 2).join('\n'),
          reflow(style.encode(printableLines(scenario.story).trim()), output.columns),
          ...(await Promise.all(cases.map((each) => describeCase(each, style, qemuDir)))),
        ];
        output.write(`${parts.join('\n\n')}\n\n`);
      }
    });
  for (const option of machineOptions('plain')) command.addOption(option);
  return command;
}

async function describeCase(
  { arch, scenario, setup, expect, limits }: Case,
  style: Style,
  qemuDir?: string,
) {
  const tags = Object.entries(setup.tags).map(([key, value]) => `${key}=${value}`);
  const rows: [label: string, lines: string[]][] = [
    ['machine', [loadMachineProfile(setup.machine, setup.shape).name]],
    ['kernel', [describeImage(setup.kernel)]],
    ['initramfs', [describeImage(setup.initramfs)]],
    ['disk', [describeImage(setup.disk)]],
    ['second', setup.secondKernel === undefined ? [] : [setup.secondKernel.kernel]],
    ['storage', [setup.readOnly ? `${setup.storage}, read-only` : setup.storage]],
    ['cmdline', [setup.cmdline]],
    ['tags', tags],
    ['on reset', [setup.onReset]],
    ['expected', [describeExpectation(expect)]],
    ['limits', [`${limits.total} s in all, ${limits.silence} s of silence`]],
  ];
  const facts = rows.flatMap(([label, lines]) =>
    lines.flatMap((line, index) =>
      style.wrap(`  ${(index === 0 ? label : '').padEnd(9)}  ${printable(line)}`, 13),
    ),
  );
  const commands = await pasteableCommands(scenario.name, arch, setup, { qemuDir });
  return `${arch}\n${facts.join('\n')}\n\n${style.encode(printableLines(commands))}`;
}

function describeImage(image: ImageReference | null): string {
  if (image === null) return 'none';
  return typeof image === 'string' ? image : image.file;
}

/**
 * The shell commands that boot a case by hand, with its console on the terminal. Starts and writes nothing; where
 * the images are not built yet, or QEMU is not there, a comment says so.
 *
 * @param name names the file the server tags are put into
 */
export async function pasteableCommands(
  name: string,
  arch: Arch,
  setup: Setup,
  { qemuDir, candidate }: { qemuDir?: string | undefined; candidate?: Candidate | undefined } = {},
): Promise<string> {
  const images = planImages({ arch, ...setup, catalog: withCandidate(ownRecipes, candidate) });
  const tags = join(tmpdir(), `kexec-lab-${name}-${arch}-tags.img`);
  const qemu = await unlessUnavailable(async () =>
    recallQemu(await findQemu(arch, qemuDir), arch, cacheDirectory()),
  );
  const place =
    qemu === null
      ? { directory: qemuDir }
      : { directory: dirname(qemu.binary), time: qemu.idleSkipping.time };
  const spec = await unlessUnavailable(() => machineSpec(arch, setup, images, tags, [], place));
  if (spec === null)
    return `# No UEFI firmware for ${arch} found. Run kexec-lab doctor for details.`;
  const files = [images.kernel, images.initramfs, images.disk].filter((file) => file !== null);
  return [
    ...(files.every((file) => existsSync(file))
      ? []
      : ['# Some images are not built yet. A run builds them.']),
    ...(qemu === null
      ? [`# No usable ${architectures[arch].qemu} found. Run kexec-lab doctor for details.`]
      : []),
    ...(spec.network === null
      ? []
      : [
          "# A run also starts the provider's servers. Here, metadata and network disks do not answer.",
        ]),
    ...(setup.secondKernel === undefined || candidate !== undefined
      ? []
      : [
          `# A run puts ${setup.secondKernel.kernel} on the disk; this one has the recipe's kernel.`,
        ]),
    ...(spec.disks.some(({ file }) => file === tags) ? [writeTags(tags, setup.tags)] : []),
    formatCommandLine(qemu?.binary ?? architectures[arch].qemu, [
      ...(qemu?.options ?? []),
      ...interactiveArguments(spec),
    ]),
  ].join('\n');
}

async function unlessUnavailable<T>(find: () => T | Promise<T>): Promise<T | null> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof UnavailableError) return null;
    throw error;
  }
}

/** The disk with the server tags, made by tools that every system has. */
function writeTags(file: string, tags: Record<string, string>): string {
  const disk = tagsDisk(tags).toString();
  const text = disk.trimEnd();
  const padding = Buffer.byteLength(disk) - Buffer.byteLength(text) - 1;
  const lines = text.split('\n').map(shellQuote).join(' ');
  return `{ printf '%s\\n' ${lines}; yes '' | head -c ${padding}; } > ${shellQuote(file)}`;
}
