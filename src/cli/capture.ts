import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { Command, Option } from 'commander';
import { exitCodes, UsageError } from '../errors.ts';
import { namedFileError } from '../file-error.ts';
import { cacheDirectory } from '../host/directories.ts';
import { sizeInWords } from '../host/user-file.ts';
import type { ServerManifest } from '../model/server.ts';
import { printable } from '../report/printable.ts';
import { standardOutput } from '../report/reporter.ts';
import { count } from '../report/result-text.ts';
import { createStyle } from '../report/style.ts';
import type { CaptureSource } from '../server/capture.ts';
import { capture, captureScript, listCapture, sshCommand } from '../server/capture.ts';
import { lackWords } from '../server/describe-server.ts';
import { shellQuote } from '../text/shell.ts';
import { catchInterrupts } from './interrupt.ts';

type Options = {
  output?: string;
  from?: string;
  script?: boolean;
  dryRun?: boolean;
  sudo?: boolean;
  ssh: string;
  force?: boolean;
};

/** `kexec-lab capture`: takes what the boot of a server depends on into a file. */
export function captureCommand(): Command {
  return new Command('capture')
    .description('take what the boot of a server depends on into a file, to boot it here')
    .argument('[server]', 'the server, as ssh names it: root@web1')
    .option('-o, --output <file>', 'the file to write (default: NAME.server.tar)')
    .option('--dry-run', 'list what would be taken; write nothing')
    .option('--sudo', 'run the capture as root, with sudo on the server')
    .option('--ssh <command>', 'how to reach it, such as "ssh -p 2222"', 'ssh')
    .addOption(
      new Option('--script', 'print the script, to run it on the server by hand').conflicts([
        'from',
        'dryRun',
      ]),
    )
    .option('--from <file>', 'make the file from the output of that script')
    .option('--force', 'replace the file if it exists')
    .addHelpText('after', helpText)
    .action(run);
}

const helpText = `
The capture has kernels, initrds, command line, boot loader entries, the layout
of the disks, and what kexecs. It changes nothing on the server. Passwords, keys,
addresses, host names and machine ids are replaced by marks.

Examples:
  kexec-lab capture root@web1
  kexec-lab capture admin@web1 --sudo --dry-run
  kexec-lab capture --script > capture.sh
  kexec-lab capture --from server.raw -o web1.server.tar
  kexec-lab server show web1.server.tar

Exit codes:
  0    the file is complete
  2    invalid arguments, or a damaged capture
  5    the server could not be reached
  130  interrupted`;

async function run(server: string | undefined, options: Options): Promise<void> {
  if (options.script) {
    process.stdout.write(await captureScript());
    return;
  }
  const source = sourceOf(server, options);
  const interrupt = catchInterrupts();
  const { signal } = interrupt;
  try {
    if (options.dryRun) {
      await showList(source, signal);
      return;
    }
    const output = options.output ?? `${nameOf(server ?? options.from ?? 'server')}.server.tar`;
    checkOutput(output, options);
    const progress = showProgress();
    const manifest = await capture(source, output, {
      cache: path.join(cacheDirectory(), 'tmp'),
      today: new Date().toISOString().slice(0, 10),
      onRecord: (_, bytes) => {
        progress.show(bytes);
      },
      signal,
    }).finally(progress.end);
    describe(output, manifest);
  } catch (error) {
    if (!signal.aborted) throw error;
    process.exitCode = exitCodes.interrupted;
  } finally {
    interrupt.release();
  }
}

/** A capture takes minutes, so what would prevent its file is found before. */
function checkOutput(output: string, { force = false }: Options): void {
  const found = statSync(output, { throwIfNoEntry: false });
  if (found !== undefined && !(force && found.isFile()))
    throw new UsageError(
      found.isFile() ? 'this file already exists' : 'this already exists, and is not a file',
      {
        place: output,
        hint: `Choose another file with --output${found.isFile() ? ', or replace it with --force' : ''}.`,
      },
    );
  try {
    accessSync(path.dirname(output), constants.W_OK);
  } catch (error) {
    throw namedFileError(error, {
      place: path.dirname(output),
      doing: 'write into this directory',
    });
  }
}

function sourceOf(server: string | undefined, { from, ssh, sudo = false }: Options): CaptureSource {
  if ((server === undefined) === (from === undefined))
    throw new UsageError(
      server === undefined ? 'no server to capture' : 'both a server and --from are named',
      { hint: 'Name a server, such as root@web1, or the output of the script with --from.' },
    );
  if (from !== undefined) return { file: from };
  if (server?.startsWith('-'))
    throw new UsageError(`"${server}" is not the name of a server`, { hint: 'Such as root@web1.' });
  return { command: sshCommand(server ?? '', { ssh, sudo }) };
}

/** `web1` for `root@web1.example.org`, and for `captures/web1.raw`. */
function nameOf(source: string): string {
  const [name = ''] = path.basename(source.replace(/^.*@/, '')).split('.');
  return name || 'server';
}

/** The bytes so far, on a terminal. */
function showProgress(): { show: (bytes: number) => void; end: () => void } {
  const rewrite = process.stderr.isTTY ? '\r\x1b[K' : null;
  return {
    show(bytes: number) {
      if (rewrite !== null) process.stderr.write(`${rewrite}capturing: ${sizeInWords(bytes)}`);
    },
    end() {
      if (rewrite !== null) process.stderr.write(rewrite);
    },
  };
}

async function showList(source: CaptureSource, signal: AbortSignal): Promise<void> {
  const records = await listCapture(source, signal);
  const output = standardOutput();
  const style = createStyle(output);
  const rows = records
    .filter(({ kind }) => kind !== 'link')
    .map(({ kind, name, size }) => [
      kind === 'lack' ? 'missing' : kind,
      kind === 'lack' ? '' : sizeInWords(size),
      printable(name),
    ]);
  const bytes = records.reduce((sum, { size }) => sum + size, 0);
  const total = `${count(rows.length, 'item')}, ${sizeInWords(bytes)}; secrets are removed when the file is written`;
  output.write([...style.table(rows), ...style.wrap(total)].map((line) => `${line}\n`).join(''));
}

/** What was written, what is missing, and what to do next. */
function describe(file: string, { entries, asRoot }: ServerManifest): void {
  const output = standardOutput();
  const style = createStyle(output);
  const contents = entries.flatMap((entry) => ('size' in entry ? [entry] : []));
  const bytes = contents.reduce((sum, { size }) => sum + size, 0);
  const removed = contents.reduce(
    (sum, entry) => sum + Object.values(entry.removed ?? {}).reduce((a, b) => a + b, 0),
    0,
  );
  const lacks = entries.flatMap((entry) => (entry.kind === 'lack' ? [entry] : []));
  const lines = [
    `wrote ${printable(file)}: ${count(contents.length, 'item')}, ${sizeInWords(bytes)}; ${count(removed, 'secret')} replaced by marks`,
    ...lacks.map(({ path, reason }) => `missing  ${printable(path)}: ${lackWords[reason]}`),
    ...(asRoot || !lacks.some(({ reason }) => reason === 'unreadable')
      ? []
      : ['Root would add what is missing: capture as root, or with --sudo.']),
    '',
    'Next:',
    `  kexec-lab server show ${printable(shellQuote(file))}`,
  ];
  output.write(
    lines
      .flatMap((line) => style.wrap(line, 2))
      .map((line) => `${line}\n`)
      .join(''),
  );
}
