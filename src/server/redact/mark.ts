/** What a replaced text was. */
export type Kind =
  | 'password'
  | 'key'
  | 'hash'
  | 'token'
  | 'random word'
  | 'address'
  | 'hardware address'
  | 'mail address'
  | 'host name'
  | 'machine id';

/** Returns the mark that replaces `found`, which has the same length; `found` itself if it is such a mark. */
export type Hide = (found: string, kind: Kind) => string;

/**
 * Replaces the secrets of one sort. Texts are strings of bytes (latin1): one character is one byte, so a mark is as long as
 * what it replaces. Therefore patterns name blanks and tabs: `\s` would match a part of an `à` in UTF-8.
 */
export type Rule = (text: string, hide: Hide) => string;

/** Replaces everything except the ends of lines. */
export function markOf(found: string): string {
  return found.replace(/[^\r\n]/g, 'x');
}

/** Whether this is only marks, and characters that are around and between them. */
export function isMarked(text: string): boolean {
  return /^[x\s"'\\,;:@/[\]]*$/.test(text) && !/[\x80-\xff]/.test(text);
}
