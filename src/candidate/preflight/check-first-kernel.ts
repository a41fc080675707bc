import type { Finding } from '../../model/examination.ts';
import type { Facts } from './facts.ts';
import type { LoadFacts } from './load-facts.ts';

/** The system call that kexec uses. With `-a` it tries kexec_file_load first. */
export type Call = 'kexec_load' | 'kexec_file_load';

/** The finding that the first kernel does not have kexec_file_load. */
export const noFileLoad = 'first-kernel-no-file-load';

/** Whether the running kernel has the call, and its lockdown permits it. */
export function checkKernel(
  call: Call,
  { kernel: { arch }, loading }: Pick<Facts, 'kernel' | 'loading'>,
): Finding[] {
  const { config } = loading;
  const lockdown = lockdownOf(loading);
  const stop = (id: string, message: string, advice: string, source: string): Finding[] => [
    { id, severity: 'stop', message, advice, source },
  ];
  const lacks = (option: string) => config !== null && config.values.get(option) !== 'y';
  const unset = (option: string) => `${config?.name ?? ''}: # ${option} is not set`;
  if (call === 'kexec_file_load') {
    const unavailable = (source: string) =>
      stop(
        noFileLoad,
        'The kernel that runs kexec does not have kexec_file_load, which kexec -s needs.',
        'Use kexec -c.',
        source,
      );
    if (arch === 'arm') return unavailable('Linux for 32-bit arm, which does not have the call');
    if (lacks('CONFIG_KEXEC_FILE')) return unavailable(unset('CONFIG_KEXEC_FILE'));
    if (lockdown === null) return [];
    return [
      {
        id: 'first-kernel-needs-signature',
        severity: 'warn',
        message:
          'The kernel that runs kexec is locked down: kexec_file_load accepts only kernels with a signature that it trusts.',
        advice: 'Use a signed kernel whose key the first kernel trusts.',
        source: lockdown,
      },
    ];
  }
  if (lacks('CONFIG_KEXEC'))
    return stop(
      'first-kernel-no-load',
      'The kernel that runs kexec does not have kexec_load.',
      'Use kexec -s if it has kexec_file_load, otherwise another first kernel.',
      unset('CONFIG_KEXEC'),
    );
  if (lockdown === null) return [];
  return stop(
    'first-kernel-locked-down',
    'The kernel that runs kexec is locked down and refuses kexec_load.',
    'Remove lockdown= from its command line and turn Secure Boot off, or use kexec -s and a signed kernel where the first kernel has kexec_file_load.',
    lockdown,
  );
}

/** Where it says that the first kernel is locked down. Debian's kernels are if they see Secure Boot; Linux itself has no such option. */
function lockdownOf({ lockdown, isSecureBoot, config }: LoadFacts): string | null {
  const option = 'CONFIG_LOCK_DOWN_IN_EFI_SECURE_BOOT';
  if (lockdown !== null || !isSecureBoot) return lockdown;
  if (config === null) return 'UEFI Secure Boot';
  return config.values.get(option) === 'y' ? `UEFI Secure Boot, ${config.name}: ${option}=y` : null;
}
