import { kexecMarker } from '../markers.ts';
import type { Evidence, Outcome } from '../model/boot.ts';
import type { SilenceReason } from '../model/vocabulary.ts';
import type { Findings } from './findings.ts';
import type { KernelImage } from './kernel-image.ts';
import type { KernelLog, KernelRecord } from './kernel-log.ts';
import { tellingLines, printedLines } from './kernel-log.ts';
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
  const marked = unheard.find(({ cmdline }) => cmdline?.includes(kexecMarker));
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

/** Panics for want of the first few pages: 32-bit arm, memblock, arm64's page tables. */
const noFirstPage =
  /early_alloc: Failed|memblock_(?:phys_)?alloc|Failed to allocate page table page/;

/** The reason in the log of a kernel whose log never reached the console. */
export function reasonOfLog(log: KernelLog): Reason {
  const { release, records, cmdline } = log;
  const whose = release === null ? 'the second kernel' : `the second kernel (${release})`;
  const said = (pattern: RegExp) => oneLine(records.find(({ text }) => pattern.test(text))?.text);
  const refused = said(/^\s*Error: (?:invalid dtb|unrecognized\/unsupported machine ID)/);
  const panic = said(/^Kernel panic - not syncing: /);
  const started = said(/^Run \S+ as init process$/);
  const oops = said(/^(?:Unable to handle kernel|Internal error: )/);

  if (refused !== undefined) {
    return {
      reason: 'device-tree-lost',
      sentence: `In its memory ${whose} says that what should be its device tree is none, so it was overwritten or not loaded: ${refused}`,
    };
  }
  if (isWithoutDeviceTree(log)) {
    return {
      reason: 'device-tree-lost',
      sentence: `In its memory ${whose} says that it found no device tree and went on with built-in defaults: the tree was overwritten or not loaded.`,
    };
  }
  if (panic !== undefined && noFirstPage.test(panic)) {
    return {
      reason: 'device-tree-without-memory',
      sentence: `In its memory ${whose} says that it has no memory to work with, so its device tree tells of none: ${panic}`,
    };
  }
  if (panic !== undefined) {
    const sentence = `In its memory ${whose} says what the console never showed: ${panic}`;
    return { reason: 'early-panic', sentence };
  }
  if (started !== undefined) {
    return {
      reason: 'console-lost',
      sentence: `Its memory shows that ${whose} runs and has started its first program; its console is elsewhere, for its command line is: ${cmdline ?? ''}`,
    };
  }
  if (oops !== undefined) {
    const sentence = `In its memory ${whose} says what the console never showed: ${oops}`;
    return { reason: 'early-oops', sentence };
  }
  const last = oneLine(records.at(-1)?.text) ?? '';
  return {
    reason: 'stopped-early',
    sentence: `In its memory ${whose} has begun to boot unheard; its last words are: ${last}`,
  };
}

function oneLine(text: string | undefined): string | undefined {
  return text?.replaceAll(/\s+/g, ' ').trim();
}

/**
 * 32-bit arm without a device tree takes its machine and 16 MiB of memory from defaults (arch/arm/kernel/atags_parse.c);
 * with one it names the model first (`of_flat_dt_match_machine`).
 */
function isWithoutDeviceTree({ records }: KernelLog): boolean {
  const hasLine = (pattern: RegExp) => records.some(({ text }) => pattern.test(text));
  return hasLine(/^Machine: /) && !hasLine(/^OF: fdt: ?Machine model: /);
}

/** The outcome with what the machine's memory tells of it: the reason in its meaning, the unheard words in its evidence. */
export function withMemory(outcome: Outcome, autopsy: Autopsy | null): Outcome {
  if (autopsy === null) return outcome;
  const { reason, sentence, log } = autopsy;
  const lines = log === null ? [] : tellingLines(log);
  const unheard = lines.map((text): Evidence => ({ line: null, text, signature: 'guest-memory' }));
  return {
    ...outcome,
    meaning: `${outcome.meaning} ${sentence}`,
    cure: cures[reason] ?? outcome.cure,
    evidence: [...outcome.evidence, ...unheard],
  };
}

/** What is said of a memory that could not be read. @param why in a few words */
export function unreadableMemory(why: string): Autopsy {
  const sentence = `Its memory could not be read: ${why.replace(/\.$/, '')}.`;
  return { reason: 'unreadable', sentence, log: null };
}

const early =
  'Search for the message with the kernel’s release, and boot the kernel before this one. With earlycon on its command line the new kernel is heard this early.';

/** What helps where the reason is known; the silence's own cure is for where it is not. */
const cures: Partial<Record<SilenceReason, string>> = {
  'device-tree-lost':
    'On 32-bit arm give kexec --image-size with a size well above the unpacked kernel’s, such as --image-size=67108864: kexec puts the device tree where kernels with a larger text offset unpack themselves. With --dtb, check that file.',
  'device-tree-without-memory':
    'Leave --dtb out, so that kexec passes on the running kernel’s tree, or give one with the machine’s memory in it.',
  'early-panic': early,
  'early-oops': early,
  'digest-mismatch':
    'Load the kernel right before the jump, and shut devices down first: one that still writes to memory after the shutdown is the usual culprit.',
  'image-damaged':
    'Get the kernel file again, and compare its size with the package’s: an update cut short or a full /boot leaves one like this.',
};
