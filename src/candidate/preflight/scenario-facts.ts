/** What preflight can read from the scenarios that are to boot. */
import { kexecOf } from '../../scenario/kexec.ts';
import type { Case } from '../../scenario/scenario.ts';
import type { LoadFacts } from './facts.ts';
import type { PreflightOptions } from './preflight.ts';

type Loading = Omit<LoadFacts, 'config'>;

/** How a scenario loads its second kernel, from its tags, its steps, its machine and the first kernel's command line. */
export function loadingOf({ setup, steps }: Pick<Case, 'setup' | 'steps'>): Loading {
  const { tags, cmdline } = setup;
  const flags = tags['KEXEC_LAB_FLAGS']?.split(',') ?? [];
  const commands = steps.flatMap((step) =>
    step.do === 'ssh' ? [step.command, step.stdin] : step.do === 'run' ? [step.command] : [],
  );
  const load = commands.find((command) => /\bkexec\b.* (?:-\w*[lf]|--load)\b/.test(command));
  const words = [...flags, ...(load?.split(/\s+/) ?? [])];
  const asked = words.map((word) => ways[word]).findLast((way) => way !== undefined) ?? '';
  const isSystemctl =
    load === undefined && commands.some((text) => /\bsystemctl kexec\b/.test(text));
  const lockdown = cmdline.split(/\s+/).findLast((word) => word.startsWith('lockdown='));
  return {
    way: isSystemctl ? 'systemctl' : asked,
    lockdown: lockdown === undefined || lockdown === 'lockdown=none' ? null : lockdown,
    isSecureBoot: kexecOf(setup).machine.firmware === 'secure-boot',
  };
}

/** What preflight needs to know about the boots. Only of those expected to boot: others may be wrong on purpose. */
export function expectedBoots(cases: readonly Case[]): PreflightOptions {
  const boots = cases.filter(({ expect }) => expect.outcome === 'booted');
  const [first] = boots;
  if (first === undefined) return {};
  return { kexecs: boots.map(({ setup }) => kexecOf(setup)), loading: loadingOf(first) };
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
