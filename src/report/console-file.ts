import { closeSync, fstatSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { diffArrays } from 'diff';
import { openInput } from '../host/user-file.ts';
import { signalLineSchema } from '../model/boot.ts';

/** What reports show of the console of a case: its lines, the signals in them, and two consoles side by side. */

/** A line of `console.log`: its number, the host seconds at which it came, and its text. */
type ConsoleLine = { number: number; seconds: number | null; text: string };

/** The lines of a console, and whether the rest was left out. */
export type ConsoleText = { lines: ConsoleLine[]; cut: boolean };

/** A line of a console and a signature that was recognised in it. */
export type Mark = { line: number; signature: string };

/** Reads the console of a case from its directory. A missing file has no lines; a very long one is truncated. */
export function readConsole(directory: string): ConsoleText {
  const { text, cut } = readStart(join(directory, 'console.log'));
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return { lines: lines.map(parseLine), cut };
}

/**
 * Reads the signals of a case from `signals.jsonl` in its directory, in order. Reading stops at a damaged line: the last
 * line of a killed run may be incomplete.
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

/** The keys of a line of `signals.jsonl` that are needed; later versions may add others. */
const markSchema = signalLineSchema.pick({ line: true, signature: true }).strip();

/** Nine columns of seconds, a space, the text: see src/session/listeners.ts. */
function parseLine(line: string, index: number): ConsoleLine {
  const [, seconds, text] = /^ *(\d+\.\d{3}) (.*)$/s.exec(line) ?? [];
  const known = seconds !== undefined && text !== undefined;
  return { number: index + 1, seconds: known ? Number(seconds) : null, text: known ? text : line };
}

/** Limits what a report holds in memory, in bytes. No usual boot prints as much. */
const mostRead = 8 * 2 ** 20;

function readStart(file: string): { text: string; cut: boolean } {
  let descriptor: number;
  try {
    ({ descriptor } = openInput(file, Infinity));
  } catch {
    return { text: '', cut: false }; // The boot did not begin.
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

/** Lines of two consoles that are shown side by side: `[from, to)`, 1-based. */
type Block = {
  baseline: [from: number, to: number];
  candidate: [from: number, to: number];
  /** Whether both begin with the same signal and have no other signal. */
  same: boolean;
};

/** Further marks are not aligned: a machine in a reboot loop repeats them endlessly. */
const mostMarks = 2000;

/**
 * Aligns two consoles by their signals, since their lines differ in times and addresses. A block begins at each signal that
 * both have. A signal that only one of them has makes its block differ.
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
