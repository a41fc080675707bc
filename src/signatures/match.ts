import { signatures } from './all.ts';
import { requiredTexts } from './required-texts.ts';
import type { Signature } from './signature.ts';
import { TextScan } from './text-scan.ts';

/** A signature in a text, with the named groups that took part. */
export type Match = { signature: Signature; captures: Record<string, string> };

/**
 * Where a text stands: in a printk record (without its prefix), in a finished line of firmware or of a program, or in a line
 * that nobody has finished yet. systemd's lines come as records too.
 */
export type Place = 'record' | 'program' | 'prompt';

const inPlace: Readonly<Record<Place, readonly boolean[]>> = {
  record: signatures.map(({ origin, kmsg }) => origin === 'kernel' || kmsg === true),
  program: signatures.map(({ origin }) => origin !== 'kernel'),
  prompt: signatures.map(({ prompt }) => prompt === true),
};

/** The kernel's signatures without their `^`, to be found within a line. */
const kernelText = signatures.map(({ origin, pattern }) =>
  origin === 'kernel' ? new RegExp(pattern.source.replace(/^\^/, '')) : null,
);

const characters = (codes: readonly number[]): string[] =>
  codes.map((code) => String.fromCharCode(code));
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

/**
 * Texts that make a line worth taking apart, besides anything that is not ASCII: control characters, what a recorder, a copy or
 * a journal may have added, and a prompt that other text may follow directly.
 */
const strange = [
  ...characters([...range(0, 8), ...range(10, 31), 127]),
  ...Array.from('&^\\'),
  ' login: ',
  ' kernel: ',
];

/** A second stamp may begin so, a caller behind the stamp, and an escape sequence that has lost its ESC. */
const bracket = Array.from(' 0123456789TC', (character) => `[${character}`);

/** How the text that getty prints above its prompt names its terminal. */
const terminal = ['tty', 'console', 'hvc'];

/** What a line has in it: the indices below the number of signatures are theirs. */
export const marks = {
  strange: signatures.length,
  bracket: signatures.length + 1,
  terminal: signatures.length + 2,
} as const;

/** One look at a line: which signatures may be in it, and which marks are. */
export const lineScan = new TextScan(
  [...signatures.map(({ pattern }) => requiredTexts(pattern)), strange, bracket, terminal],
  marks.strange,
);

/** What a printk record (without its prefix) says; systemd's lines come this way too. */
export function matchRecord(body: string): Match[] {
  return matches('record', body);
}

/** What a finished line of firmware or of a program says. */
export function matchLine(text: string): Match[] {
  return matches('program', text);
}

/** What a line says that nobody has finished yet. */
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
 * Where in `text` the kernel begins to say something known, null where it does not.
 * @param leaving whether a kexec is under way, so that its short words count too.
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

/** How a journal, or a program that writes to the kernel's log, names who speaks. */
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

/** Shared by the many texts that say nothing. */
const none: Match[] = [];

/** Whether they say more than what any other signature goes before. */
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
