/** Captures a server: runs the script there, or reads what it printed, and writes a server file. */
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { UnavailableError, UsageError } from '../errors.ts';
import { ByteReader } from '../formats/archive.ts';
import { ownDirectory, ownVersion } from '../host/directories.ts';
import { leash, missingProgram, toolEnvironment } from '../host/processes.ts';
import { findRequirement } from '../host/install.ts';
import { openInput } from '../host/user-file.ts';
import type { ServerManifest } from '../model/server.ts';
import { serverManifestSchema } from '../model/server.ts';
import type { ListedRecord, RawRecord } from './raw-capture.ts';
import { readRawCapture, readRawList } from './raw-capture.ts';
import { seal } from './seal.ts';
import { writeServerFile } from './server-file.ts';

/** The script that runs on the server. */
export async function captureScript(): Promise<string> {
  return readFile(path.join(ownDirectory, 'assets/capture.sh'), 'utf8');
}

/** Where a capture comes from: a command that runs a script from its standard input on the server, or a saved output. */
export type CaptureSource = { command: readonly string[] } | { file: string };

/** The largest saved output. Bytes. */
const largestRaw = 4 * 2 ** 30;

/**
 * Reads a whole capture, removes its secrets and writes a server file. Nothing is written if anything fails.
 * @param options.cache a directory for temporary files, on a real disk
 * @param options.onRecord called for each record that arrived, with the bytes so far
 * @throws UsageError if the source is not a capture; UnavailableError if the server cannot be reached
 */
export async function capture(
  source: CaptureSource,
  output: string,
  options: {
    cache: string;
    today: string;
    onRecord?: (record: RawRecord, bytes: number) => void;
    signal?: AbortSignal;
  },
): Promise<ServerManifest> {
  const { cache, today, onRecord, signal } = options;
  await mkdir(cache, { recursive: true });
  const scratch = await mkdtemp(path.join(cache, 'capture-'));
  try {
    const records: RawRecord[] = [];
    await readFrom(source, [], signal, async (reader) => {
      for await (const record of readRawCapture(reader, scratch)) {
        records.push(record);
        onRecord?.(record, reader.position);
      }
    });
    const capturedBy = `kexec-lab ${ownVersion()}`;
    const { manifest, blobs } = await seal(records, scratch, { capturedBy, today });
    const checked = serverManifestSchema.parse(manifest);
    await writeServerFile(output, checked, blobs, scratch, signal);
    return checked;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/**
 * Lists what a capture would take.
 * @throws like {@link capture}
 */
export async function listCapture(
  source: CaptureSource,
  signal?: AbortSignal,
): Promise<ListedRecord[]> {
  const records: ListedRecord[] = [];
  await readFrom(source, ['--list'], signal, async (reader) => {
    for await (const record of readRawList(reader)) records.push(record);
  });
  return records;
}

async function readFrom(
  source: CaptureSource,
  args: readonly string[],
  signal: AbortSignal | undefined,
  read: (reader: ByteReader) => Promise<void>,
): Promise<void> {
  if ('command' in source) {
    await readFromServer(source.command, args, signal, read);
    return;
  }
  const { descriptor } = openInput(source.file, largestRaw, {
    hint: 'Name the output of capture.sh.',
  });
  const stream = createReadStream(source.file, { fd: descriptor, highWaterMark: 2 ** 20 });
  const reader = new ByteReader(stream);
  try {
    await read(reader);
  } catch (error) {
    if (!(error instanceof UsageError) || error.place !== undefined) throw error;
    throw new UsageError(error.message, {
      place: source.file,
      ...(error.hint !== undefined && { hint: error.hint }),
    });
  } finally {
    stream.destroy();
  }
}

/** Messages of ssh and of the script go to standard error as they are: ssh may ask for a password there. */
async function readFromServer(
  command: readonly string[],
  scriptArguments: readonly string[],
  signal: AbortSignal | undefined,
  read: (reader: ByteReader) => Promise<void>,
): Promise<void> {
  const [name = ''] = command;
  // A shell's exit code would not say whether this host or the server lacks a program.
  if ((await findRequirement({ name: name.includes('/') ? path.resolve(name) : name })) === null)
    throw missingProgram(name);
  const { execa } = await import('execa');
  const { program, args } = leash([...command, ...scriptArguments]);
  const running = execa(program, args, {
    input: await captureScript(),
    stderr: 'inherit',
    buffer: false,
    reject: false,
    env: toolEnvironment(),
    ...(signal !== undefined && { cancelSignal: signal }),
  });
  const reader = new ByteReader(running.stdout);
  let trouble: Error | null = null;
  try {
    await read(reader);
  } catch (error) {
    trouble = error as Error;
    // Something that ended by itself has an exit code, which says more.
    if (await goesOn(reader)) running.kill();
  }
  const { exitCode } = await running;
  signal?.throwIfAborted();
  if (exitCode !== undefined && exitCode !== 0) {
    const isMissing = exitCode === 127;
    // What arrived is the consequence, the end of ssh the cause.
    const why = isMissing ? ': the server lacks a program' : '';
    throw new UnavailableError(
      `${name} ended with exit code ${exitCode} before the capture was complete${why}`,
      {
        hint: `Try the login by hand: ${command.slice(0, -remoteShell.length).join(' ')} ${isMissing ? `${remoteShell[0]} -c true` : 'true'}`,
        cause: trouble,
      },
    );
  }
  if (trouble !== null) throw trouble;
}

/** Whether a stream has more, after the bytes that could not be understood. */
async function goesOn(reader: ByteReader): Promise<boolean> {
  try {
    await reader.skip(2 ** 20);
    return (await reader.peek(1)).length > 0;
  } catch {
    return false;
  }
}

/** What runs on the server: a shell that reads the script from its standard input. */
const remoteShell = ['sh', '-s', '--'] as const;

/** The command that runs the script on a server over ssh. */
export function sshCommand(
  server: string,
  { ssh = 'ssh', sudo = false }: { ssh?: string; sudo?: boolean } = {},
): string[] {
  // No terminal there: it would change the line ends.
  return [
    ...ssh.trim().split(/\s+/),
    '-T',
    server,
    ...(sudo ? ['sudo', '-n'] : []),
    ...remoteShell,
  ];
}
