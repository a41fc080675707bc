import type { Signal } from '../../model/boot.ts';
import type { BootContext } from './context.ts';

/** Something that a machine had before a kexec and does not have after it. */
type Loss = {
  /** In a few words, such as `CPUs (4, now 1)`. */
  what: string;
  /** The word of the second kernel's command line that asks for it, such as `maxcpus=1`; null if none does. */
  asked: string | null;
};

/** Words of a command line that take something from a kernel. (Linux, admin-guide/kernel-parameters.txt) */
const askFor = {
  cpus: /^(?:(?:maxcpus|nr_cpus)=.*|nosmp)$/,
  memory: /^(?:mem|memmap)=/,
  msi: /^(?:pci=(?:.*,)?nomsi\b.*|irqchip\.gicv3_nolpi=[1yY].*)$/,
};

/** A kernel manages less memory than another one of the same machine: drivers and tables differ. Share of the memory. */
const leastMemory = 0.9;

/**
 * What a machine has lost in a kexec: the second kernel's line about the machine compared with the first one's. Empty if
 * nothing is lost, or either line is missing. What the command line asks for is a loss all the same: a `maxcpus=1` that
 * was copied from elsewhere costs as much as a CPU that does not start.
 */
export function lossesOf({
  machine,
  machineBefore,
  proofs,
}: Pick<BootContext, 'machine' | 'machineBefore' | 'proofs'>): Loss[] {
  if (machine === null || machineBefore === null) return [];
  const [before, now] = [machineBefore.captures, machine.captures];
  const kinds = (text = ''): string[] => text.split(',').filter(Boolean);
  const missing = kinds(before['interrupts']).filter(
    (kind) => !kinds(now['interrupts']).includes(kind),
  );
  const fewer = (key: string, share: number) => Number(now[key]) < Number(before[key]) * share;
  const broken = (key: string) => ['stopped', 'failed'].includes(now[key] ?? '');
  const change = (key: string, unit = '') =>
    `${before[key] ?? ''}${unit}, now ${now[key] ?? ''}${unit}`;
  const words = wordsOf(proofs);
  const loss = (what: string, pattern?: RegExp): Loss => ({
    what,
    asked: words.findLast((word) => pattern?.test(word) === true) ?? null,
  });
  return [
    ...(fewer('cpus', 1) ? [loss(`CPUs (${change('cpus')})`, askFor.cpus)] : []),
    ...(fewer('memory', leastMemory)
      ? [loss(`memory (${change('memory', ' KiB')})`, askFor.memory)]
      : []),
    ...missing.map((kind) =>
      loss(
        `interrupts (${kind})`,
        kind === 'msi' ? askFor.msi : kind === 'ipi' ? askFor.cpus : undefined,
      ),
    ),
    ...(broken('clock') ? [loss('the clock (no time passes)')] : []),
    ...(broken('disk') ? [loss('the disk (what is written cannot be read back)')] : []),
  ];
}

/** The words of the command line that the running system proved. */
function wordsOf(proofs: readonly Signal[]): string[] {
  const proved = proofs.findLast(({ captures }) => captures['cmdline'] !== undefined);
  return proved?.captures['cmdline']?.split(/\s+/) ?? [];
}
