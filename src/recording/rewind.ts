import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Arch } from '../arch.ts';
import { createBootObserver } from '../boot/observer.ts';
import { LineSplitter } from '../console/lines.ts';
import { UsageError } from '../errors.ts';
import { makePrivateDirectory } from '../host/directories.ts';
import { count, seconds } from '../model/boot.ts';
import { replayEndings } from '../model/vocabulary.ts';
import type { Machine } from '../qemu/machine.ts';
import { startMachine } from '../qemu/machine.ts';
import { signatures } from '../signatures/all.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Overrun } from './debugger.ts';
import { openForGdb, takeSnapshots, stopExactly } from './debugger.ts';
import { loadRecording } from './load.ts';
import { ConsoleComparison, play } from './play.ts';

/** What `kexec-lab rewind --json` prints. */
export const rewindSchema = z.strictObject({
  schema: z.literal('kexec-lab/rewind@1'),
  case: z.string().describe('The case, as kexec-lab run names it.'),
  ending: z
    .enum(replayEndings)
    .describe(
      'played: to the end of the recording. stalled: the machine made no further progress. stopped: where --at says.',
    ),
  bytes: count.describe('Bytes on the console of the replay.'),
  recordedBytes: count.describe('Bytes on the console of the recording.'),
  differsAt: count
    .nullable()
    .describe('Offset of the first byte that differs from the recording; null if none does.'),
  line: z.int().min(1).nullable().describe('The 1-based line of that byte.'),
  hostSeconds: seconds,
  words: z.string().describe("QEMU's error output; usually empty."),
});

/** The result of replaying a recording. */
export type Rewound = z.infer<typeof rewindSchema>;

/** A stopped machine that gdb can attach to. */
export type StoppedMachine = {
  arch: Arch;
  socket: string;
  point: StopPoint;
  /** Whether it stopped at the exact instruction; otherwise some milliseconds of guest time later. */
  exact: boolean;
};

export type RewindOptions = {
  qemuDir?: string | undefined;
  signal: AbortSignal;
  /** Called with each complete line of the console, cleaned of control characters. */
  onLine(text: string): void;
  /**
   * Stops after the line that shows this (see `findStopPoint`), and waits for gdb until it ends the machine or `signal` is
   * aborted. Default: plays to the end.
   */
  debug?: { at: string | undefined; onStopped(standing: StoppedMachine): void };
};

/**
 * Replays the recording of a case, and compares its console with the recorded one.
 * @param directory the directory of the recorded case
 * @throws UsageError and UnavailableError like `loadRecording`; UsageError if the console never shows the stop point;
 *   `signal.reason` if aborted before the end.
 */
export async function rewind(
  directory: string,
  { qemuDir, signal, debug, ...hooks }: RewindOptions,
): Promise<Rewound> {
  const { name, spec, qemu, console: recorded } = await loadRecording(directory, qemuDir);
  const point = debug && findStopPoint(recorded, debug.at);
  const started = performance.now();
  const machine = await startMachine(spec, qemu, { directory, signal });
  const comparison = new ConsoleComparison(recorded);
  const lines = new LineSplitter();
  const over = new AbortController();
  const snapshots = debug && takeSnapshots(machine, over.signal).catch(() => undefined);
  const stopAfter = point?.offset ?? Infinity;
  try {
    const onBytes = (chunk: Uint8Array): void => {
      for (const { text } of lines.feed(chunk)) hooks.onLine(text);
    };
    // Taking a snapshot continues the machine, so it must have finished.
    const onArrival = async (): Promise<void> => {
      over.abort();
      await snapshots;
    };
    const { ending, before, shown } = await play(machine, comparison, {
      onBytes,
      stopAfter,
      onArrival,
    });
    // An aborted machine has not shown its whole console, so nothing can be compared.
    if (ending !== 'stopped') signal.throwIfAborted();
    for (const { text } of lines.end()) hooks.onLine(text);
    const hostSeconds = Math.round(performance.now() - started) / 1000;
    if (ending === 'stopped' && debug && point) {
      const overrun = { before, shown, wanted: point.offset };
      await standForGdb(machine, overrun, onBytes, (place) => {
        debug.onStopped({ arch: spec.profile.arch, point, ...place });
      });
      for (const { text } of lines.end()) hooks.onLine(text);
    }
    const { bytes, differsAt, line } = comparison;
    const words = ending === 'stopped' ? '' : (await machine.stop()).stderr;
    const recordedBytes = recorded.length;
    return {
      schema: 'kexec-lab/rewind@1',
      case: name,
      ending,
      bytes,
      recordedBytes,
      differsAt,
      line,
      hostSeconds,
      words,
    };
  } finally {
    over.abort();
    await machine.stop();
  }
}

/** Leaves a stopped machine to gdb until it ends. */
async function standForGdb(
  machine: Machine,
  overrun: Overrun,
  onBytes: (chunk: Uint8Array) => void,
  onStopped: (place: Pick<StoppedMachine, 'socket' | 'exact'>) => void,
): Promise<void> {
  const directory = await makePrivateDirectory();
  try {
    const exact = await stopExactly(machine, overrun);
    const socket = join(directory, 'gdb');
    await openForGdb(machine, socket);
    onStopped({ socket, exact });
    for await (const chunk of machine.console) onBytes(chunk);
    await machine.exited;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** A point on a recorded console: after the line that ends at `offset`. */
type StopPoint = { offset: number; line: number; text: string };

/**
 * Finds where to stop: after the first line that shows a signal (if `at` is the id of a signature) or contains the text
 * `at`. Without `at`, at the end.
 * @throws UsageError if the console never shows it
 */
export function findStopPoint(console: Buffer, at: string | undefined): StopPoint {
  const isSignal = signatures.some(({ id }) => id === at);
  const seen = new Set<string>();
  const observer = createBootObserver();
  const splitter = new LineSplitter();
  let point: StopPoint = { offset: 0, line: 0, text: '' };
  for (const { offset, bytes } of linesOf(console)) {
    const signals = [
      ...observer.feed(bytes),
      ...(offset === console.length ? observer.peek() : []),
    ];
    for (const { signature } of signals) seen.add(signature);
    const [next] = [...splitter.feed(bytes), ...(offset === console.length ? splitter.end() : [])];
    if (next !== undefined) point = { offset, line: next.line, text: next.text };
    if (at === undefined) continue;
    if (isSignal ? seen.has(at) : point.text.includes(at)) return point;
  }
  if (at === undefined) return point;
  throw new UsageError(`the recorded console never shows "${at}"${didYouMean(at, seen)}`, {
    hint: `Give a text within one line, or a signal. Signals on this console: ${[...seen].join(', ') || 'none'}.`,
  });
}

/** The lines of a console, and the offsets where they end. Text after the last newline counts as a line. */
function* linesOf(console: Buffer): Generator<{ offset: number; bytes: Buffer }> {
  let from = 0;
  while (from < console.length) {
    const newline = console.indexOf(10, from);
    const offset = newline === -1 ? console.length : newline + 1;
    yield { offset, bytes: console.subarray(from, offset) };
    from = offset;
  }
}
