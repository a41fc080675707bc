import { closeSync, fstatSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { diffArrays } from 'diff';
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

/** A line of a console and what was recognised in it. */
export type Mark = { line: number; signature: string };

/** Lines of two consoles that belong side by side: `[from, to)`, 1-based. */
type Block = {
  baseline: [from: number, to: number];
  candidate: [from: number, to: number];
  /** Whether both begin with the same signal and say nothing else that is known. */
  same: boolean;
};

/** Marks beyond this many are not aligned: a machine that reboots for ever says the same for ever. */
const mostMarks = 2000;

/**
 * Lays two consoles side by side. Their lines are never the same (times, addresses), their signals are: a block begins
 * wherever both say the same one, and ends where the next begins. What only one of them says makes its block differ.
 *
 * @param baseline in the order of the console
 * @param lines how many lines each console has
 */
export function alignConsoles(
  baseline: readonly Mark[],
  candidate: readonly Mark[],
  lines: { baseline: number; candidate: number },
): Block[] {
  const [a, b] = [baseline.slice(0, mostMarks), candidate.slice(0, mostMarks)];
  const blocks: Block[] = [{ baseline: [1, 1], candidate: [1, 1], same: true }];
  let current = blocks[0] as Block;
  let [atA, atB] = [0, 0];
  for (const { added, removed, count } of diffArrays(a.map(idOf), b.map(idOf))) {
    if (added || removed) {
      current.same = false;
      if (removed) atA += count;
      else atB += count;
      continue;
    }
    for (let step = 0; step < count; step += 1, atA += 1, atB += 1) {
      const [lineA, lineB] = [a[atA]?.line ?? 1, b[atB]?.line ?? 1];
      // Two signals of one line begin one block.
      if (lineA <= current.baseline[0] || lineB <= current.candidate[0]) continue;
      current.baseline[1] = lineA;
      current.candidate[1] = lineB;
      current = { baseline: [lineA, lineA], candidate: [lineB, lineB], same: true };
      blocks.push(current);
    }
  }
  current.baseline[1] = lines.baseline + 1;
  current.candidate[1] = lines.candidate + 1;
  return blocks;
}

function idOf({ signature }: Mark): string {
  return signature;
}
