import { closeSync, fstatSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { Mark } from '../compare/align.ts';
import { openInput } from '../host/user-file.ts';
import { signalLineSchema } from '../model/boot.ts';

/** More than a boot ever prints, and less than what a page or a memory cannot take. Bytes. */
const mostRead = 8 * 2 ** 20;

/** A line of `console.log`: its number there, the host seconds it came at, and what it says. */
type ConsoleLine = { number: number; seconds: number | null; text: string };

/** What can be shown of a console: lines, and whether some are missing behind them. */
export type ConsoleText = { lines: ConsoleLine[]; cut: boolean };

/** The console of a case, from its directory; no lines where it left none. What is very long is cut at the end. */
export function readConsole(directory: string): ConsoleText {
  const { text, cut } = readStart(join(directory, 'console.log'));
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return { lines: lines.map(parseLine), cut };
}

function readStart(file: string): { text: string; cut: boolean } {
  let descriptor: number;
  try {
    ({ descriptor } = openInput(file, Infinity));
  } catch {
    return { text: '', cut: false }; // The boot never began, or there is no file.
  }
  try {
    const { size } = fstatSync(descriptor);
    const bytes = Buffer.alloc(Math.min(size, mostRead));
    const length = readSync(descriptor, bytes, 0, bytes.length, 0);
    return { text: bytes.toString('utf8', 0, length), cut: size > mostRead };
  } finally {
    closeSync(descriptor);
  }
}

/** What is needed of a line of `signals.jsonl`, whatever a later version adds to it. */
const markSchema = signalLineSchema.pick({ line: true, signature: true }).strip();

/**
 * What was recognised on a case's console, in order: `signals.jsonl` of its directory; nothing where it left none. The
 * last line of one that was killed may be cut.
 */
export function readMarks(directory: string): Mark[] {
  const marks: Mark[] = [];
  for (const text of readStart(join(directory, 'signals.jsonl')).text.split('\n')) {
    try {
      marks.push(markSchema.parse(JSON.parse(text)));
    } catch {
      break;
    }
  }
  return marks;
}

/** See `CaseRecord.line`: nine columns of seconds, a space, the text. */
function parseLine(line: string, index: number): ConsoleLine {
  const [, seconds, text] = /^ *(\d+\.\d{3}) (.*)$/s.exec(line) ?? [];
  const known = seconds !== undefined && text !== undefined;
  return { number: index + 1, seconds: known ? Number(seconds) : null, text: known ? text : line };
}
