import { kexecMarker } from '../model/vocabulary.ts';
import type { Findings, KernelImage, KernelLog, KernelRecord } from '../model/examination.ts';
import type { SilenceReason } from '../model/vocabulary.ts';
import { reservationList, describeLpiTakeover, findLpiTakeover } from './interrupt-tables.ts';
import { panicOf, printedLines } from './kernel-log.ts';

/** A reason, and a sentence with its evidence. */
export type Reason = { reason: SilenceReason; sentence: string };

/** The result of an autopsy. */
export type Autopsy = Reason & {
  /** The log that never reached the console; null if there is none. */
  log: KernelLog | null;
};

/** What is known besides the memory. */
export type Heard = {
  /** The console's lines, as they were printed. */
  lines: ReadonlySet<string>;
  /** Program counters of the CPUs when the memory was read. */
  pcs: readonly bigint[];
  /**
   * Whether the machine is known to be dead. A machine that still works may be in the purgatory, or be moving a kernel to its place,
   * before the first message of its second kernel.
   */
  dead: boolean;
};

/** A purgatory's code and words lie within a few pages. Bytes. */
const purgatorySize = 0x1_0000;

/** Every arm64 server supports pages of this size. Bytes. */
const usualPage = 4096;

/** A complete image has data nearly to its end: only about a twentieth is zero at first. */
const leastFilled = 3 / 4;

/**
 * Explains why a machine is silent after a kexec, the strongest proof first. Null if its memory shows nothing about a
 * second kernel, not even that there was none.
 */
export function explainSilence(findings: Findings, heard: Heard): Autopsy | null {
  const log = unheardLog(findings.logs, heard);
  if (log !== undefined) return { ...reasonOfLog(log, findings), log };
  const bare = bareReason(findings, heard);
  return bare === null ? null : { ...bare, log: null };
}

/** The reason if no second kernel has logged anything. */
function bareReason(
  { purgatories, images, logs, parked }: Findings,
  { pcs, lines, dead }: Heard,
): Reason | null {
  if (!dead) return null;
  const isNear = (pc: bigint) => (words: number) => Math.abs(Number(pc) - words) < purgatorySize;
  if (pcs.some((pc) => purgatories.some(isNear(pc)))) {
    return {
      reason: 'digest-mismatch',
      sentence:
        'The CPU is stuck in the kexec purgatory, which continues only if the SHA-256 of the loaded kernel is correct: something overwrote it before the jump.',
    };
  }
  const refused = images.find(
    ({ address, size, pageSize }) =>
      pageSize !== null &&
      pageSize !== usualPage &&
      parked.some((pc) => address <= pc && pc < address + size),
  );
  if (refused !== undefined) {
    return {
      reason: 'page-size-unsupported',
      sentence: `The second kernel has stopped the CPU, because it is built for pages of ${(refused.pageSize ?? 0) / 1024} KiB, which this CPU does not support.`,
    };
  }
  const cut = images.find(({ size, filled }) => filled < leastFilled * size);
  if (cut !== undefined) return { reason: 'image-damaged', sentence: describeCut(cut) };
  // Without any log, the kernels may store their logs in another way; an extra log may be the second kernel's.
  if (logs.length === 0 || logs.some((log) => !isOfFirst(log, lines))) return null;
  // A kernel that panicked explains the silence itself, as in a dump that a crash kernel has saved.
  if (logs.some((log) => panicOf(log) !== undefined)) return null;
  return {
    reason: 'never-spoke',
    sentence:
      'Its memory contains no log of a second kernel: the kernel died before its first message, or never ran.',
  };
}

function describeCut({ address, size, filled }: KernelImage): string {
  const [whole, there] = [size, filled].map((bytes) => (bytes / 2 ** 20).toFixed(1));
  return `The arm64 image at 0x${address.toString(16)} should have ${whole} MiB but ends after ${there} MiB: the file it was loaded from is truncated.`;
}

/**
 * The log of a second kernel: a log that the console did not show, although it showed the first kernel's. (The console does
 * not show a first kernel that was told to be quiet either.)
 */
function unheardLog(logs: readonly KernelLog[], { lines }: Heard): KernelLog | undefined {
  const unheard = logs.filter((log) => !isOfFirst(log, lines));
  const marked = unheard.find(({ cmdline }) => cmdline?.includes(kexecMarker));
  const firstWasHeard = [...lines].some((line) => line.includes('] Linux version '));
  const longest = unheard.toSorted((a, b) => b.records.length - a.records.length)[0];
  return marked ?? (firstWasHeard ? longest : undefined);
}

/** Whether a log is the first kernel's: it jumped into the next kernel, or the console showed it. */
function isOfFirst({ records }: KernelLog, lines: ReadonlySet<string>): boolean {
  const left = records
    .slice(-3)
    .some(({ text }) => /^(?:Bye!|kexec_core: Starting new kernel)/.test(text));
  if (left) return true;
  const shown = (some: readonly KernelRecord[]) =>
    some.filter((record) => printedLines(record).every((line) => lines.has(line))).length;
  const timed = records.filter(({ seconds }) => seconds !== null && seconds > 0);
  if (timed.length > 0) return shown(timed) * 2 > timed.length;
  // A first kernel's clock runs long before it reaches a kexec. Without times, equal texts prove nothing.
  const timeless = records.every(({ seconds }) => seconds === null);
  const texts = new Set(records.map(({ text }) => text));
  return timeless && [...texts].every((text) => someEndsWith(lines, text));
}

function someEndsWith(lines: ReadonlySet<string>, text: string): boolean {
  for (const line of lines) if (line.endsWith(text)) return true;
  return false;
}

/** Panics because the first pages cannot be allocated: 32-bit arm, memblock, arm64's page tables. */
const noFirstPage =
  /early_alloc: Failed|memblock_(?:phys_)?alloc|Failed to allocate page table page/;

/** The reason according to a log that never reached the console. */
function reasonOfLog(
  log: KernelLog,
  { images, brokenReservations }: Pick<Findings, 'images' | 'brokenReservations'>,
): Reason {
  const { release, records, cmdline } = log;
  const whose = release === null ? 'the second kernel' : `the second kernel (${release})`;
  const said = (pattern: RegExp) => oneLine(records.find(({ text }) => pattern.test(text))?.text);
  const refused = said(/^\s*Error: (?:invalid dtb|unrecognized\/unsupported machine ID)/);
  const panic = oneLine(panicOf(log)?.text);
  const started = said(/^Run \S+ as init process$/);
  const oops = said(/^(?:Unable to handle kernel|Internal error: )/);

  if (refused !== undefined) {
    return {
      reason: 'device-tree-lost',
      sentence: `According to its log in memory, ${whose} found an invalid device tree, so the tree was overwritten or not loaded: ${refused}`,
    };
  }
  if (isWithoutDeviceTree(log)) {
    return {
      reason: 'device-tree-lost',
      sentence: `According to its log in memory, ${whose} found no device tree and continued with built-in defaults: the tree was overwritten or not loaded.`,
    };
  }
  if (panic !== undefined && noFirstPage.test(panic)) {
    return {
      reason: 'device-tree-without-memory',
      sentence: `According to its log in memory, ${whose} found no usable memory, so its device tree describes none: ${panic}`,
    };
  }
  const died = panic !== undefined || oops !== undefined || started === undefined;
  const list = reservationList(log);
  const broken = brokenReservations.find((one) => one.list === list);
  if (broken !== undefined && died) {
    const entry = `0x${broken.entry.toString(16)}`;
    return {
      reason: 'efi-reservations-overwritten',
      sentence: `According to its log in memory, ${whose} reads the list of the memory that stays reserved across a kexec, but the entry at ${entry} has been overwritten.${panic === undefined ? '' : ` It ends with: ${panic}`}`,
    };
  }
  const takeover = findLpiTakeover(log, images);
  if (takeover !== null && died) {
    return { reason: 'lpi-tables-taken-over', sentence: describeLpiTakeover(whose, takeover) };
  }
  if (panic !== undefined) {
    const sentence = `The log of ${whose} in memory shows what the console did not: ${panic}`;
    return { reason: 'early-panic', sentence };
  }
  if (started !== undefined) {
    return {
      reason: 'console-lost',
      sentence: `Its memory shows that ${whose} is running and has started its first program, but on another console. Its command line: ${cmdline ?? ''}`,
    };
  }
  if (oops !== undefined) {
    const sentence = `The log of ${whose} in memory shows what the console did not: ${oops}`;
    return { reason: 'early-oops', sentence };
  }
  const last = oneLine(records.at(-1)?.text) ?? '';
  return {
    reason: 'stopped-early',
    sentence: `The log in memory shows that ${whose} began to boot without console output. Its last message: ${last}`,
  };
}

function oneLine(text: string | undefined): string | undefined {
  return text?.replaceAll(/\s+/g, ' ').trim();
}

/**
 * 32-bit arm without a device tree takes its machine and 16 MiB of memory from defaults (arch/arm/kernel/atags_parse.c);
 * with one it prints the model first (`of_flat_dt_match_machine`).
 */
function isWithoutDeviceTree({ records }: KernelLog): boolean {
  const hasLine = (pattern: RegExp) => records.some(({ text }) => pattern.test(text));
  return hasLine(/^Machine: /) && !hasLine(/^OF: fdt: ?Machine model: /);
}

/** The result for a memory that could not be read. @param why a short phrase */
export function unreadableMemory(why: string): Autopsy {
  const sentence = `Its memory could not be read: ${why.replace(/\.$/, '')}.`;
  return { reason: 'unreadable', sentence, log: null };
}
