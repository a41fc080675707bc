import { cleanSegments } from '../console/lines.ts';

/** ESC as visible characters, as terminals, mail programs and web pages copy it. */
const writtenEscape = /(?:\^\[|\\e|\\x1b|\\033|\u241B)(?=\[)/g;

/** Colours whose ESC was lost: only SGR (`m`), which cannot be mistaken for other text. */
const lostEscape = /\[\d{1,2}(?:;\d{1,3})*m/g;

/** HTML entities. */
const entity = /&(lt|gt|amp|quot|nbsp|#39);/g;
const characters: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  nbsp: ' ',
  '#39': "'",
};

/** Quotes and dashes as word processors and web pages change them. */
const typographic: readonly [RegExp, string][] = [
  [/[\u2018\u2019]/g, "'"],
  [/[\u201C\u201D]/g, '"'],
  [/[\u2010-\u2015\u2212]/g, '-'],
];

/** tbot draws the tree of its steps before the console's lines. */
const tree = /^(?:\u2502 *)+(?:<> )?/;

/** `cat -v` shows a carriage return as `^M`; an editor may replace the blanks in a time stamp by a tab. */
const shownReturn = /\^M$/;
const tabInStamp = /^\[[\t ]*\t[\t ]*(?=\d+\.\d{6}\])/;

/** A record as /dev/kmsg and extended netconsole print it: level, number, microseconds, flags. */
const kmsg = /^\d{1,3},\d+,(?<micros>\d+),[-+c](?:,[^;]*)?;/;

/** Lines without any of these need no repair. */
const suspicious =
  /^\d+,\d+,|^\[ *\t|\[\d[\d;]*m|&[a-z#]|\^[[M]|\\[ex0]|[\u2010-\u201D\u2212\u241B\u2502]/;

/**
 * Restores a line that copying has damaged: escape sequences, entities, padding. Returns its segments (see
 * `cleanSegments`), at least one.
 */
export function repair(text: string): string[] {
  const trimmed = text.trimEnd();
  if (!suspicious.test(trimmed)) return [trimmed];
  const mended = typographic
    .reduce((text, [from, to]) => text.replace(from, to), trimmed)
    .replace(shownReturn, '')
    .replace(tabInStamp, '[    ')
    .replace(kmsg, (_, micros: string) => stampOf(Number(micros)))
    .replace(writtenEscape, '\u001B')
    .replace(entity, (whole, name: string) => characters[name] ?? whole)
    .replace(tree, '')
    .trimEnd();
  return cleanSegments(mended).map((segment) => segment.replace(lostEscape, '').trimEnd());
}

function stampOf(micros: number): string {
  return `[${(micros / 1e6).toFixed(6).padStart(12)}] `;
}

/**
 * A line of LAVA's job log, YAML in one line: `- {"dt": "…", "lvl": "target", "msg": "…"}`. `target` and `feedback` are the
 * console; all other levels are LAVA's own messages.
 */
const lavaLine = /^- \{"dt": "[^"]*", "lvl": "(?<level>\w+)", "msg": (?<message>.*)\}$/;

/** The JSON fields in which containers, journals and cloud providers put a line of output. */
const fields = ['log', 'msg', 'message', 'MESSAGE', 'text', 'line', 'data', 'textPayload'];

/** Extracts a console's lines from LAVA's log, JSON or Python's bytes. LAVA's own lines are omitted. Returns the same array if nothing is wrapped. */
export function unwrap(segments: string[]): string[] {
  // Most logs are neither, and some have millions of lines.
  if (!segments.some(isWrapped)) return segments;
  return segments.flatMap((segment) => {
    if (segment.startsWith('{')) return fromJson(segment);
    if (segment.startsWith('b')) return cleanSegments(fromPython(segment));
    const { level, message = '' } = lavaLine.exec(segment)?.groups ?? {};
    if (level === undefined) return [segment];
    return level === 'target' || level === 'feedback' ? cleanSegments(quotedText(message)) : [];
  });
}

/** Whether a line may be wrapped in this way. */
export function isWrapped(text: string): boolean {
  return (
    text.startsWith('- {"dt"') ||
    (text.startsWith('{"') && text.endsWith('}')) ||
    pythonBytes.test(text)
  );
}

/** Bytes as Python prints them. */
const pythonBytes = /^b(['"])(?<text>.*)\1$/;

function fromPython(line: string): string {
  const text = pythonBytes.exec(line)?.groups?.['text'] ?? line;
  return text
    .replace(/(?:\\[rn])+$/, '')
    .replace(/\\x([0-9a-f]{2})|\\([rnt'"\\])/g, (_, hex, other) =>
      hex === undefined
        ? (controls[other as string] ?? String(other))
        : String.fromCharCode(parseInt(String(hex), 16)),
    );
}

const controls: Readonly<Record<string, string>> = { r: '\r', n: '\n', t: '\t' };

function fromJson(line: string): string[] {
  const parsed = parsedJson(line);
  if (typeof parsed !== 'object' || parsed === null) return [line];
  const entries = Object.entries(parsed as Record<string, unknown>);
  const text = fields
    .map((name) => entries.find(([key]) => key === name)?.[1])
    .find((value) => typeof value === 'string');
  return text === undefined ? [line] : cleanSegments(text.replace(/\n$/, ''));
}

/** The text of a double-quoted YAML string, whose escapes are those of JSON and a few more; other text is returned unchanged. */
function quotedText(yaml: string): string {
  const json = yaml
    .replace(/\\x([0-9A-Fa-f]{2})/g, '\\u00$1')
    .replace(/\\e/g, '\\u001b')
    .replace(/\\0/g, '\\u0000');
  const parsed = parsedJson(json);
  return typeof parsed === 'string' ? parsed : yaml;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
