import { signatures } from './signatures/all.ts';
import type { Signature } from './signatures/signature.ts';

/** A signature in a text, with the named groups that took part. */
export type Match = { signature: Signature; captures: Record<string, string> };

const kernelSignatures = signatures.filter(({ origin }) => origin === 'kernel');
const programSignatures = signatures.filter(({ origin }) => origin !== 'kernel');
const kmsgSignatures = signatures.filter(({ kmsg }) => kmsg);
const promptSignatures = signatures.filter(({ prompt }) => prompt);

/** The same patterns, free to begin further right: for kernel text without a time stamp in the middle of a line. */
const floating = kernelSignatures.map(({ needle, pattern, weak = false }) => ({
  needle,
  weak,
  pattern: new RegExp(pattern.source.replace(/^\^/, ''), pattern.flags),
}));

/** What a printk record (without its prefix) says; systemd's lines come this way too. */
export function matchRecord(body: string): Match[] {
  return [...matches(kernelSignatures, body), ...matches(kmsgSignatures, body)];
}

/** What a finished line of firmware or of a program says. */
export function matchLine(text: string): Match[] {
  return matches(programSignatures, text);
}

/** What a line says that nobody has finished yet. */
export function matchPrompt(text: string): Match[] {
  return matches(promptSignatures, text);
}

export function matchesPrompt(text: string): boolean {
  return promptSignatures.some(({ pattern }) => pattern.test(text));
}

/**
 * Where in `text` the kernel begins to say something known, null where it does not.
 * @param leaving whether a kexec is under way, so that its short words count too.
 */
export function findKernelText(text: string, leaving: boolean): number | null {
  let first: number | null = null;
  for (const { needle, pattern, weak } of floating) {
    if (weak && !leaving) continue;
    const at = text.includes(needle) ? (pattern.exec(text)?.index ?? null) : null;
    if (at !== null && (first === null || at < first)) first = at;
  }
  return first;
}

function matches(table: readonly Signature[], text: string): Match[] {
  const found: Match[] = [];
  for (const signature of table) {
    if (!text.includes(signature.needle)) continue;
    const match = signature.pattern.exec(text);
    if (match === null) continue;
    const named = Object.entries(match.groups ?? {}) as [string, string | undefined][];
    const captures = named.filter((entry): entry is [string, string] => entry[1] !== undefined);
    found.push({ signature, captures: Object.fromEntries(captures) });
  }
  return found;
}
