import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa, ExecaError } from 'execa';
import { UnavailableError, UsageError } from '../errors.ts';
import { ownDirectory } from '../host/directories.ts';
import { bytesOnDisk } from '../host/files.ts';
import { leash, toolEnvironment } from '../host/processes.ts';
import type { Answer, Examined, ExamineRequest } from './autopsy-process.ts';
/** This file runs from source in tests, or from a bundle, where its own location is meaningless. */
const script = import.meta.url.endsWith('.ts')
  ? fileURLToPath(new URL('autopsy-process.ts', import.meta.url))
  : join(ownDirectory, 'dist/autopsy/autopsy-process.js');

/**
 * The limits for reading a dump, by its size on disk: several times what a slow host needs. They stop dumps that claim more
 * than they hold or were crafted to keep their reader busy.
 */
export function autopsyLimits(bytesOnDisk: number): ProcessLimits {
  const gibibytes = bytesOnDisk / 2 ** 30;
  const cpuSeconds = Math.ceil(8 + 6 * gibibytes);
  return { memory: 768 * 2 ** 20, cpuSeconds, wallSeconds: 10 * cpuSeconds };
}

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
  const answer = JSON.parse(await run(request, allowed, signal)) as Answer;
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

async function run(
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
  /** Private memory that can be written: heap, buffers, stacks. Bytes, more than the 128 MiB Node.js takes besides its heap. */
  memory: number;
  /** CPU time, which does not depend on the load of the host. Whole seconds. */
  cpuSeconds: number;
  /** Wall-clock time, for a process that only waits. Seconds. */
  wallSeconds: number;
};

/** A process that reached a limit or failed. The message completes "it …", a short phrase. */
export class ProcessLimitError extends Error {}

/** What a process may print. Bytes. */
const mostOutput = 128 * 2 ** 20;

const mebibyte = 2 ** 20;

/**
 * A full heap ends Node.js with a message. Where the kernel refuses memory first, V8 may crash without one, as it does not
 * check every request. So the heap is kept well below the limit: Node.js takes 85 MiB besides it (measured: stacks of
 * threads, code), and the collector needs room of its own while it works.
 */
const besidesHeap = 128 * mebibyte;
const heapShare = 3 / 4;

/**
 * Runs a script in a Node.js of its own, with a limit on what it takes, and gives back what it printed. It dies with this
 * process, however that dies.
 *
 * @param script an absolute path; a TypeScript file is run through tsx, as the tests do
 * @param input what it is given on standard input
 * @throws ProcessLimitError when it reaches a limit, or ends in another way than with exit code 0; the reason of `signal`
 */
export async function runLimited(
  script: string,
  input: string,
  limits: ProcessLimits,
  signal?: AbortSignal,
): Promise<string> {
  const { memory, cpuSeconds, wallSeconds } = limits;
  signal?.throwIfAborted();
  const { program, args } = leash(['sh', '-c', limiter(limits), 'sh', ...node(script, memory)]);
  try {
    const { stdout } = await execa(program, args, {
      input,
      env: toolEnvironment(),
      timeout: wallSeconds * 1000,
      killSignal: 'SIGKILL',
      maxBuffer: mostOutput,
      stripFinalNewline: false,
      ...(signal === undefined ? {} : { cancelSignal: signal }),
    });
    return stdout;
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof ExecaError)) throw error;
    if (error.timedOut) throw new ProcessLimitError(`took more than ${wallSeconds} s`);
    if (error.isMaxBuffer) throw new ProcessLimitError('printed too much');
    const ended = endedBy(error as object);
    if (ended.signal === 'SIGXCPU') {
      throw new ProcessLimitError(`took more than ${cpuSeconds} s of CPU time`);
    }
    if (ranOutOfMemory(ended)) {
      throw new ProcessLimitError(`took more than ${Math.round(memory / mebibyte)} MiB of memory`);
    }
    throw new ProcessLimitError(otherEnd(ended, memory));
  }
}

/** The signals of a program that crashed. */
const crashes: readonly (string | undefined)[] = [
  'SIGSEGV',
  'SIGBUS',
  'SIGABRT',
  'SIGTRAP',
  'SIGILL',
];

function otherEnd(ended: Ended, memory: number): string {
  if (!crashes.includes(ended.signal)) return `failed: ${lastLine(ended)}`;
  const limit = `${Math.round(memory / mebibyte)} MiB of memory`;
  return `crashed: ${lastLine(ended)} (Node.js can crash at its limit of ${limit})`;
}

/** In the shell that becomes the process. A limit that is lower already cannot be raised, and need not be. */
function limiter({ memory, cpuSeconds }: ProcessLimits): string {
  const all = [
    'ulimit -c 0',
    `ulimit -d ${Math.ceil(memory / 1024)}`,
    // The soft limit ends it by SIGXCPU, which says why; the hard one by SIGKILL, should that be caught.
    `ulimit -S -t ${Math.ceil(cpuSeconds)}`,
    `ulimit -H -t ${Math.ceil(cpuSeconds) + 2}`,
    // Options that a user has set for Node.js are not for this one; they could catch a signal.
    'unset NODE_OPTIONS',
  ];
  return `${all.map((limit) => `${limit} 2>/dev/null`).join('; ')}; exec "$@"`;
}

function node(script: string, memory: number): string[] {
  const heap = Math.floor(((memory - besidesHeap) * heapShare) / mebibyte);
  const loader = script.endsWith('.ts') ? [`--import=${import.meta.resolve('tsx')}`] : [];
  return [process.execPath, `--max-old-space-size=${heap}`, ...loader, script];
}

/** How a process ended, as execa tells it. */
type Ended = { signal: string | undefined; exitCode: number | undefined; stderr: string };

function endedBy(error: object): Ended {
  const { signal, exitCode, stderr } = error as Partial<Ended>;
  return { signal, exitCode, stderr: stderr ?? '' };
}

/** Node.js ends itself where it gets no memory, and says so; the host's own killer is silent. */
function ranOutOfMemory({ signal, stderr }: Ended): boolean {
  const words = /out of memory|allocation failed|cannot allocate memory|bad_alloc/i;
  return signal === 'SIGKILL' || words.test(stderr);
}

function lastLine({ signal, exitCode, stderr }: Ended): string {
  const said = stderr.trim().split('\n').filter(Boolean).at(-1);
  const end = signal ?? `exit code ${String(exitCode)}`;
  return said === undefined ? end : `${end}, ${said.slice(0, 200)}`;
}
