/** One record of a kernel's log. */
export type KernelRecord = {
  /** Of the kernel's own clock; null where the times were not found. */
  seconds: number | null;
  /** 0 (emergency) to 7 (debug); null where the levels were not found. */
  level: number | null;
  text: string;
};

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
