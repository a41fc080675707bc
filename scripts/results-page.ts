import { readFileSync } from 'node:fs';
import type { Arch } from '../src/arch.ts';
import { arches } from '../src/arch.ts';
import type { BootOfResults, Results } from './results-data.ts';
import { resultsSchema } from './results-data.ts';

/** docs/results.md, from what `npm run results` measured. */
export const resultsPage = {
  file: 'docs/results.md',
  render: () =>
    renderResults(resultsSchema.parse(JSON.parse(readFileSync('docs/results.json', 'utf8')))),
};

/** What each scenario is, in the words of the table's heads. */
const heads: Record<string, string> = {
  'kexec-to-distro': 'kexec with the cure',
  'arm-initrd-overwritten': 'without `--image-size`',
  'arm-device-tree-overwritten': 'without it and without initrd',
};

/** The page as Markdown. */
export function renderResults(results: Results): string {
  const { date, qemu, firstKernel, boots } = results;
  const releases = [...new Set(boots.map(({ firstRelease }) => firstRelease).filter(Boolean))];
  return `<!-- Made from docs/results.json by \`npm run docs\`, which \`npm run results\` measured; change neither by hand. -->

# Which of Debian's kernels come up after a kexec

Measured on ${date} with \`npm run results\` on QEMU ${qemu}: \`kexec-lab run\` with \`--first-kernel ${firstKernel}\`, each suite's
kernel as \`--kernel\`, its own and Debian 12's kexec-tools as \`--kexec-tools\`. The first kernels were
${releases.map((release) => `\`${release}\``).join(' and ')}. The time is the guest's, from the second kernel's first word to the start of its
initramfs.

The cure on 32-bit arm is \`--image-size=67108864\`; 64 bits need none. What each scenario does is in
[scenarios.md](scenarios.md), what each outcome means in [diagnose.md](diagnose.md).

${arches.map((arch) => table(results, arch)).join('\n\n')}

## What broke, and why

${arches.map((arch) => causes(results, arch)).join('\n')}
${preflightNotes(results)}`;
}

function table({ boots }: Results, arch: Arch): string {
  const ofArch = boots.filter((boot) => boot.arch === arch);
  const scenarios = Object.keys(heads).filter((name) =>
    ofArch.some(({ scenario }) => scenario === name),
  );
  const columns = scenarios.map((name) => heads[name] ?? name);
  const pairs = [...new Set(ofArch.map((boot) => pairOf(boot)))];
  const rows = pairs.map((pair) => {
    const ofPair = ofArch.filter((boot) => pairOf(boot) === pair);
    const cells = scenarios.map((name) => cell(ofPair.find(({ scenario }) => scenario === name)));
    return row(pair, ...cells);
  });
  return [
    `## ${arch}\n`,
    row('kernel', 'kexec-tools', ...columns),
    row(...Array<string>(columns.length + 2).fill('---')),
    ...rows,
  ].join('\n');
}

/** The first two columns of a row: one kernel behind one kexec-tools. */
function pairOf({ kernel, kernelVersion, kexecTools, kexecToolsVersion }: BootOfResults): string {
  return `${suiteOf(kernel)} ${kernelVersion} | ${suiteOf(kexecTools)} ${kexecToolsVersion}`;
}

function cell(boot: BootOfResults | undefined): string {
  if (boot === undefined) return '';
  const seconds = boot.kernelSeconds === null ? '' : `, ${boot.kernelSeconds.toFixed(2)} s`;
  return boot.became === 'booted' ? `booted${seconds}` : `**${boot.became}**`;
}

/** Every way to fail once, with those it happened to, the words on the console and what the lab says of it. */
function causes({ boots }: Results, arch: Arch): string {
  const failed = boots.filter((boot) => boot.arch === arch && boot.became !== 'booted');
  if (failed.length === 0) return `On ${arch}, nothing.\n`;
  const ways = new Map(
    failed.map((boot) => [wayOf(boot), failed.filter((other) => wayOf(other) === wayOf(boot))]),
  );
  return [...ways.values()]
    .map((alike) => {
      const [{ became, scenario, reason, meaning, cure, evidence } = failed[0] as BootOfResults] =
        alike;
      const why = reason === null ? '' : ` (${reason})`;
      const whom = new Set(alike.map(nameOf));
      const quotes = evidence.map((line) => `    ${line.trim()}`).join('\n');
      return `### ${arch}: \`${became}\` in \`${scenario}\`${why}\n\n${[...whom].join('; ')}. ${meaning}\n\n${quotes}\n\n${cure}\n`;
    })
    .join('\n');
}

function nameOf({ kernel, kernelVersion, kexecToolsVersion }: BootOfResults): string {
  return `${suiteOf(kernel)} ${kernelVersion} with kexec-tools ${kexecToolsVersion}`;
}

function wayOf({ scenario, became, generation, stage, reason }: BootOfResults): string {
  return `${scenario} ${became} ${generation} ${stage} ${reason}`;
}

function preflightNotes({ findings }: Results): string {
  if (findings.length === 0) return '';
  const lines = findings.map(
    ({ kernel, arch, severity, id, message }) =>
      `- ${arch}, ${suiteOf(kernel)}: ${severity} \`${id}\`. ${message}`,
  );
  return `## What preflight said before anything booted\n\n${lines.join('\n')}\n`;
}

function suiteOf(word: string): string {
  return word.replace('debian:', '');
}

function row(...cells: string[]): string {
  return `| ${cells.join(' | ')} |`;
}
