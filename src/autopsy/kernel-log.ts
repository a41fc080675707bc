/** One record of a kernel's log. */
export type KernelRecord = {
  /** Of the kernel's own clock; null where the times were not found. */
  seconds: number | null;
  /** 0 (emergency) to 7 (debug); null where the levels were not found. */
  level: number | null;
  text: string;
};

/** Longer than any record's text: printk cuts at a kilobyte (PRINTKRB_RECORD_MAX). Bytes. */
export const longestText = 4096;

/** A log found in memory. */
export type KernelLog = {
  /** Through the kernel's own description of itself, or by the first words every kernel says. */
  foundBy: 'vmcoreinfo' | 'first-words';
  /** Where it is, a physical address. */
  address: number;
  /** What the kernel calls itself, as `uname -r` does; null where it did not get so far. */
  release: string | null;
  /** Its command line; null where it did not get so far. */
  cmdline: string | null;
  records: KernelRecord[];
};

/** Reads out of the records what says which kernel's they are. */
export function describeLog(
  foundBy: KernelLog['foundBy'],
  address: number,
  records: KernelRecord[],
): KernelLog {
  const first = (pattern: RegExp): string | null => {
    for (const { text } of records) {
      const match = pattern.exec(text);
      if (match !== null) return match[1] ?? null;
    }
    return null;
  };
  return {
    foundBy,
    address,
    release: first(/^Linux version (\S+) /),
    cmdline: first(/^Kernel command line: (.*)$/),
    records,
  };
}

/** Emergencies and alerts: printk's levels 0 and 1. */
const severe = 1;

/** The lines of a log that matter most, as a console would have shown them: those around its first alert, else the last. */
export function tellingLines({ records }: KernelLog): string[] {
  const trouble = records.findIndex(({ level }) => level !== null && level <= severe);
  const end = trouble === -1 ? records.length : trouble + 6;
  return records.slice(Math.max(0, end - 12), end).flatMap(printedLines);
}

/** A record's time as printk shows it: whole microseconds, cut and not rounded. */
export function toSeconds(nanoseconds: bigint): number {
  return Number(nanoseconds / 1000n) / 1e6;
}

/** A record as printk writes it to a serial console: each of its lines with the time in front. */
export function printedLines({ seconds, text }: KernelRecord): string[] {
  const prefix = seconds === null ? '' : `[${seconds.toFixed(6).padStart(12)}] `;
  return text.split('\n').map((line) => prefix + line);
}
