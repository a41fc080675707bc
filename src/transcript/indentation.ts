/** As many of the lines must have it. */
const share = 0.8;
/** Fewer lines tell nothing. */
const fewest = 4;

/** The blanks that a paste has in front of nearly all lines; null if it has none. */
export function indentationOf(lines: readonly string[]): RegExp | null {
  const widths = lines
    .filter((line) => line.trim() !== '')
    .map((line) => line.length - line.trimStart().length)
    .sort((one, other) => one - other);
  const least = widths[Math.floor(widths.length * (1 - share))] ?? 0;
  return widths.length < fewest || least === 0 ? null : new RegExp(`^ {1,${least}}`);
}
