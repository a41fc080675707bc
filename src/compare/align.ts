import { diffArrays } from 'diff';

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
