import fc from 'fast-check';
import t from 'tap';
import type { Mark } from '../../src/report/console-file.ts';
import { alignConsoles } from '../../src/report/console-file.ts';

const marks = (...all: [line: number, signature: string][]): Mark[] =>
  all.map(([line, signature]) => ({ line, signature }));

void t.test('the same signals stand side by side, wherever their lines are', (t) => {
  const blocks = alignConsoles(
    marks([2, 'kernel-starts'], [5, 'kexec-bye'], [7, 'kernel-starts'], [9, 'login-prompt']),
    marks([3, 'kernel-starts'], [4, 'kexec-bye'], [6, 'kernel-starts'], [30, 'login-prompt']),
    { baseline: 9, candidate: 31 },
  );
  t.strictSame(blocks, [
    { baseline: [1, 2], candidate: [1, 3], same: true },
    { baseline: [2, 5], candidate: [3, 4], same: true },
    { baseline: [5, 7], candidate: [4, 6], same: true },
    { baseline: [7, 9], candidate: [6, 30], same: true },
    { baseline: [9, 10], candidate: [30, 32], same: true },
  ]);
  t.end();
});

void t.test('what only one of them says makes its block differ, and no other', (t) => {
  const blocks = alignConsoles(
    marks([1, 'kernel-starts'], [2, 'kexec-bye'], [3, 'kernel-starts'], [4, 'login-prompt']),
    marks([1, 'kernel-starts'], [2, 'kexec-bye']),
    { baseline: 5, candidate: 2 },
  );
  t.strictSame(blocks.at(-1), { baseline: [2, 6], candidate: [2, 3], same: false });
  t.strictSame(
    blocks.slice(0, -1).map(({ same }) => same),
    [true],
  );
  t.end();
});

void t.test('nothing recognised is one block; nothing at all is an empty one', (t) => {
  t.strictSame(alignConsoles([], [], { baseline: 3, candidate: 4 }), [
    { baseline: [1, 4], candidate: [1, 5], same: true },
  ]);
  t.strictSame(alignConsoles([], marks([1, 'x']), { baseline: 0, candidate: 1 }), [
    { baseline: [1, 1], candidate: [1, 2], same: false },
  ]);
  t.end();
});

void t.test('every line of both is in exactly one block, in order', (t) => {
  const console = fc
    .array(
      fc.record({
        line: fc.integer({ min: 1, max: 40 }),
        signature: fc.constantFrom('a', 'b', 'c'),
      }),
    )
    .map((found) => found.sort((a, b) => a.line - b.line));
  fc.assert(
    fc.property(console, console, (a, b) => {
      const blocks = alignConsoles(a, b, { baseline: 40, candidate: 40 });
      for (const side of ['baseline', 'candidate'] as const) {
        const ranges = blocks.map((block) => block[side]);
        const joined = ranges.every(
          ([from, to], at) => from <= to && (ranges[at + 1]?.[0] ?? 41) === to,
        );
        if (ranges[0]?.[0] !== 1 || !joined) return false;
      }
      return true;
    }),
  );
  t.end();
});
