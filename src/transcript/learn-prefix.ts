/**
 * Recognises what a recorder (a terminal program, syslog, a CI system, …) prints before every line of a console: it is learned
 * from the lines themselves.
 */
import type { HeadToken, Prefix } from './prefix.ts';
import { headOf, prefixPattern } from './prefix.ts';

/** This share of the lines must begin with the prefix. The others may be the recorder's own lines, or were cut. */
const share = 0.8;
/** This share of neighbouring lines must be in the order of their clocks: threads of a recorder may overtake each other. */
const inOrder = 0.95;

/** The shapes of a printk time stamp, which is not part of a recorder's prefix. */
const stamp = ['[', '9', '.6', ']'];

/** The shapes that may end a prefix. */
const separators = [' ', ']', '|', '>', ':'];

/**
 * Finds the prefix that these lines share: it has a clock that never runs backwards, or is constant text before a kernel's
 * records. Null if the lines share only text that kernels and programs print themselves.
 */
export function learnPrefix(lines: readonly string[]): Prefix | null {
  const heads = lines.filter((line) => line.trim() !== '').map(headOf);
  if (heads.length < 2) return null;
  const shapes = sharedShapes(heads);
  const quoted = quotation(shapes);
  if (quoted !== null) return quoted;
  const whole = beforeContent(shapes, heads);
  const own = heads.filter((head) => beginsWith(head, whole));
  // After a clock, words that all lines share may also be the repeated output of a program.
  const clock = upToClock(whole, own);
  const prefix: Prefix =
    leadsToKernel(whole, own) || leadsToConsole(whole, own)
      ? whole
      : [...clock, ...tagBehind(whole.slice(clock.length)), ...hostBehind(clock, lines)];
  if (prefix.length === 0) return null;
  return hasClock(prefix, own) || isConstant(prefix, own) ? prefix : null;
}

/** A level, or a name in brackets, that all lines have after the clock. */
const tags = /^(?:LEVEL (?:[FP] )?|9[OE][ +]|(?:<[^> ]+>|\[[^\] ]+\]|\([^) ]+\)):? )+/;

function tagBehind(shapes: readonly string[]): Prefix {
  const length = tags.exec(shapes.join(''))?.[0].length ?? 0;
  let [end, seen] = [0, 0];
  while (seen < length) {
    seen += shapes[end]?.length ?? length;
    end += 1;
  }
  return shapes.slice(0, end);
}

/** The host of syslog, and the name of the program that printed the line. */
const hostAndTag =
  /^(?<host>(?:[A-Z]{3,5} |[+-]\d{2}:?\d{2} )?[\w.-]+ )(?<tag>[\w.()/-]+(?:\[\d+\])?: )/;

/** Programs whose name is part of their output. */
const ownTag = /^(?:kernel|systemd|dracut)/;

/** The shapes of the host's name after the clock, and of the recorder's name, if all lines have the same (a journal). */
function hostBehind(clock: Prefix, lines: readonly string[]): Prefix {
  if (clock.length === 0) return [];
  const pattern = prefixPattern(clock);
  const own = lines.filter((line) => pattern.test(line)).map((line) => line.replace(pattern, ''));
  const host = shared(own.map((line) => hostAndTag.exec(line)?.groups?.['host']));
  const tag = shared(own.map((line) => hostAndTag.exec(line)?.groups?.['tag']));
  if (host === null) return [];
  const name = tag === null || ownTag.test(tag) ? host : host + tag;
  return headOf(name).map(({ shape }) => shape);
}

/** The text that nearly all have; null if there is none. */
function shared(texts: (string | undefined)[]): string | null {
  const [text] = texts;
  const same = texts.filter((other) => other === text);
  return text === undefined || same.length < share * texts.length ? null : text;
}

function beginsWith(head: readonly HeadToken[], prefix: Prefix): boolean {
  return prefix.every((shape, index) => {
    const found = head[index]?.shape;
    // Recorders and editors remove a blank at the end of a line.
    return found === shape || (found === undefined && shape === ' ' && index === prefix.length - 1);
  });
}

/** The longest sequence of shapes that nearly all heads begin with. */
function sharedShapes(heads: readonly HeadToken[][]): string[] {
  const shapes: string[] = [];
  let left = heads;
  for (;;) {
    const counts = new Map<string, number>();
    for (const head of left) {
      const shape = head[shapes.length]?.shape;
      if (shape !== undefined) counts.set(shape, (counts.get(shape) ?? 0) + 1);
    }
    const [best] = [...counts].sort(([, a], [, b]) => b - a);
    if (best === undefined) return shapes;
    const next = left.filter((head) => {
      const token = head[shapes.length];
      return token === undefined ? best[0] === ' ' : token.shape === best[0];
    });
    if (next.length < share * heads.length || shapes.length > 60) return shapes;
    left = next;
    shapes.push(best[0]);
  }
}

/**
 * The prefix of a quotation in a mail, or of a tool that shows several logs. Scaleway's initramfs begins its own lines with
 * `>>> `.
 */
function quotation(shapes: readonly string[]): Prefix | null {
  const mail = /^>{1,2} /.exec(shapes.join(''))?.[0] ?? '';
  if (mail !== '') return shapes.slice(0, mail.length);
  const bar = shapes.slice(0, longestName).indexOf('|');
  const isFramed = shapes[bar - 1] === ' ' || shapes[bar + 1] === ' ';
  return bar > 0 && isFramed ? shapes.slice(0, bar + 2) : null;
}

const longestName = 12;

/**
 * Removes the shapes that belong to the console: the kernel's stamp and everything after it, LAVA's wrapping (see `unwrap`),
 * and a word without a separator after it.
 */
function beforeContent(shapes: readonly string[], heads: readonly HeadToken[][]): string[] {
  let at = -1;
  for (let from = 0; from + stamp.length <= shapes.length; from += 1)
    if (stamp.every((shape, offset) => shapes[from + offset] === shape)) at = from;
  // A recorder's clock may look like the kernel's, if the kernel's own stamp is after it.
  const own = at === -1 ? [] : shapes.slice(0, at + stamp.length + 1);
  if (own.at(-1) === ' ' && stampedBehind(own, heads) >= 2) return own;
  const wrapped = shapes.join('').indexOf('- {');
  if (wrapped !== -1)
    at = at === -1 ? shapes.indexOf('{') - 2 : Math.min(at, shapes.indexOf('{') - 2);
  const before = at === -1 ? [...shapes] : shapes.slice(0, at);
  while (before.length > 0 && !separators.includes(before.at(-1) ?? '')) before.pop();
  return before;
}

/** Whether the numbers in the prefix, the most significant first, never decrease from one line to the next. */
function hasClock(prefix: Prefix, heads: readonly HeadToken[][]): boolean {
  const clocks = heads.map((head) => numbersIn(head, prefix));
  const steps = clocks.slice(1).map((clock, index) => compare(clock, clocks[index] ?? []));
  const back = steps.filter((step) => step < 0).length;
  if (back > Math.max(1, (1 - inOrder) * steps.length)) return false;
  // A growing number is a clock only before a kernel's records: process ids and session numbers grow too.
  const grows = steps.filter((step) => step > 0).length >= 2;
  if (/9:9:9|^\[9\.9\]/.test(prefix.join(''))) return true;
  if (/^9\.6 /.test(prefix.join('')) && (heads[0]?.[0]?.value ?? 0) > epoch) return true;
  // A growing number with a fraction in brackets can only be a clock.
  if (grows && /^[[({<].*9\.9.*[\])}>] $/.test(prefix.join(''))) return true;
  return grows && leadsToKernel(prefix, heads);
}

/** Seconds since 1970 have ten digits from September 2001 on. */
const epoch = 1e9;

/** Without fractions of seconds, which recorders with several threads print out of order. */
function numbersIn(head: readonly HeadToken[], prefix: Prefix): number[] {
  return head
    .slice(0, prefix.length)
    .flatMap(({ value, shape }) => (value === null || shape === '.6' ? [] : [value]));
}

function compare(one: readonly number[], other: readonly number[]): number {
  for (const [index, value] of one.entries()) {
    const difference = value - (other[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether a kernel's record follows the prefix: with its stamp, or with the name that syslog gives it. */
function leadsToKernel(prefix: Prefix, heads: readonly HeadToken[][]): boolean {
  return prefix.slice(-3).join('') === 'kernel: ' || stampedBehind(prefix, heads) > 0;
}

function stampedBehind(prefix: Prefix, heads: readonly HeadToken[][]): number {
  return heads.filter((head) =>
    stamp.every((shape, offset) => head[prefix.length + offset]?.shape === shape),
  ).length;
}

/** Without the words after the clock, other than those that end it: a time zone, a bracket, a blank. */
function upToClock(prefix: Prefix, heads: readonly HeadToken[][]): Prefix {
  const varies = (index: number): boolean =>
    new Set(heads.map((head) => head[index]?.value ?? null)).size > 1;
  const time = prefix.join('\0').lastIndexOf(['9', ':', '9', ':', '9'].join('\0'));
  const endOfTime = time === -1 ? -1 : prefix.join('\0').slice(0, time).split('\0').length + 3;
  // Numbers after the time of day are not part of the clock.
  const end = endOfTime === -1 ? prefix.length : prefix.indexOf(' ', endOfTime);
  const last = prefix.findLastIndex(
    (_, index) => index === endOfTime || (varies(index) && (end === -1 || index < end)),
  );
  if (last === -1) return [];
  const closed = prefix.indexOf(']', last);
  const blank = prefix.indexOf(' ', prefix[0] === '[' && closed !== -1 ? closed : last);
  return blank === -1 ? [] : prefix.slice(0, blank + 1);
}

/** Whether many lines have the prefix, and one of them continues as only a line of a console does. */
function leadsToConsole(prefix: Prefix, heads: readonly HeadToken[][]): boolean {
  const text = prefix.join('');
  if (heads.length < manyLines || ownTag.test(text) || text.startsWith('EFI ')) return false;
  const starts = heads.map((head) =>
    head
      .slice(prefix.length, prefix.length + 4)
      .map(({ shape }) => shape)
      .join(''),
  );
  return starts.some((start) => /^(?:Linux version|Booting Linux|U-Boot )/.test(start));
}

const manyLines = 10;

/** Whether the prefix is constant text, and a kernel's log follows it. */
function isConstant(prefix: Prefix, heads: readonly HeadToken[][]): boolean {
  const values = new Set(heads.map((head) => numbersIn(head, prefix).join()));
  return values.size === 1 && (stampedBehind(prefix, heads) >= 2 || leadsToConsole(prefix, heads));
}

/** Fewer lines are not enough to find an indentation. */
const fewest = 4;

/** The indentation that nearly all lines of a pasted log share; null if there is none. */
export function indentationOf(lines: readonly string[]): RegExp | null {
  const widths = lines
    .filter((line) => line.trim() !== '')
    .map((line) => line.length - line.trimStart().length)
    .sort((one, other) => one - other);
  const least = widths[Math.floor(widths.length * (1 - share))] ?? 0;
  return widths.length < fewest || least === 0 ? null : new RegExp(`^ {1,${least}}`);
}
