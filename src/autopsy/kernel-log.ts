/** One record of a kernel's log. */
export type KernelRecord = {
  /** Time on the kernel's own clock; null if the times were not found. */
  seconds: number | null;
  /** 0 (emergency) to 7 (debug); null if the levels were not found. */
  level: number | null;
  text: string;
};

/** Longer than the text of any record: printk truncates at a kilobyte (PRINTKRB_RECORD_MAX). Bytes. */
export const longestText = 4096;

/** A log found in memory. */
export type KernelLog = {
  /** Found through the kernel's own description of itself, or by the first words every kernel prints. */
  foundBy: 'vmcoreinfo' | 'first-words';
  /** Physical address. */
  address: number;
  /** The kernel's release, as `uname -r` prints it; null if it did not get that far. */
  release: string | null;
  /** Its command line; null if it did not get that far. */
  cmdline: string | null;
  records: KernelRecord[];
};

/** Reads the release and the command line from the records. */
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

/** The lines of a log that matter most, as a console would have shown them: those around its first alert, otherwise the last ones. */
export function tellingLines({ records }: KernelLog): string[] {
  const trouble = records.findIndex(({ level }) => level !== null && level <= severe);
  const end = trouble === -1 ? records.length : trouble + 6;
  return records.slice(Math.max(0, end - 12), end).flatMap(printedLines);
}

/** A record's time as printk shows it: whole microseconds, truncated and not rounded. */
export function toSeconds(nanoseconds: bigint): number {
  return Number(nanoseconds / 1000n) / 1e6;
}

/** A record as printk writes it to a serial console: each of its lines prefixed with the time. */
export function printedLines({ seconds, text }: KernelRecord): string[] {
  const prefix = seconds === null ? '' : `[${seconds.toFixed(6).padStart(12)}] `;
  return text.split('\n').map((line) => prefix + line);
}
