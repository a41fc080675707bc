import { firstCharacters } from './first-characters.ts';
import { signatures } from './signatures/all.ts';
import type { Signature } from './signatures/signature.ts';

/** A signature in a text, with the named groups that took part. */
export type Match = { signature: Signature; captures: Record<string, string> };

/** Signatures with one pattern in front that tells whether any of them can match: most lines match none. */
type Gated = { gate: RegExp; signatures: readonly Signature[] };

/** By the first character's code; the last is for those beyond ASCII. Null: no signature begins so. */
type Table = readonly (Gated | null)[];

const beyondAscii = 128;

const kernelTable = tableOf(({ origin, kmsg }) => origin === 'kernel' || kmsg === true);
const programTable = tableOf(({ origin }) => origin !== 'kernel');
const promptTable = tableOf(({ prompt }) => prompt === true);

const kernelText = signatures.filter(({ origin }) => origin === 'kernel');
const anywhere = new RegExp(anyOf(kernelText.filter(({ weak }) => weak !== true)));
const anywhereLeaving = new RegExp(anyOf(kernelText));

/** What a printk record (without its prefix) says; systemd's lines come this way too. */
export function matchRecord(body: string): Match[] {
  return matches(kernelTable, body);
}

/** What a finished line of firmware or of a program says. */
export function matchLine(text: string): Match[] {
  return matches(programTable, text);
}

/** What a line says that nobody has finished yet. */
export function matchPrompt(text: string): Match[] {
  return matches(promptTable, text);
}

export function matchesPrompt(text: string): boolean {
  return gateOf(promptTable, text)?.gate.test(text) === true;
}

/** Whether any signature knows a record's text, or a program's line. A cheap answer for the many that say nothing. */
export function isKnown(kind: 'record' | 'program', text: string): boolean {
  return gateOf(kind === 'record' ? kernelTable : programTable, text)?.gate.test(text) === true;
}

/** Whether a record's text, or a program's line, can be known at all if it begins with this ASCII character. */
export function canBegin(kind: 'record' | 'program', code: number): boolean {
  return (kind === 'record' ? kernelTable : programTable)[code] !== null;
}

/**
 * Where in `text` the kernel begins to say something known, null where it does not.
 * @param leaving whether a kexec is under way, so that its short words count too.
 */
export function findKernelText(text: string, leaving: boolean): number | null {
  return (leaving ? anywhereLeaving : anywhere).exec(text)?.index ?? null;
}

function tableOf(wanted: (signature: Signature) => boolean): Table {
  const chosen = signatures.filter(wanted).map((signature) => ({
    signature,
    first: firstCharacters(signature.pattern),
  }));
  const byIds = new Map<string, Gated | null>();
  // Many characters begin the same signatures; a compiled pattern is large.
  const once = (some: readonly Signature[]): Gated | null => {
    const ids = some.map(({ id }) => id).join();
    const made = byIds.get(ids) ?? gated(some);
    byIds.set(ids, made);
    return made;
  };
  const byCharacter = Array.from({ length: beyondAscii }, (_, code) =>
    once(chosen.filter(({ first }) => first[code] === 1).map(({ signature }) => signature)),
  );
  return [...byCharacter, once(chosen.map(({ signature }) => signature))];
}

function gated(chosen: readonly Signature[]): Gated | null {
  return chosen.length === 0
    ? null
    : { gate: new RegExp(`^(?:${anyOf(chosen)})`), signatures: chosen };
}

/** The patterns as one, free of their `^` and of the names of their groups, which must not occur twice. */
function anyOf(chosen: readonly Signature[]): string {
  return chosen
    .map(({ pattern }) => pattern.source.replace(/^\^/, '').replace(/\(\?<\w+>/g, '(?:'))
    .map((source) => `(?:${source})`)
    .join('|');
}

function gateOf(table: Table, text: string): Gated | null {
  // Of an empty text the code is not a number.
  return table[Math.min(text.charCodeAt(0), beyondAscii)] ?? null;
}

function matches(table: Table, text: string): Match[] {
  const gated = gateOf(table, text);
  if (gated?.gate.test(text) !== true) return [];
  const found: Match[] = [];
  for (const signature of gated.signatures) {
    const match = signature.pattern.exec(text);
    if (match === null) continue;
    const captures: Record<string, string> = {};
    for (const name in match.groups) {
      const value = match.groups[name];
      if (value !== undefined) captures[name] = value;
    }
    found.push({ signature, captures });
  }
  return found.length > 1 ? found.filter(({ signature }) => signature.fallback !== true) : found;
}
