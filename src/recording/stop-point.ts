import { createBootObserver } from '../boot/observer.ts';
import { LineSplitter } from '../console/lines.ts';
import { UsageError } from '../errors.ts';
import { didYouMean } from '../text/nearest.ts';
import { signatures } from '../signatures/all.ts';

/** A place on a recorded console: after the line that ends at `offset`. */
export type StopPoint = { offset: number; line: number; text: string };

/**
 * Finds where to stop: after the first line that shows a signal (if `at` is the id of a signature) or contains the text
 * `at`. Without `at`, at the end.
 * @throws UsageError where the console never shows it
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

/** Where the lines end, and their bytes; what follows the last newline is a line, too. */
function* linesOf(console: Buffer): Generator<{ offset: number; bytes: Buffer }> {
  let from = 0;
  while (from < console.length) {
    const newline = console.indexOf(10, from);
    const offset = newline === -1 ? console.length : newline + 1;
    yield { offset, bytes: console.subarray(from, offset) };
    from = offset;
  }
}
