import type { Reason } from './autopsy.ts';
import { explainSilence } from './autopsy.ts';
import type { Findings } from './examine.ts';
import { examine } from './examine.ts';
import { openDump } from './memory-dump.ts';

/** What is to be read, and what is known beside it; see {@link Heard}. */
export type ExamineRequest = {
  /** The dump's path. */
  file: string;
  /** Where a raw dump begins, a physical address. */
  base: number;
  /** The console's lines. */
  lines: string[];
  /** Program counters, in hexadecimal digits. */
  pcs: string[];
  dead: boolean;
};

/** What a dump holds. Survives JSON. */
export type Examined = {
  /** Bytes of memory that should be in the dump and are not. */
  missingBytes: number;
  findings: Findings;
  /** Why the machine is silent; null where its memory does not tell. */
  silence: Reason | null;
  /** The index of the log that never reached the console; null where there is none. */
  unheard: number | null;
};

/**
 * Reads a dump and says why its machine is silent.
 * @throws UsageError for a file that is not a dump, or is damaged
 */
export function examineDump({ file, base, lines, pcs, dead }: ExamineRequest): Examined {
  const dump = openDump(file, base);
  try {
    const findings = examine(dump);
    const heard = { lines: new Set(lines), pcs: pcs.map((pc) => BigInt(`0x${pc}`)), dead };
    const autopsy = explainSilence(findings, heard);
    const missingBytes = dump.missingBytes();
    if (autopsy === null) return { missingBytes, findings, silence: null, unheard: null };
    const { log, ...silence } = autopsy;
    const unheard = log === null ? null : findings.logs.indexOf(log);
    return { missingBytes, findings, silence, unheard };
  } finally {
    dump.close();
  }
}
