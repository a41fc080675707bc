/**
 * The process in which a dump is read: an {@link ExamineRequest} as JSON on standard input, an {@link Answer} on standard
 * output. A guest controls the contents of a dump, so this process runs with limits and nothing else depends on it.
 */
import { text } from 'node:stream/consumers';
import { KexecLabError } from '../errors.ts';
import type { Findings } from '../model/examination.ts';
import { examine } from './findings.ts';
import { openDump } from './memory-dump.ts';
import type { Reason } from './silence.ts';
import { explainSilence } from './silence.ts';

/** The findings, the reason for refusing the dump, or an internal error of this program. */
export type Answer =
  | { examined: Examined }
  | { refused: { message: string; place?: string; hint?: string } }
  | { fault: string };

/** Larger than the logs of any machine. Characters of JSON. */
const mostAnswer = 64 * 2 ** 20;

/** The reason why a dump that makedumpfile marked as incomplete is not whole. */
const notSaved = 'part of memory, which makedumpfile did not save because its disk was full';

const request = JSON.parse(await text(process.stdin)) as ExamineRequest;
process.stdout.write(JSON.stringify(answerTo(request)));

function answerTo(request: ExamineRequest): Answer {
  try {
    const examined = examineDump(request);
    const { length } = JSON.stringify(examined);
    if (length <= mostAnswer) return { examined };
    return { refused: { message: 'its contents are too large to be the logs of a machine' } };
  } catch (error) {
    if (isOutOfMemory(error)) throw error;
    if (error instanceof KexecLabError) {
      const { message, place, hint } = error;
      return { refused: { message, ...(place && { place }), ...(hint && { hint }) } };
    }
    return { fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** Whether Node.js could not allocate a buffer, or a string exceeded its maximum length. */
function isOutOfMemory(error: unknown): boolean {
  return (
    error instanceof RangeError && /allocation failed|Invalid string length/.test(error.message)
  );
}

/** The dump to read, and the other evidence; see {@link Heard}. */
export type ExamineRequest = {
  /** The dump's path. */
  file: string;
  /** Where a raw dump begins, a physical address. */
  base: number;
  /** The console's lines. */
  lines: string[];
  /** Program counters, in hexadecimal digits. */
  pcs: string[];
  dead: boolean;
};

/** The result of reading a dump. It can be converted to JSON and back. */
export type Examined = {
  /** Bytes of memory that are missing from the dump. */
  missingBytes: number;
  findings: Findings;
  /** Why the machine is silent; null if its memory does not show it. */
  silence: Reason | null;
  /** The index of the log that never reached the console; null if there is none. */
  unheard: number | null;
};

/**
 * Reads a dump and finds out why its machine is silent.
 * @throws UsageError for a file that is not a dump, or is damaged
 */
function examineDump({ file, base, lines, pcs, dead }: ExamineRequest): Examined {
  const dump = openDump(file, base);
  try {
    const counters = pcs.map((pc) => BigInt(`0x${pc}`));
    const findings = examine(dump, counters);
    if (dump.isMarkedIncomplete) findings.unreadable.push(notSaved);
    const heard = { lines: new Set(lines), pcs: counters, dead };
    const autopsy = explainSilence(findings, heard);
    const missingBytes = dump.missingBytes();
    if (autopsy === null) return { missingBytes, findings, silence: null, unheard: null };
    const { log, ...silence } = autopsy;
    const unheard = log === null ? null : findings.logs.indexOf(log);
    return { missingBytes, findings, silence, unheard };
  } finally {
    dump.close();
  }
}
