/** Marks text for a terminal; every function returns its argument where colour is off. */
export type Style = Record<keyof typeof codes, (text: string) => string>;

const codes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
} as const;

export function createStyle(color: boolean): Style {
  const mark =
    ([open, close]: readonly [number, number]) =>
    (text: string) =>
      color && text !== '' ? `\x1b[${open}m${text}\x1b[${close}m` : text;
  return {
    bold: mark(codes.bold),
    dim: mark(codes.dim),
    red: mark(codes.red),
    green: mark(codes.green),
    yellow: mark(codes.yellow),
  };
}

/**
 * Whether to write colour, by the two conventions users know: FORCE_COLOR (anything but `0`) says yes to everything,
 * NO_COLOR (not empty) says no; else a terminal that is not `dumb` gets colour.
 */
export function wantsColor(isTerminal: boolean, env: NodeJS.ProcessEnv): boolean {
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0';
  return isTerminal && !env.NO_COLOR && env.TERM !== 'dumb';
}
