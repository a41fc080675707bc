/** The text that a recorder prints before every line, as the shapes of its pieces. */
export type Prefix = readonly string[];

/** One piece of a line's head: its kind, and where it ends. */
export type HeadToken = {
  /**
   * `9` for a number, `.6` for a point and six digits, a blank for blanks, `Mon` for a day or a month, `LEVEL` for a log
   * level, otherwise the text itself.
   */
  shape: string;
  /** The number, or the number of the month, to compare clocks. */
  value: number | null;
  /** The offset after it. */
  end: number;
};

/** Longer than any prefix. UTF-16 units. */
const longestHead = 120;

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const days = 'Mon Tue Wed Thu Fri Sat Sun'.split(' ');
/** Words in prefixes that change from line to line. */
const levels = /^(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|stdout|stderr)$/;

/** A number includes the blanks before it where it may be padded: in brackets and at the start of a line. */
const piece = /(?:^|(?<=\[)) *\d+|\.\d{6}(?!\d)|\d+|[A-Za-z]+|[ \t]+|[^ \tA-Za-z\d]/g;

/** Splits the head of a line into its pieces. */
export function headOf(line: string): HeadToken[] {
  const head = line.slice(0, longestHead);
  return [...head.matchAll(piece)].map(({ 0: text, index }) => ({
    ...shapeOf(text),
    end: index + text.length,
  }));
}

function shapeOf(text: string): Pick<HeadToken, 'shape' | 'value'> {
  if (text.startsWith('.') && text.length > 1) return { shape: '.6', value: Number(text) };
  if (/\d$/.test(text)) return { shape: '9', value: Number(text) };
  if (/^[ \t]/.test(text)) return { shape: ' ', value: null };
  if (months.includes(text)) return { shape: 'Mon', value: months.indexOf(text) };
  // The day of the week is not needed to compare clocks.
  if (days.includes(text)) return { shape: 'Mon', value: 0 };
  return { shape: levels.test(text) ? 'LEVEL' : text, value: null };
}

/** A pattern that matches the prefix at the start of a line. */
export function prefixPattern(prefix: Prefix): RegExp {
  const pieces = prefix.map((shape, index) => {
    if (shape === '.6') return '\\.\\d{6}';
    if (shape === '9') return index === 0 || prefix[index - 1] === '[' ? ' *\\d+' : '\\d+';
    if (shape === ' ') return index === prefix.length - 1 ? '(?:[ \\t]+|$)' : '[ \\t]+';
    if (shape === 'Mon') return '[A-Z][a-z]{2}';
    if (shape === 'LEVEL') return '[A-Za-z]+';
    return shape.replace(/[^A-Za-z]/g, '\\$&');
  });
  return new RegExp(`^${pieces.join('')}`);
}
