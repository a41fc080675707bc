import { readFileSync } from 'node:fs';
import type { Performance, Way } from './performance-data.ts';
import { median, performanceSchema } from './performance-data.ts';

/** docs/performance.md, from what `npm run bench` measured. */
export const performancePage = {
  file: 'docs/performance.md',
  render: () =>
    renderPerformance(
      performanceSchema.parse(JSON.parse(readFileSync('docs/performance.json', 'utf8'))),
    ),
};

const names: Record<Way, string> = {
  bare: 'QEMU and a shell script',
  expect: 'pexpect, 60 s timeouts',
  labgrid: 'labgrid’s QEMU driver',
  lab: 'kexec-lab --no-checkpoint',
  repeated: 'the same, one of five in a command',
  checkpoint: 'kexec-lab',
};

/** The page as Markdown. */
export function renderPerformance(measured: Performance): string {
  const { date, qemu, node, host, rounds, all, recogniser } = measured;
  const cases = [...new Set(measured.boots.map((boot) => boot.case))];
  const speed = recogniser.bytes / 1e6 / median(recogniser.seconds);
  return `<!-- Made from docs/performance.json by \`npm run docs\`, which \`npm run bench\` measured; change neither by hand. -->

# Performance

Measured on ${date} by \`npm run bench -- --rounds ${rounds}\`: QEMU ${qemu}, Node ${node}, ${host}. The same
machine, with the same arguments, is booted in each way in turn; the numbers are medians of ${rounds} rounds, followed by the lowest and the
highest. They cover whole commands from start to end, including all processes they start, without
NODE_EXTRA_CA_CERTS in the environment, which makes Node 20 read a file of certificates at every start.

- *QEMU and a shell script* ends at the second kernel’s login prompt, as all of them do. It is the lower bound: it proves nothing.
- *pexpect* waits for one text after the other, up to 60 s each, as console scripts usually do.
- *labgrid* does the same with its QEMU driver (Debian's package).
- *kexec-lab --no-checkpoint* boots from power-on, as the others do; *kexec-lab* starts from a checkpoint of the first boot.

${cases.map((name) => costTable(measured, name)).join('\n\n')}

## A machine that dies after "Bye!"

The script can only wait. kexec-lab samples the CPUs until they prove that the machine is dead.

${deadTable(measured)}

${everything(all)}## Where the time of a case goes

Seconds of a boot from power-on, without a checkpoint: on the wall and, by the kernel's own clock, in the guest.

${cases.map((name) => stageTable(measured, name)).join('\n\n')}

What is above the floor, for a command: Node, the program's own modules, the scenario and the recipes are there after 0.15 s.
For a boot: the prompt is waited for, and then a second of the guest's own time, lest it dies there; a guest that is idle skips
that in a few hundredths of a second. A guest that gets on in silence is looked at six times a second, for 2 ms each. Reports are
written.

A checkpoint saves what the table has in front of the first \`initramfs\`, and costs its loading; it pays where the first
kernel is slow. However late it were taken, kexec and the second kernel are left:
${cases.map((name) => withoutFirstBoot(measured, name)).join('; ')}.

## The recogniser

${(recogniser.bytes / 1e6).toFixed(0)} MB of the tests' console logs through lines, signatures and state machine: ${speed.toFixed(0)} MB/s.
`;
}

function costTable({ boots }: Performance, name: string): string {
  const rows = boots.filter((boot) => boot.case === name);
  const bare = median(rows.find(({ way }) => way === 'bare')?.wall ?? []);
  return `## ${name}

| way | wall s | to bare | CPU s | MiB |
| --- | ---: | ---: | ---: | ---: |
${rows
  .map(({ way, wall, cpu, peak }) => {
    const ratio = (median(wall) / bare).toFixed(2);
    return `| ${names[way]} | ${spread(wall)} | ${ratio} | ${spread(cpu)} | ${median(peak).toFixed(0)} |`;
  })
  .join('\n')}`;
}

function deadTable({ dead }: Performance): string {
  return `| case | way | known after "Bye!", s | sooner | whole command, s |
| --- | --- | ---: | ---: | ---: |
${dead
  .map(({ case: name, way, wall, afterBye }) => {
    const script = dead.find((row) => row.case === name && row.way === 'expect');
    const sooner = median(script?.afterBye ?? []) / median(afterBye);
    return `| ${name} | ${names[way]} | ${spread(afterBye)} | ${sooner.toFixed(1)}× | ${spread(wall)} |`;
  })
  .join('\n')}`;
}

function everything(all: Performance['all']): string {
  if (all === null) return '';
  const { date, cases, script, lab, leftOut } = all;
  return `## Everything a script can drive

${cases} cases without a provider's servers and without steps, once each: the script, one after the other, told of each the line that
decides it, took ${script.toFixed(0)} s; \`kexec-lab run\` of the same took ${lab.toFixed(0)} s, ${(lab / script).toFixed(2)} of it, and proved them (\`npm run bench -- --all\`, ${date}).${
    leftOut.length === 0
      ? ''
      : ` Left out for both, for the script did not see its line: ${leftOut.join(', ')}.`
  }

`;
}

function stageTable({ stages }: Performance, name: string): string {
  const rows = stages.filter((stage) => stage.case === name);
  return `### ${name}

| kernel | stage | wall s | guest s |
| --- | --- | ---: | ---: |
${rows
  .map(({ generation, stage, hostSeconds, guestSeconds }) => {
    const kernel = generation === 0 ? '' : generation === 1 ? 'first' : 'second';
    return `| ${kernel} | ${stage} | ${hostSeconds.toFixed(2)} | ${guestSeconds?.toFixed(2) ?? ''} |`;
  })
  .join('\n')}`;
}

/** What even a checkpoint at the last moment before kexec could not save. */
function withoutFirstBoot({ boots, stages }: Performance, name: string): string {
  const bare = boots.find((boot) => boot.case === name && boot.way === 'bare');
  const rest = stages
    .filter(({ generation, stage }) => generation > 1 || (generation === 1 && stage === 'kexec'))
    .filter((stage) => stage.case === name)
    .reduce((sum, { hostSeconds }) => sum + hostSeconds, 0);
  const share = rest / median(bare?.wall ?? []);
  return `${rest.toFixed(1)} s of ${name}, ${share.toFixed(2)} of the floor`;
}

/** `4.20 (4.10–4.40)` */
function spread(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)].map((value) => value.toFixed(2));
  return `${median(values).toFixed(2)} (${low}–${high})`;
}
