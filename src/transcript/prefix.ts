/** What a recorder puts in front of every line: the shapes of its pieces. */
export type Prefix = readonly string[];

/** One piece of a line's head: what kind of text it is, and where it ends. */
export type HeadToken = {
  /**
   * `9` for a number, `.6` for six digits behind a point, a blank for blanks, `Mon` for a day or a month, else the text
   * itself.
   */
  shape: string;
  /** For comparing clocks: the number, or the month's. */
  value: number | null;
  /** The offset behind it. */
  end: number;
};

/** Nothing that stands in front of a line is longer. UTF-16 units. */
const longestHead = 120;

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const days = 'Mon Tue Wed Thu Fri Sat Sun'.split(' ');
/** Words of recorders that change from line to line. */
const levels = /^(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|stdout|stderr)$/;

/** A number takes the blanks before it along where it is padded: in brackets and at the start of a line. */
const piece = /(?:^|(?<=\[)) *\d+|\.\d{6}(?!\d)|\d+|[A-Za-z]+|[ \t]+|[^ \tA-Za-z\d]/g;

/** Takes the head of a line apart. */
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
  // A week's day says nothing about what comes first.
  if (days.includes(text)) return { shape: 'Mon', value: 0 };
  return { shape: levels.test(text) ? 'LEVEL' : text, value: null };
}

/** A pattern that takes the prefix off a line. */
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
