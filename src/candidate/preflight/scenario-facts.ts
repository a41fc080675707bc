/** What preflight can read from the scenarios that are to boot. */
import { ownRecipes } from '../../image/recipes/recipe.ts';
import { kexecOf } from '../../scenario/kexec.ts';
import type { Case } from '../../scenario/scenario.ts';
import { isServerDisk } from '../candidate.ts';
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

/**
 * What preflight needs to know about the boots of one disk. Only of those expected to boot: others may be wrong on purpose.
 */
export function expectedBoots(cases: readonly Case[]): PreflightOptions {
  const boots = cases.filter(({ expect }) => expect.outcome === 'booted');
  const [first] = boots;
  if (first === undefined) return {};
  const { disk } = first.setup;
  return {
    kexecs: boots.map(kexecOfCase),
    loading: loadingOf(first),
    ...(isServer(first) && typeof disk === 'string' && { disk }),
  };
}

/** The cases by the disk that a candidate is installed on: one for each server, and one for all disks of the lab. */
export function byDisk(cases: readonly Case[]): [Case, ...Case[]][] {
  const groups = new Map<string, [Case, ...Case[]]>();
  for (const case_ of cases) {
    const { disk } = case_.setup;
    const key = `${case_.arch} ${isServer(case_) ? JSON.stringify(disk) : ''}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [case_]);
    else group.push(case_);
  }
  return [...groups.values()];
}

function isServer({ setup: { disk } }: Case): boolean {
  return typeof disk === 'string' && isServerDisk(ownRecipes.get(disk));
}

/** A server's own script chooses the root of its second kernel, so what is expected stands for it. */
function kexecOfCase(case_: Case) {
  const kexec = kexecOf(case_.setup);
  const { root } = case_.expect;
  return isServer(case_) && root !== undefined ? { ...kexec, append: `root=${root}` } : kexec;
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
