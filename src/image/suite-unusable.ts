import { UnavailableError } from '../errors.ts';

/**
 * A suite that cannot serve: the mirror does not have it (any more), or not for this architecture, or without the packages
 * wanted, or nobody's key fits its signature. Another suite may. A mirror that cannot be reached is something else.
 */
export class SuiteUnusableError extends UnavailableError {}

/** How apt says so: of an index or a package that is gone, an expired suite, a signature that cannot be checked. */
const unusable =
  /404 +Not Found|does not have a Release file|is not signed|NO_PUBKEY|EXPKEYSIG|BADSIG|Release file .* is expired|Unable to locate package|has no installation candidate|unmet dependencies/;

/** Do these words of apt's mean that a suite cannot serve? */
export function saysUnusable(words: string): boolean {
  return unusable.test(words);
}
