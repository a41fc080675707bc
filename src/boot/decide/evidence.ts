import type { Evidence, Outcome, Signal } from '../../model/boot.ts';
import { describeCpu } from '../cpu/cpu-sample.ts';
import type { Decision, Standing } from './decision.ts';

const longestEvidence = 12;

/** The last line with text, for an outcome that has no other evidence. */
export type LastLine = { line: number; text: string };

/** The evidence of a decision: console lines, the cause first, then what was seen from outside the machine. */
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

/** The captures of all evidence. Those of the cause win over those of its consequences. */
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

/** The kernel prints `vda` for /dev/vda, and `(null)` or nothing where no name was given. */
function deviceName(printed: string | undefined): string | undefined {
  if (printed === undefined || printed === '' || printed === '(null)') return undefined;
  return /^[a-z]\w*$/.test(printed) ? `/dev/${printed}` : printed;
}

function seen(signature: string, text: string): Evidence {
  return { line: null, text, signature };
}

/** The size of EDK2's largest text mode on a serial terminal in either direction (80 × 50 and 128 × 40). */
export const firmwareScreen = { columns: 128, rows: 50 } as const;

/** Enough rows for a menu with its title, entries and keys. */
const longestScreen = 24;

/**
 * Adds the machine's screen to the evidence of firmware that waits. A menu is drawn with cursor movements, so the lines of
 * the console do not show it.
 *
 * @param screen returns its rows, see {@link createScreen}; not called for other outcomes
 */
export async function withScreen(
  outcome: Outcome,
  screen: () => Promise<readonly string[]>,
): Promise<Outcome> {
  if (outcome.id !== 'firmware-stuck') return outcome;
  const shown = (await screen())
    .map((row) => row.trim().replace(/\s{2,}/g, '  '))
    .filter((row) => row !== '')
    // The newest text is at the bottom.
    .slice(-longestScreen)
    .map((text): Evidence => ({ line: null, text, signature: 'screen' }));
  return { ...outcome, evidence: [...outcome.evidence, ...shown] };
}
