import { createScreen } from '../console/screen.ts';
import type { DiagnosisDocument, Doubt, Outcome, Signal } from '../model/boot.ts';
import { Transcript } from '../transcript/transcript.ts';
import { firmwareScreen, withScreen } from './decide/evidence.ts';
import { createBootObserver } from './observer.ts';

/**
 * A console log: its text, its bytes, its lines (without line ends), or a stream of bytes cut anywhere, such as
 * `createReadStream('ttyS0.log')`. Bytes are UTF-8 and not compressed.
 */
export type ConsoleLog = string | Uint8Array | readonly string[] | AsyncIterable<Uint8Array>;

export type DiagnoseOptions = {
  /** Stops the reading; `diagnose` then rejects with the signal's reason. */
  signal?: AbortSignal;
};

/**
 * Diagnoses a console log: its outcome, the evidence, what it means and what usually helps. The same code watches the
 * lab's own boots. Memory use does not grow with the length of a stream.
 * @throws TypeError if `log` is not a console log; whatever the stream throws
 */
export async function diagnose(
  log: ConsoleLog,
  { signal }: DiagnoseOptions = {},
): Promise<DiagnosisDocument> {
  return diagnosisDocument(await diagnoseLog(chunksOf(log, signal)));
}

/** Signals kept from each end of a log: the beginning shows the machine, the end why it failed. */
const keptSignals = 1000;

/** What a recorded log shows. */
export type Diagnosis = {
  outcome: Outcome;
  doubt: Doubt;
  /** The recognised signals, in order. For a very long log, only those at both ends. */
  signals: Signal[];
  /** How many signals are left out in the middle. */
  signalsOmitted: number;
  /** Lines of the log. */
  lines: number;
};

/**
 * Reads a console log to its end. Memory use does not grow with the length of the log.
 * @throws whatever `chunks` throws
 */
export async function diagnoseLog(chunks: AsyncIterable<Uint8Array>): Promise<Diagnosis> {
  const observer = createBootObserver({ lines: new Transcript() });
  const first: Signal[] = [];
  let last: Signal[] = [];
  let seen = 0;
  const keep = (signals: Signal[]): void => {
    seen += signals.length;
    for (const signal of signals) (first.length < keptSignals ? first : last).push(signal);
    if (last.length > 2 * keptSignals) last = last.slice(-keptSignals);
  };
  const screen = createScreen(firmwareScreen);
  for await (const chunk of chunks) {
    keep(observer.feed(chunk));
    screen.feed(chunk);
  }
  keep(observer.peek());
  keep(observer.end({ reason: 'log-ended' }));
  const signals = [...first, ...last.slice(-keptSignals)];
  return {
    doubt: observer.doubt(),
    outcome: await withScreen(observer.outcome(), async () =>
      screen.isPainted() ? screen.text() : [],
    ),
    signals,
    signalsOmitted: seen - signals.length,
    lines: observer.position.line,
  };
}

/**
 * The document that `kexec-lab diagnose --json` prints.
 * @param log the name of the log's file; left out for a log in memory
 */
export function diagnosisDocument(
  { outcome: { id, ...outcome }, doubt, signals, signalsOmitted, lines }: Diagnosis,
  log?: string,
): DiagnosisDocument {
  return {
    schema: 'kexec-lab/diagnosis@1',
    ...(log !== undefined && { log }),
    lines,
    outcome: id,
    ...outcome,
    ...doubt,
    signals,
    signalsOmitted,
  };
}

async function* chunksOf(log: ConsoleLog, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  signal?.throwIfAborted();
  if (typeof log === 'string') yield Buffer.from(log);
  else if (log instanceof Uint8Array) yield log;
  else if (isLines(log)) yield Buffer.from(log.map(line).join('\n'));
  else if (isStream(log)) {
    for await (const chunk of log) {
      signal?.throwIfAborted();
      yield bytes(chunk);
    }
  } else {
    throw new TypeError(
      'a console log must be a string, bytes, an array of lines or a stream of bytes',
    );
  }
}

function isLines(log: object): log is readonly string[] {
  return Array.isArray(log);
}

function isStream(log: unknown): log is AsyncIterable<unknown> {
  return typeof log === 'object' && log !== null && Symbol.asyncIterator in log;
}

function line(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new TypeError('every line of a console log must be a string');
}

/** Rejects text: strings may be lines (node:readline) or arbitrary pieces (`setEncoding`), and cannot be told apart. */
function bytes(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  throw new TypeError(
    'a stream of a console log must yield bytes: do not set its encoding, and pass lines as an array',
  );
}
