import type { Reason } from './autopsy.ts';
import type { KernelLog } from './kernel-log.ts';

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
