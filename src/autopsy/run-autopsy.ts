import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UnavailableError, UsageError } from '../errors.ts';
import { ownDirectory } from '../host/directories.ts';
import { bytesOnDisk } from '../host/files.ts';
import { execaOptions, lastLines, leash } from '../host/processes.ts';
import type { Answer, Examined, ExamineRequest } from './autopsy-process.ts';

const mebibyte = 2 ** 20;

/** This file runs from source in tests, or from a bundle, where its own location is meaningless. */
const script = import.meta.url.endsWith('.ts')
  ? fileURLToPath(new URL('autopsy-process.ts', import.meta.url))
  : join(ownDirectory, 'dist/autopsy/autopsy-process.js');

type Options = { limits?: ProcessLimits | undefined; signal?: AbortSignal | undefined };

/**
 * Reads a dump in a separate process with limits on time and memory: its contents were written by a guest, or come from
 * an unknown source.
 * @throws UsageError for a file that is not a dump, or is damaged; UnavailableError if it reaches a limit or fails; the
 *   reason of `signal`
 */
export async function runAutopsy(
  request: ExamineRequest,
  { limits, signal }: Options = {},
): Promise<Examined> {
  const { file: place } = request;
  const allowed = limits ?? autopsyLimits(await bytesOnDisk(place));
  const answer = JSON.parse(await read(request, allowed, signal)) as Answer;
  if ('examined' in answer) return answer.examined;
  if ('refused' in answer) {
    const { message, ...where } = answer.refused;
    throw new UsageError(message, where);
  }
  throw new UnavailableError('the dump could not be read: an error in kexec-lab', {
    place,
    hint: `Report it with these lines:\n${answer.fault}`,
  });
}

/**
 * The limits for reading a dump, by its size on disk: several times what a slow host needs. They stop dumps that claim more
 * than they hold or were crafted to keep their reader busy.
 */
export function autopsyLimits(bytesOnDisk: number): ProcessLimits {
  const gibibytes = bytesOnDisk / 2 ** 30;
  const cpuSeconds = Math.ceil(8 + 6 * gibibytes);
  return { memory: 768 * mebibyte, cpuSeconds, wallSeconds: 10 * cpuSeconds };
}

async function read(
  request: ExamineRequest,
  limits: ProcessLimits,
  signal: AbortSignal | undefined,
): Promise<string> {
  try {
    return await runLimited(script, JSON.stringify(request), limits, signal);
  } catch (error) {
    if (!(error instanceof ProcessLimitError)) throw error;
    throw new UnavailableError(`the dump could not be read: reading it ${error.message}`, {
      place: request.file,
      hint: 'It may claim more memory than it holds, or contain data crafted to keep its reader busy.',
      cause: error,
    });
  }
}

/** The limits of a process. The kernel enforces memory and CPU time. */
export type ProcessLimits = {
  /** Private writable memory: heap, buffers, stacks. Bytes, more than the 128 MiB that Node.js uses besides its heap. */
  memory: number;
  /** CPU time, which does not depend on the load of the host. Whole seconds. */
  cpuSeconds: number;
  /** Wall-clock time, for a process that only waits. Seconds. */
  wallSeconds: number;
};

/** A process that reached a limit or failed. The message is a short phrase that completes "it …". */
export class ProcessLimitError extends Error {}

/** The largest output of a process. Bytes. */
const mostOutput = 128 * mebibyte;

/**
 * Runs a script in a separate Node.js on a {@link leash}, with limits on its resources, and returns its output.
 *
 * @param script an absolute path; a TypeScript file is run through tsx, as the tests do
 * @param input the text for its standard input
 * @throws ProcessLimitError if it reaches a limit, or ends in another way than with exit code 0; the reason of `signal`
 */
export async function runLimited(
  script: string,
  input: string,
  limits: ProcessLimits,
  signal?: AbortSignal,
): Promise<string> {
  const { memory, cpuSeconds, wallSeconds } = limits;
  signal?.throwIfAborted();
  const { execa, ExecaError } = await import('execa');
  const { program, args } = leash(['sh', '-c', limiter(limits), 'sh', ...node(script, memory)]);
  try {
    const { stdout } = await execa(program, args, {
      ...execaOptions(signal),
      input,
      timeout: wallSeconds * 1000,
      killSignal: 'SIGKILL',
      maxBuffer: mostOutput,
      stripFinalNewline: false,
    });
    return stdout;
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof ExecaError)) throw error;
    if (error.timedOut) throw new ProcessLimitError(`took more than ${wallSeconds} s`);
    if (error.isMaxBuffer) throw new ProcessLimitError('printed too much');
    const ended = endOf(error);
    if (ended.signal === 'SIGXCPU')
      throw new ProcessLimitError(`took more than ${cpuSeconds} s of CPU time`);
    if (ranOutOfMemory(ended))
      throw new ProcessLimitError(`took more than ${inMebibytes(memory)} of memory`);
    throw new ProcessLimitError(otherEnd(ended, memory));
  }
}

/**
 * The limits, for the shell that becomes the process. A shell cannot raise a limit that is already lower, which does not
 * matter.
 */
function limiter({ memory, cpuSeconds }: ProcessLimits): string {
  const all = [
    'ulimit -c 0',
    `ulimit -d ${Math.ceil(memory / 1024)}`,
    // The soft limit ends it by SIGXCPU, which names the reason; the hard limit by SIGKILL, in case that is caught.
    `ulimit -S -t ${Math.ceil(cpuSeconds)}`,
    `ulimit -H -t ${Math.ceil(cpuSeconds) + 2}`,
    // The user's options for Node.js are not for this process; they could catch a signal.
    'unset NODE_OPTIONS',
  ];
  return `${all.map((limit) => `${limit} 2>/dev/null`).join('; ')}; exec "$@"`;
}

/**
 * A full heap ends Node.js with a message. If the kernel refuses memory first, V8 may crash without one, because it does not
 * check every request. So the heap is kept well below the limit: Node.js uses 85 MiB besides it (measured: stacks of
 * threads, code), and the collector needs room of its own.
 */
const besidesHeap = 128 * mebibyte;
const heapShare = 3 / 4;

function node(script: string, memory: number): string[] {
  const heap = Math.floor(((memory - besidesHeap) * heapShare) / mebibyte);
  const loader = script.endsWith('.ts') ? [`--import=${import.meta.resolve('tsx')}`] : [];
  return [process.execPath, `--max-old-space-size=${heap}`, ...loader, script];
}

type ProcessEnd = { signal: string | undefined; exitCode: number | undefined; stderr: string };

function endOf(error: object): ProcessEnd {
  const { signal, exitCode, stderr = '' } = error as Partial<ProcessEnd>;
  return { signal, exitCode, stderr };
}

/** Node.js ends with a message when it gets no memory. The kernel's OOM killer sends SIGKILL. */
function ranOutOfMemory({ signal, stderr }: ProcessEnd): boolean {
  const words = /out of memory|allocation failed|cannot allocate memory|bad_alloc/i;
  return signal === 'SIGKILL' || words.test(stderr);
}

/** The signals of a program that crashed. */
const crashes: readonly (string | undefined)[] = [
  'SIGSEGV',
  'SIGBUS',
  'SIGABRT',
  'SIGTRAP',
  'SIGILL',
];

function otherEnd({ signal, exitCode, stderr }: ProcessEnd, memory: number): string {
  const last = lastLines(stderr, 1).slice(0, 200);
  const end = [signal ?? `exit code ${String(exitCode)}`, last].filter(Boolean).join(', ');
  if (!crashes.includes(signal)) return `failed: ${end}`;
  return `crashed: ${end} (Node.js can crash at its limit of ${inMebibytes(memory)} of memory)`;
}

function inMebibytes(bytes: number): string {
  return `${Math.round(bytes / mebibyte)} MiB`;
}
