/**
 * A terminal just good enough to see what the live list makes of one: text, newlines, `\r`, cursor up (`CSI n A`)
 * and erase below (`CSI 0 J`). Anything else is refused, so that a test notices new sequences. Lines wrap.
 */
export function terminal(columns: number) {
  const rows: string[] = [''];
  let row = 0;
  let column = 0;
  let written = 0;

  const sequences: Record<string, (n: number) => void> = {
    A: (n) => {
      row = Math.max(0, row - n);
    },
    J: () => {
      rows[row] = (rows[row] ?? '').slice(0, column);
      rows.length = row + 1;
    },
  };
  const newline = () => {
    row += 1;
    column = 0;
    rows[row] ??= '';
  };
  const put = (character: string) => {
    if (column === columns) newline();
    rows[row] = (rows[row] ?? '').slice(0, column).padEnd(column) + character;
    column += 1;
  };

  return {
    write: (text: string): void => {
      written += text.length;
      for (const [token, count, letter] of text.matchAll(/\x1b\[(\d*)([A-Z])|[^]/gu)) {
        if (letter !== undefined) {
          const sequence = sequences[letter];
          if (sequence === undefined) throw new Error(`unknown sequence ${JSON.stringify(token)}`);
          sequence(Number(count));
        } else if (token === '\n') newline();
        else if (token === '\r') column = 0;
        else if (token === '\x1b') throw new Error('a stray escape');
        else put(token);
      }
    },
    /** What is on the screen, without the empty line the cursor rests on. */
    lines: (): string[] => rows.slice(0, rows.at(-1) === '' ? -1 : undefined),
    written: (): number => written,
  };
}
