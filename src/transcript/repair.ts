import { cleanSegments } from '../console/lines.ts';

/** ESC as two characters or more: terminals' own copy and paste, mail programs and web pages do that. */
const writtenEscape = /(?:\^\[|\\e|\\x1b|\\033|\u241B)(?=\[)/g;

/** Colours whose ESC was lost: SGR (`m`) only, for nothing else looks like it. */
const lostEscape = /\[\d{1,2}(?:;\d{1,3})*m/g;

/** What web pages write for characters that mean something to them. */
const entity = /&(lt|gt|amp|quot|nbsp|#39);/g;
const characters: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  nbsp: ' ',
  '#39': "'",
};

/** What word processors and web pages make of quotes and dashes. */
const typographic: readonly [RegExp, string][] = [
  [/[\u2018\u2019]/g, "'"],
  [/[\u201C\u201D]/g, '"'],
  [/[\u2010-\u2015\u2212]/g, '-'],
];

/** tbot draws the tree of what it does in front of the console's own lines. */
const tree = /^(?:\u2502 *)+(?:<> )?/;

/** `cat -v` shows a carriage return; an editor may have made a tab of the blanks in a time stamp. */
const shownReturn = /\^M$/;
const tabInStamp = /^\[[\t ]*\t[\t ]*(?=\d+\.\d{6}\])/;

/** The kernel's own log, as /dev/kmsg and netconsole's extended form give it: level, number, microseconds, flags. */
const kmsg = /^\d{1,3},\d+,(?<micros>\d+),[-+c](?:,[^;]*)?;/;

/** Only these make a line worth a closer look. */
const suspicious =
  /^\d+,\d+,|^\[ *\t|\[\d[\d;]*m|&[a-z#]|\^[[M]|\\[ex0]|[\u2010-\u201D\u2212\u241B\u2502]/;

/**
 * A line as the machine wrote it, where copying it has damaged it: escape sequences, entities, padding. Never empty; what
 * stood on screen lines of its own is apart again.
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
 * A line of LAVA's job log: `- {"dt": "…", "lvl": "target", "msg": "…"}`. `target` and `feedback` are the console,
 * everything else is LAVA talking about the job. Written by its dispatcher as YAML in one line.
 */
const lavaLine = /^- \{"dt": "[^"]*", "lvl": "(?<level>\w+)", "msg": (?<message>.*)\}$/;

/** What containers, journals and cloud providers call a line of output in their JSON. */
const fields = ['log', 'msg', 'message', 'MESSAGE', 'text', 'line', 'data', 'textPayload'];

/** Takes a console's lines out of LAVA's, or out of JSON; what only LAVA said is left out. The same array where there is none. */
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

/** Whether it may be such a line. */
export function isWrapped(text: string): boolean {
  return (
    text.startsWith('- {"dt"') ||
    (text.startsWith('{"') && text.endsWith('}')) ||
    pythonBytes.test(text)
  );
}

/** How Python prints bytes. */
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

/** The text of a double-quoted YAML string, whose escapes are JSON's and a few more; as it stands where it is none. */
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
