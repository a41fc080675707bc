import type { Findings } from './examine.ts';
import { reasonOfLog } from './explain-log.ts';
import type { KernelImage } from './kernel-image.ts';
import type { KernelLog, KernelRecord } from './kernel-log.ts';
import { printedLines } from './kernel-log.ts';
import type { SilenceReason } from './silence-reason.ts';

/** A reason in one sentence, with what it rests on. */
export type Reason = { reason: SilenceReason; sentence: string };

/** What an autopsy found out. */
export type Autopsy = Reason & {
  /** The log that never reached the console; null where there is none. */
  log: KernelLog | null;
};

/** What is known beside the memory. */
export type Heard = {
  /** The console's lines, as they were printed. */
  lines: ReadonlySet<string>;
  /** Program counters of the CPUs when the memory was read. */
  pcs: readonly bigint[];
  /**
   * Whether the machine is known to be dead. One that still works may be in the purgatory, or moving a kernel to its place,
   * and has not come to its second kernel's first word yet.
   */
  dead: boolean;
};

/** A purgatory's code and words lie within a few pages. Bytes. */
const purgatorySize = 0x1_0000;

/** A whole image is filled nearly to its end: all that is zero at first is about a twentieth. */
const leastFilled = 3 / 4;

/**
 * Says why a machine is silent behind a kexec, the strongest proof first. Null where its memory tells nothing about a
 * second kernel, not even that there was none.
 */
export function explainSilence(findings: Findings, heard: Heard): Autopsy | null {
  const log = unheardLog(findings.logs, heard);
  if (log !== undefined) return { ...reasonOfLog(log), log };
  const bare = bareReason(findings, heard);
  return bare === null ? null : { ...bare, log: null };
}

/** What there is to say where no second kernel has left a word. */
function bareReason(
  { purgatories, images, logs }: Findings,
  { pcs, lines, dead }: Heard,
): Reason | null {
  if (!dead) return null;
  const isNear = (pc: bigint) => (words: number) => Math.abs(Number(pc) - words) < purgatorySize;
  if (pcs.some((pc) => purgatories.some(isNear(pc)))) {
    return {
      reason: 'digest-mismatch',
      sentence:
        'The CPU stands in kexec’s purgatory, which goes on only if the SHA-256 of what was loaded is right: something overwrote it before the jump.',
    };
  }
  const cut = images.find(({ size, filled }) => filled < leastFilled * size);
  if (cut !== undefined) return { reason: 'image-damaged', sentence: describeCut(cut) };
  // A memory without any log may be one whose kernels keep theirs in another way; a log may be the one nobody heard.
  if (logs.length === 0 || logs.some((log) => !isOfFirst(log, lines))) return null;
  return {
    reason: 'never-spoke',
    sentence:
      'Its memory holds no word of a second kernel: that died before its first, or never ran.',
  };
}

function describeCut({ address, size, filled }: KernelImage): string {
  const [whole, there] = [size, filled].map((bytes) => (bytes / 2 ** 20).toFixed(1));
  return `The arm64 image at 0x${address.toString(16)} should take ${whole} MiB and ends after ${there} MiB: the file it was loaded from is cut short.`;
}

/**
 * The log of a second kernel: one that the console did not show, though it showed the first kernel's. (A first kernel that
 * was told to be quiet is not heard either.)
 */
function unheardLog(logs: readonly KernelLog[], { lines }: Heard): KernelLog | undefined {
  const unheard = logs.filter((log) => !isOfFirst(log, lines));
  const marked = unheard.find(({ cmdline }) => cmdline?.includes('is_in_kexec=yes'));
  const firstWasHeard = [...lines].some((line) => line.includes('] Linux version '));
  const longest = unheard.toSorted((a, b) => b.records.length - a.records.length)[0];
  return marked ?? (firstWasHeard ? longest : undefined);
}

/** Whether it is a first kernel's: one that has jumped into the next, or one that the console showed. */
function isOfFirst({ records }: KernelLog, lines: ReadonlySet<string>): boolean {
  const left = records
    .slice(-3)
    .some(({ text }) => /^(?:Bye!|kexec_core: Starting new kernel)/.test(text));
  if (left) return true;
  const shown = (some: readonly KernelRecord[]) =>
    some.filter((record) => printedLines(record).every((line) => lines.has(line))).length;
  const timed = records.filter(({ seconds }) => seconds !== null && seconds > 0);
  if (timed.length > 0) return shown(timed) * 2 > timed.length;
  // A first kernel's clock runs long before it gets to a kexec. Where no times were found, the same words prove nothing.
  const timeless = records.every(({ seconds }) => seconds === null);
  const texts = new Set(records.map(({ text }) => text));
  return timeless && [...texts].every((text) => someEndsWith(lines, text));
}

function someEndsWith(lines: ReadonlySet<string>, text: string): boolean {
  for (const line of lines) if (line.endsWith(text)) return true;
  return false;
}
