import { signatures } from './signatures/all.ts';
import type { Signature } from './signatures/signature.ts';

/** A signature in a text, with the named groups that took part. */
export type Match = { signature: Signature; captures: Record<string, string> };

/** Signatures with one pattern in front that tells whether any of them can match: most lines match none. */
type Table = { gate: RegExp; signatures: readonly Signature[] };

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
  return promptTable.gate.test(text);
}

/**
 * Where in `text` the kernel begins to say something known, null where it does not.
 * @param leaving whether a kexec is under way, so that its short words count too.
 */
export function findKernelText(text: string, leaving: boolean): number | null {
  return (leaving ? anywhereLeaving : anywhere).exec(text)?.index ?? null;
}

function tableOf(wanted: (signature: Signature) => boolean): Table {
  const chosen = signatures.filter(wanted);
  return { gate: new RegExp(`^(?:${anyOf(chosen)})`), signatures: chosen };
}

/** The patterns as one, free of their `^` and of the names of their groups, which must not occur twice. */
function anyOf(chosen: readonly Signature[]): string {
  return chosen
    .map(({ pattern }) => pattern.source.replace(/^\^/, '').replace(/\(\?<\w+>/g, '(?:'))
    .map((source) => `(?:${source})`)
    .join('|');
}

function matches({ gate, signatures: candidates }: Table, text: string): Match[] {
  if (!gate.test(text)) return [];
  const found: Match[] = [];
  for (const signature of candidates) {
    const match = signature.pattern.exec(text);
    if (match === null) continue;
    const named = Object.entries(match.groups ?? {}) as [string, string | undefined][];
    const captures = named.filter((entry): entry is [string, string] => entry[1] !== undefined);
    found.push({ signature, captures: Object.fromEntries(captures) });
  }
  return found.length > 1 ? found.filter(({ signature }) => signature.fallback !== true) : found;
}
