import { createHash } from 'node:crypto';

/** SHA-256 of a text, in hexadecimal. */
export function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The first digits of a text's SHA-256: enough to name a thing by its content. */
export function shortDigest(text: string, digits = 16): string {
  return sha256Of(text).slice(0, digits);
}
