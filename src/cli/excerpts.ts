import { LineSplitter } from '../console/lines.ts';

/** A line of a log that is shown, and whether it decides or only stands around one that does. */
export type ExcerptLine = { line: number; text: string; decides: boolean };

/** Lines in a row. */
export type Excerpt = ExcerptLine[];

/** As many lines are shown before and behind each line that decides. */
const around = 3;

/**
 * Reads the lines that decide, with those around them, out of a log. Reads no further than it has to.
 * @param decisive 1-based
 */
export async function readExcerpts(
  log: AsyncIterable<Uint8Array>,
  decisive: readonly number[],
): Promise<Excerpt[]> {
  const last = Math.max(0, ...decisive) + around;
  const wanted = new Set(decisive.flatMap((line) => neighbours(line)));
  const splitter = new LineSplitter();
  const found: ExcerptLine[] = [];
  const keep = (line: number, text: string): void => {
    if (wanted.has(line)) found.push({ line, text, decides: decisive.includes(line) });
  };
  for await (const chunk of log) {
    const lines = splitter.feed(chunk);
    for (const { line, text } of lines) keep(line, text);
    if ((lines.at(-1)?.line ?? 0) >= last) return inRows(found);
  }
  for (const { line, text } of splitter.end()) keep(line, text);
  return inRows(found);
}

function neighbours(line: number): number[] {
  return Array.from({ length: 2 * around + 1 }, (_, index) => line - around + index);
}

/** Puts lines that follow each other together. */
function inRows(lines: readonly ExcerptLine[]): Excerpt[] {
  const rows: Excerpt[] = [];
  for (const each of lines) {
    const row = rows.at(-1);
    if (row !== undefined && row.at(-1)?.line === each.line - 1) row.push(each);
    else rows.push([each]);
  }
  return rows;
}
