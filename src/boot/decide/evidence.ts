import type { Evidence, Outcome, Signal } from '../../model/boot.ts';
import { describeCpu } from '../cpu/cpu-sample.ts';
import type { Decision, Standing } from './decision.ts';

const longestEvidence = 12;

/** The last line that held any text, for an outcome nothing else speaks for. */
export type LastLine = { line: number; text: string };

/** What backs a decision: console lines, the cause first, then what was seen from outside the machine. */
export function evidenceOf(
  { id, because, byCpu, aside = [] }: Decision,
  { silence, end }: Standing,
  lastLine: LastLine | null,
): Evidence[] {
  const [cause, ...others] = because;
  const order = (some: Signal[]): Signal[] => some.toSorted((a, b) => a.line - b.line);
  const lines = [...(cause ? [cause] : []), ...order(others), ...order(aside)]
    .map(({ line, text, signature }) => ({ line, text, signature }))
    .slice(0, longestEvidence);
  const outside: Evidence[] = [];
  if (id === 'qemu-exited') outside.push(seen('qemu', end?.detail ?? 'QEMU has ended'));
  if (byCpu && silence.judgement !== null) {
    const seconds = Math.max(silence.spanMs, end?.silentMs ?? 0) / 1000;
    outside.push(seen('silence', `no byte from the console for ${seconds.toFixed(1)} s`));
    outside.push(seen('cpu-samples', describeCpu(silence.judgement)));
  }
  if (end?.reason === 'stopped' && end.detail !== undefined) {
    outside.push(seen('stopped', end.detail));
  }
  if (lines.length === 0 && lastLine !== null && id !== 'no-output') {
    lines.push({ ...lastLine, signature: 'last-line' });
  }
  return id === 'qemu-exited' ? [...outside, ...lines] : [...lines, ...outside];
}

/** What the evidence names. The cause's own words win over those of its consequences. */
export function capturesOf({ because, banner }: Decision): Record<string, string> {
  const said: Signal[] = [...because, ...(banner ? [banner] : [])].reverse();
  const captures = Object.assign({}, ...said.map((signal) => signal.captures)) as Record<
    string,
    string
  >;
  const device = said.map((signal) => deviceName(signal.captures.device)).findLast(Boolean);
  delete captures.device;
  return device === undefined ? captures : { ...captures, device };
}

/** The kernel prints `vda` for /dev/vda, and `(null)` or nothing where it was given no name. */
function deviceName(printed: string | undefined): string | undefined {
  if (printed === undefined || printed === '' || printed === '(null)') return undefined;
  return /^[a-z]\w*$/.test(printed) ? `/dev/${printed}` : printed;
}

function seen(signature: string, text: string): Evidence {
  return { line: null, text, signature };
}

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
