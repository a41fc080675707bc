/**
 * The process in which a dump is read: an {@link ExamineRequest} as JSON on standard input, an {@link Answer} on standard
 * output. What is in a dump is a guest's, so whoever reads it does so with limits, and nothing else depends on it.
 */
import { text } from 'node:stream/consumers';
import { KexecLabError } from '../errors.ts';
import type { Examined, ExamineRequest } from './examine-dump.ts';
import { examineDump } from './examine-dump.ts';

/** What came of it: the findings, why the dump is refused, or a fault of this program's. */
export type Answer =
  | { examined: Examined }
  | { refused: { message: string; place?: string; hint?: string } }
  | { fault: string };

/** Larger than the logs of any machine. Characters of JSON. */
const mostAnswer = 64 * 2 ** 20;

const request = JSON.parse(await text(process.stdin)) as ExamineRequest;
process.stdout.write(JSON.stringify(answerTo(request)));

function answerTo(request: ExamineRequest): Answer {
  try {
    const examined = examineDump(request);
    const { length } = JSON.stringify(examined);
    if (length <= mostAnswer) return { examined };
    return { refused: { message: 'what it holds is too large to be a machine’s logs' } };
  } catch (error) {
    if (isWantOfMemory(error)) throw error;
    if (error instanceof KexecLabError) {
      const { message, place, hint } = error;
      return { refused: { message, ...(place && { place }), ...(hint && { hint }) } };
    }
    return { fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** What Node.js throws where it gets no memory for a buffer, or a text is longer than any may be. */
function isWantOfMemory(error: unknown): boolean {
  return (
    error instanceof RangeError && /allocation failed|Invalid string length/.test(error.message)
  );
}
