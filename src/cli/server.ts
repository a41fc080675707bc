import { mkdirSync, readdirSync } from 'node:fs';
import { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { namedFileError } from '../file-error.ts';
import { cacheDirectory } from '../host/directories.ts';
import { sizeInWords } from '../host/user-file.ts';
import type { ServerDocument } from '../model/server.ts';
import { printable, printableJson } from '../report/printable.ts';
import { standardOutput } from '../report/reporter.ts';
import type { Style } from '../report/style.ts';
import { createStyle } from '../report/style.ts';
import { writeBootFiles } from '../server/boot-files.ts';
import type { BootPlan } from '../server/boot-plan.ts';
import { planBoot } from '../server/boot-plan.ts';
import { describeServer, lackWords } from '../server/describe-server.ts';
import { openServer } from '../server/open-server.ts';
import type { RootArchive } from '../server/root-archive.ts';
import { readRootArchive } from '../server/root-archive.ts';
import type { Server } from '../server/server.ts';
import { serverName } from '../server/server.ts';
import { shellQuote } from '../text/shell.ts';
import { rootOption } from './options.ts';

/** `kexec-lab server`: looks into server files. */
export function serverCommand(): Command {
  const server = new Command('server').description('look into files that kexec-lab capture wrote');
  server
    .command('show')
    .description('describe a server file, and compare its boot in the lab with the server')
    .argument('<file>', 'a file that kexec-lab capture wrote')
    .addOption(rootOption())
    .option('--files', 'list every item with its size and what was removed from it')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  kexec-lab server show web1.server.tar')
    .action(show);
  server
    .command('unpack')
    .description(
      'write the scenario, the disk recipe and the files that kexec-lab run --server boots',
    )
    .argument('<file>', 'a file that kexec-lab capture wrote')
    .argument('<directory>', 'an empty or new directory')
    .addOption(rootOption())
    .addHelpText('after', '\nExample:\n  kexec-lab server unpack web1.server.tar web1')
    .action(unpack);
  return server;
}

async function show(
  file: string,
  { files, json, root }: { files?: boolean; json?: boolean; root?: string },
): Promise<void> {
  const server = await openServer(file, cacheDirectory());
  const archive = root === undefined ? null : await readRootArchive(root);
  const output = standardOutput();
  const plan = planOf(server, file, archive);
  if (json) {
    output.write(`${printableJson(documentOf(server, plan))}\n`);
    return;
  }
  const style = createStyle(output);
  const facts = describeServer(server).flatMap(([label, text]) =>
    style.wrap(`  ${label.padEnd(8)}  ${printable(text)}`, 12),
  );
  const lines = [
    ...style.wrap(printable(file)),
    ...facts,
    '',
    ...boot(plan, file, style),
    ...missing(server, style),
    ...(files ? ['', ...items(server, style)] : []),
  ];
  output.write(lines.map((line) => `${line}\n`).join(''));
}

/** The plan, or why there is none. */
function planOf(server: Server, file: string, archive: RootArchive | null): BootPlan | UsageError {
  try {
    return planBoot(server, file, archive);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
}

function boot(plan: BootPlan | UsageError, file: string, style: Style): string[] {
  if (plan instanceof UsageError)
    return style.wrap(
      printable(`${plan.message.charAt(0).toUpperCase()}${plan.message.slice(1)}.`),
      2,
    );
  const rows = plan.likeness.map(({ how, what, detail }) => [how, what, printable(detail)]);
  return [
    'Its boot in the lab:',
    ...style.table(rows, 2),
    '',
    ...style.wrapCommand(
      `kexec-lab run --server ${printable(shellQuote(file))}${rootWords(plan)}`,
      2,
    ),
  ];
}

function rootWords({ archive }: BootPlan): string {
  return archive === null ? '' : ` --root ${printable(shellQuote(archive.file))}`;
}

function missing({ captured }: Server, style: Style): string[] {
  const { entries, asRoot } = captured.manifest;
  const rows = entries.flatMap((entry) =>
    entry.kind === 'lack' ? [['missing', printable(entry.path), lackWords[entry.reason]]] : [],
  );
  if (rows.length === 0) return [];
  return [
    '',
    ...style.table(rows, 2),
    ...(asRoot ? [] : ['  Captured as root, it would be complete.']),
  ];
}

function items({ captured }: Server, style: Style): string[] {
  const rows = captured.manifest.entries.map((entry) => {
    if (entry.kind === 'link')
      return ['link', '', `${printable(entry.path)} → ${printable(entry.target)}`, ''];
    if (entry.kind === 'lack')
      return ['missing', '', printable(entry.path), lackWords[entry.reason]];
    const removed = Object.entries(entry.removed ?? {}).map(
      ([kind, count]) => `${count} × ${kind}`,
    );
    const name = entry.kind === 'file' ? entry.path : entry.name;
    return [entry.kind, sizeInWords(entry.size), printable(name), removed.join(', ')];
  });
  return style.table(rows, 2);
}

function documentOf(server: Server, plan: BootPlan | UsageError): ServerDocument {
  const { arch, distribution, running, kernels, kexec, captured } = server;
  return {
    schema: 'kexec-lab/server-show@1',
    arch,
    distribution: distribution.name,
    running,
    kernels: kernels.map(({ release, initrd }) => ({ release, initrd: initrd !== null })),
    kexec: kexec.by,
    bootable: !(plan instanceof UsageError),
    whyNot: plan instanceof UsageError ? plan.message : null,
    likeness: plan instanceof UsageError ? [] : plan.likeness,
    manifest: captured.manifest,
  };
}

async function unpack(file: string, directory: string, { root }: { root?: string }): Promise<void> {
  const server = await openServer(file, cacheDirectory());
  const archive = root === undefined ? null : await readRootArchive(root);
  makeEmpty(directory);
  const { scenario } = await writeBootFiles(server, {
    directory,
    name: serverName(file),
    place: file,
    archive,
  });
  process.stdout.write(
    `wrote ${printable(scenario)}\n\nRun it:\n  kexec-lab run ${printable(shellQuote(scenario))} --tail\n`,
  );
}

/** @throws UsageError if the directory has files already */
function makeEmpty(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
    if (readdirSync(directory).length === 0) return;
  } catch (error) {
    throw namedFileError(error, { place: directory, doing: 'write into this directory' });
  }
  throw new UsageError('this directory is not empty', {
    place: directory,
    hint: 'Choose another.',
  });
}
