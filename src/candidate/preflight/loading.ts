import type { Case } from '../../scenario/scenario.ts';
import type { LoadFacts } from './facts.ts';

/** How a scenario loads its second kernel, from its tags, its steps and the first kernel's command line. */
export function loadingOf({
  setup: { tags, cmdline },
  steps,
}: Pick<Case, 'setup' | 'steps'>): Pick<LoadFacts, 'way' | 'lockdown'> {
  const flags = tags['KEXEC_LAB_FLAGS']?.split(',') ?? [];
  const commands = steps.flatMap((step) =>
    step.do === 'ssh' ? [step.command, step.stdin] : step.do === 'run' ? [step.command] : [],
  );
  const load = commands.find((command) => /\bkexec\b.* (?:-\w*[lf]|--load)\b/.test(command));
  const words = [...flags, ...(load?.split(/\s+/) ?? [])];
  const lockdown = cmdline.split(/\s+/).findLast((word) => word.startsWith('lockdown='));
  return {
    way: words.map((word) => ways[word]).findLast((way) => way !== undefined) ?? '',
    lockdown: lockdown === undefined || lockdown === 'lockdown=none' ? null : lockdown,
  };
}

/** kexec's options for the system call; the last one counts. */
const ways: Record<string, LoadFacts['way']> = {
  '-c': '-c',
  '--kexec-syscall': '-c',
  '-s': '-s',
  '--kexec-file-syscall': '-s',
  '-a': '-a',
  '--kexec-syscall-auto': '-a',
};
