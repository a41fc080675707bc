import type { Evidence, Outcome } from '../model/boot.ts';
/** The size of EDK2's largest text mode on a serial terminal in either direction (80 × 50 and 128 × 40). */
export const firmwareScreen = { columns: 128, rows: 50 } as const;

/** A menu has its title, its entries and its keys on as many rows. */
const longestScreen = 24;

/**
 * The outcome with what is on the machine's screen, where somebody who stands before it would look at that first: at
 * firmware that waits. A menu is painted, not written line by line, so the console's lines do not show it.
 *
 * @param screen its rows, see {@link createScreen}; not asked for any other outcome
 */
export async function withScreen(
  outcome: Outcome,
  screen: () => Promise<readonly string[]>,
): Promise<Outcome> {
  if (outcome.id !== 'firmware-stuck') return outcome;
  const shown = (await screen())
    .map((row) => row.trim().replace(/\s{2,}/g, '  '))
    .filter((row) => row !== '')
    // What somebody sees last stands at the bottom.
    .slice(-longestScreen)
    .map((text): Evidence => ({ line: null, text, signature: 'screen' }));
  return { ...outcome, evidence: [...outcome.evidence, ...shown] };
}
