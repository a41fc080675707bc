import { requiredTexts } from './required-texts.ts';
import { signatures } from './signatures/all.ts';
import { TextScan } from './text-scan.ts';

const characters = (codes: readonly number[]): string[] =>
  codes.map((code) => String.fromCharCode(code));
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

/**
 * Texts that make a line one to be taken apart, besides anything but ASCII: what cannot be printed, what a recorder, a copy or a journal
 * may have put there, and a prompt that something may stand right behind.
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
