import { Command, InvalidArgumentError, Option } from 'commander';
import type { Arch } from '../arch.ts';
import type { CandidateWords } from '../candidate/parse-candidate.ts';
import type { Examination } from '../candidate/preflight/preflight.ts';
import { preflight } from '../candidate/preflight/preflight.ts';
import { exitCodes, UsageError } from '../errors.ts';
import type { Finding, PreflightDocument } from '../model/examination.ts';
import { memoryRows } from '../report/memory-text.ts';
import { printable, printableJson } from '../report/printable.ts';
import { standardOutput } from '../report/reporter.ts';
import type { Style } from '../report/style.ts';
import { createStyle } from '../report/style.ts';
import { kexecOf } from '../candidate/preflight/load-facts.ts';
import { showImageProgress } from './images-build.ts';
import { catchInterrupts } from './interrupt.ts';
import { archOption, mirrorOption } from './options.ts';
import { addCandidateOptions, candidateOf, namesCandidate } from './run-options.ts';

type Options = CandidateWords & {
  arch: Arch[];
  rootDevice?: string;
  imageSize?: number;
  mirror?: string;
  withDeps?: boolean;
  json?: boolean;
};

/** What a scenario boots on one architecture. */
type Examined = {
  arch: Arch;
  words: CandidateWords;
  /** Its disk, and how it kexecs. */
  found: Parameters<typeof preflight>[2];
};

/** `kexec-lab preflight`: finds problems of a kernel without starting it. */
export function preflightCommand(): Command {
  const command = new Command('preflight')
    .description('examine a kernel, its initramfs and its kexec-tools without booting them')
    .argument('[scenario]', 'examine what this scenario or file boots');
  return addCandidateOptions(command)
    .addOption(archOption())
    .option(
      '--root-device <device>',
      'root= device on the kernel command line (default: /dev/vda1)',
    )
    .addOption(
      new Option(
        '--image-size <bytes>',
        'on arm, the --image-size that kexec is given (default: none)',
      ).argParser(parseImageSize),
    )
    .addOption(mirrorOption('Debian mirror to download from'))
    .option('--with-deps', 'install missing system packages with apt')
    .option('--json', 'print JSON')
    .addHelpText('after', helpText)
    .action(run);
}

const helpText = `
Examples:
  kexec-lab preflight --kernel debian:sid
  kexec-lab preflight --kernel ./vmlinuz-6.12 --initrd ./initrd.img-6.12 --root-device /dev/vda2
  kexec-lab preflight ./my-scenario.yaml

Exit codes:
  0  no problem that prevents a boot
  2  the candidate cannot be used
  5  a download failed
  7  the candidate cannot boot`;

/** Parses a size as kexec does: decimal, or hexadecimal with 0x. */
function parseImageSize(text: string): number {
  const bytes = Number(text);
  if (/^(?:\d+|0x[\da-f]+)$/i.test(text) && bytes < 2 ** 32) return bytes;
  throw new InvalidArgumentError('Use bytes below 4 GiB, such as 67108864 or 0x4000000.');
}

async function run(scenario: string | undefined, given: Options): Promise<void> {
  const examined = scenario === undefined ? [] : await examinedIn(scenario, given);
  const options = { ...given, ...examined[0]?.words };
  if (scenario === undefined && !namesCandidate(options)) {
    throw new UsageError('no kernel to examine', {
      hint: 'Name a kernel with --kernel, for example --kernel debian:sid, or a scenario.',
    });
  }
  const interrupt = catchInterrupts();
  const { signal } = interrupt;
  try {
    const candidate = await candidateOf(options, signal);
    const asked = scenario === undefined ? options.arch : examined.map(({ arch }) => arch);
    const wanted = candidate.arches.filter((arch) => asked.length === 0 || asked.includes(arch));
    const found: PreflightDocument['found'] = [];
    const progress = showImageProgress();
    const { mirror, rootDevice, imageSize } = options;
    for (const arch of wanted) {
      const checks = {
        ...{ signal, onProgress: progress.show },
        ...(rootDevice !== undefined && { cmdline: `root=${rootDevice}` }),
        ...(imageSize !== undefined && { imageSize }),
        ...(mirror && { mirror }),
        ...examined.find((one) => one.arch === arch)?.found,
      };
      found.push({ arch, ...(await preflight(candidate, arch, checks)) });
    }
    progress.end();
    const stops = found.some(({ findings }) => findings.some(isStop));
    const document: PreflightDocument = {
      schema: 'kexec-lab/preflight@1',
      candidate: candidate.label,
      stops,
      found,
    };
    const style = createStyle(standardOutput());
    process.stdout.write(
      options.json
        ? `${printableJson(document)}\n`
        : found
            .map(
              ({ arch, ...found }) =>
                describe(arch, candidate.label.kernel, found, style) + drawn(found, style),
            )
            .join(''),
    );
    if (stops) process.exitCode = exitCodes.hold;
  } catch (error) {
    if (!signal.aborted) throw error;
    process.exitCode = exitCodes.interrupted;
  } finally {
    interrupt.release();
  }
}

/**
 * What a scenario boots, once for each architecture.
 * @throws UsageError if it boots several kernels or machines, or an option names a kernel too
 */
async function examinedIn(word: string, options: Options): Promise<Examined[]> {
  const { rootDevice, imageSize } = options;
  if (namesCandidate(options) || rootDevice !== undefined || imageSize !== undefined)
    throw new UsageError(`${word} and an option both name what to examine`, {
      hint: 'Leave out the scenario, or --kernel, --initrd, --kexec-tools, --first-kernel, --root-device and --image-size.',
    });
  const { findScenarios } = await import('./find-scenarios.ts');
  const { expandCases } = await import('../scenario/select.ts');
  const { loadingOf } = await import('../candidate/preflight/load-facts.ts');
  const cases = expandCases(findScenarios([word]), { only: options.arch, repeat: 1 });
  const { isDiskOfKernel } = await import('../candidate/candidate.ts');
  const { ownRecipes } = await import('../image/recipes/recipe.ts');
  const examined = cases.map(({ arch, setup, steps }): Examined => {
    const { secondKernel, disk } = setup;
    if (typeof disk !== 'string' || !isDiskOfKernel(ownRecipes.get(disk)))
      throw new UsageError(`${word} boots no kernel that preflight can examine`, {
        hint: 'Name a scenario whose disk has the kernel under test, such as kexec-to-distro, or a kernel with --kernel.',
      });
    return {
      arch,
      words: { ...secondKernel },
      found: {
        disk,
        kexecs: [kexecOf(setup)],
        loading: loadingOf({ setup, steps }),
      },
    };
  });
  const distinct = (values: unknown[]) =>
    new Set(values.map((value) => JSON.stringify(value))).size;
  if (distinct(examined.map(({ words }) => words)) > 1)
    throw new UsageError(`${word} has several second kernels`, {
      hint: 'Choose one scenario, and one architecture with --arch.',
    });
  if (distinct(examined) > distinct(examined.map(({ arch }) => arch)))
    throw new UsageError(`${word} boots several machines`, {
      hint: `Choose one of ${cases.map(({ scenario }) => scenario.name).join(', ')}.`,
    });
  return examined;
}

function isStop({ severity }: Finding): boolean {
  return severity === 'stop';
}

/**
 * The findings of one examination, each on three lines, and the rules that were applied.
 * @param where the architecture, and the server if it is one's
 */
export function describe(
  where: string,
  kernel: string,
  { findings, rules }: Examination,
  style: Style,
): string {
  const warned = findings.some(({ severity }) => severity === 'warn');
  const result = findings.some(isStop)
    ? 'this kernel cannot boot'
    : warned
      ? 'this kernel may not boot without preparation'
      : 'no problem that prevents a boot';
  const lines = findings.flatMap(({ severity, message, advice, source, id }) => [
    `  ${severity.padEnd(4)}  ${printable(message)} (${id})`,
    `        ${printable(advice)}`,
    `        read in ${printable(source)}`,
  ]);
  const applied = rules.filter(({ notChecked }) => notChecked === null).map(({ name }) => name);
  const others = rules.flatMap(({ name, notChecked }) =>
    notChecked === null ? [] : [`  not checked  ${name}: ${printable(notChecked)}`],
  );
  const checked = `  checked  ${applied.join(', ')}`;
  return [`${where}  ${printable(kernel)}: ${result}`, ...lines, checked, ...others]
    .flatMap((line) => style.wrap(line, 8))
    .map((line) => `${line}\n`)
    .join('');
}

/** The memory of the load, where it is known. */
function drawn({ memory }: Pick<Examination, 'memory'>, style: Style): string {
  if (memory === null) return '';
  return `${memoryRows([memory], style).join('\n')}\n`;
}
