import { signatures } from './all.ts';
import { requiredTexts } from './required-texts.ts';
import type { Signature } from './signature.ts';
import { TextScan } from './text-scan.ts';

/** A signature that matched, with its named groups. */
export type Match = { signature: Signature; captures: Record<string, string> };

/**
 * Where a text is: in a printk record (without its prefix), in a complete line of firmware or a program, or in an
 * unfinished line. systemd's lines may also be records.
 */
export type Place = 'record' | 'program' | 'prompt';

const inPlace: Readonly<Record<Place, readonly boolean[]>> = {
  record: signatures.map(({ origin, kmsg }) => origin === 'kernel' || kmsg === true),
  program: signatures.map(({ origin }) => origin !== 'kernel'),
  prompt: signatures.map(({ prompt }) => prompt === true),
};

/** The kernel's patterns without their `^`, to find them within a line. */
const kernelText = signatures.map(({ origin, pattern }) =>
  origin === 'kernel' ? new RegExp(pattern.source.replace(/^\^/, '')) : null,
);

const characters = (codes: readonly number[]): string[] =>
  codes.map((code) => String.fromCharCode(code));
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

/**
 * Texts that require a line to be cleaned or split, like any character outside ASCII: control characters, additions of
 * recorders, copies and journals, and a prompt that other text may follow directly.
 */
const strange = [
  ...characters([...range(0, 8), ...range(10, 31), 127]),
  ...Array.from('&^\\'),
  ' login: ',
  ' kernel: ',
];

/** The start of a second timestamp, of a caller after the timestamp, or of an escape sequence that lost its ESC. */
const bracket = Array.from(' 0123456789TC', (character) => `[${character}`);

/** Names of terminals in the text that getty prints above its prompt. */
const terminal = ['tty', 'console', 'hvc'];

/** Marks of a line. Lower indices are those of the signatures. */
export const marks = {
  strange: signatures.length,
  bracket: signatures.length + 1,
  terminal: signatures.length + 2,
} as const;

/** Finds in one pass which signatures a line may contain, and which marks it has. */
export const lineScan = new TextScan(
  [...signatures.map(({ pattern }) => requiredTexts(pattern)), strange, bracket, terminal],
  marks.strange,
);

/** The signatures in a printk record (without its prefix). systemd's lines may also be records. */
export function matchRecord(body: string): Match[] {
  return matches('record', body);
}

/** The signatures in a complete line of firmware or a program. */
export function matchLine(text: string): Match[] {
  return matches('program', text);
}

/** The prompts in an unfinished line. */
export function matchPrompt(text: string): Match[] {
  return matches('prompt', text);
}

export function matchesPrompt(text: string): boolean {
  return isOneOf('prompt', text, lineScan.text(text));
}

/** Whether one of these signatures (by index) is in the text. */
export function isOneOf(place: Place, text: string, candidates: readonly number[]): boolean {
  if (candidates.length === 0) return false;
  if (isIn(place, text, candidates)) return true;
  const tag = tagOf(text);
  return tag !== '' && isIn('program', text.slice(tag.length), candidates);
}

function isIn(place: Place, text: string, candidates: readonly number[]): boolean {
  return candidates.some(
    (index) => inPlace[place][index] && signatures[index]?.pattern.test(text) === true,
  );
}

/**
 * The offset in `text` at which a known kernel message begins; null if there is none.
 * @param leaving whether a kexec is under way, so that short messages count, too
 */
export function findKernelText(text: string, leaving: boolean): number | null {
  let first: number | null = null;
  for (const index of lineScan.text(text)) {
    const pattern = kernelText[index];
    if (!pattern || (signatures[index]?.weak === true && !leaving)) continue;
    const at = pattern.exec(text)?.index ?? null;
    if (at !== null && (first === null || at < first)) first = at;
  }
  return first;
}

/** The program's name in front of a message, in a journal or the kernel's log. */
const programTag = /^[\w@.-]+\[\d+\]: /;

function tagOf(text: string): string {
  return text.includes(']: ') ? (programTag.exec(text)?.[0] ?? '') : '';
}

function matches(place: Place, text: string): Match[] {
  const candidates = lineScan.text(text);
  if (candidates.length === 0) return none;
  const found = matchesOf(candidates, place, text);
  const tag = tagOf(text);
  if (tag === '' || isOwn(found)) return found;
  const untagged = matchesOf(candidates, 'program', text.slice(tag.length));
  return isOwn(untagged) || found.length === 0 ? untagged : found;
}

/** Shared by all texts without signatures; never modified. */
const none: Match[] = [];

/** Whether any of them is more than a fallback. */
function isOwn(found: readonly Match[]): boolean {
  return found.some(({ signature }) => signature.fallback !== true);
}

function matchesOf(candidates: readonly number[], place: Place, text: string): Match[] {
  let found = none;
  for (const index of candidates) {
    const signature = signatures[index];
    const match = inPlace[place][index] ? signature?.pattern.exec(text) : null;
    if (signature === undefined || !match) continue;
    if (found === none) found = [];
    found.push({ signature, captures: capturesOf(match) });
  }
  return found.length > 1 && isOwn(found)
    ? found.filter(({ signature }) => signature.fallback !== true)
    : found;
}

function capturesOf({ groups }: RegExpExecArray): Record<string, string> {
  const captures: Record<string, string> = {};
  for (const name in groups) {
    const value = groups[name];
    if (value !== undefined) captures[name] = value;
  }
  return captures;
}
