import type { BootContext } from '../machine/context.ts';

/** A kernel manages less memory than another one of the same machine: drivers and tables differ. Share of the memory. */
const leastMemory = 0.9;

/**
 * What a machine has lost in a kexec, in a few words each, such as `CPUs (4, now 1)`: the second kernel's line about the
 * machine compared with the first one's. Empty if nothing is lost, or either line is missing.
 */
export function lossesOf({ machine, machineBefore }: BootContext): string[] {
  if (machine === null || machineBefore === null) return [];
  const [before, now] = [machineBefore.captures, machine.captures];
  const kinds = (text = ''): string[] => text.split(',').filter(Boolean);
  const missing = kinds(before['interrupts']).filter(
    (kind) => !kinds(now['interrupts']).includes(kind),
  );
  const fewer = (key: string, share: number) => Number(now[key]) < Number(before[key]) * share;
  const broken = (key: string) => ['stopped', 'failed'].includes(now[key] ?? '');
  return [
    ...(fewer('cpus', 1) ? [`CPUs (${before['cpus'] ?? ''}, now ${now['cpus'] ?? ''})`] : []),
    ...(fewer('memory', leastMemory)
      ? [`memory (${before['memory'] ?? ''} KiB, now ${now['memory'] ?? ''} KiB)`]
      : []),
    ...missing.map((kind) => `interrupts (${kind})`),
    ...(broken('clock') ? ['the clock (no time passes)'] : []),
    ...(broken('disk') ? ['the disk (what is written cannot be read back)'] : []),
  ];
}
