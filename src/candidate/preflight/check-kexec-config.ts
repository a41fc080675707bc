import type { Finding } from '../../model/preflight.ts';
import type { KernelFacts } from './facts.ts';

/** Whether the kernel can kexec in its turn: the next update has to get out of it. */
export function checkKexecConfig({ config, name }: KernelFacts): Finding[] {
  if (config === null)
    return [
      {
        id: 'config-unknown',
        severity: 'note',
        message:
          'Nothing says what this kernel was configured with, so nobody looked whether it has kexec.',
        advice:
          'Give its packages (from Debian 14 on with linux-base-…), or a directory with config-RELEASE.',
        source: name,
      },
    ];
  const is = (option: string) => config.values.get(option) === 'y';
  const source = (option: string) =>
    `${config.name}: ${is(option) ? `${option}=y` : `# ${option} is not set`}`;
  if (!is('CONFIG_KEXEC')) return [withoutKexec(is('CONFIG_KEXEC_FILE'), source('CONFIG_KEXEC'))];
  const locked = lockdowns.find(is);
  const findings: Finding[] = [];
  if (locked !== undefined)
    findings.push({
      id: 'kexec-locked-down',
      severity: 'warn',
      message:
        'This kernel is locked down from the start, and then kexec_load is refused: the next update cannot get out of it with plain `kexec -l`.',
      advice: 'Use `kexec -s` with a signed kernel, or a kernel without forced lockdown.',
      source: source(locked),
    });
  if (is('CONFIG_KEXEC_SIG_FORCE'))
    findings.push({
      id: 'kexec-needs-signature',
      severity: 'warn',
      message: 'This kernel only kexecs kernels that are signed.',
      advice: 'Use `kexec -s`, and sign the kernels that are to follow it.',
      source: source('CONFIG_KEXEC_SIG_FORCE'),
    });
  return findings;
}

/** security/lockdown/Kconfig: both refuse kexec_load (LOCKDOWN_KEXEC is an integrity reason). */
const lockdowns = [
  'CONFIG_LOCK_DOWN_KERNEL_FORCE_INTEGRITY',
  'CONFIG_LOCK_DOWN_KERNEL_FORCE_CONFIDENTIALITY',
];

function withoutKexec(hasFile: boolean, source: string): Finding {
  if (hasFile)
    return {
      id: 'no-kexec-load',
      severity: 'warn',
      message:
        'This kernel has kexec_file_load only: the next update cannot get out of it with plain `kexec -l`.',
      advice: 'Use `kexec -s` there.',
      source,
    };
  return {
    id: 'no-kexec',
    severity: 'stop',
    message:
      'This kernel is built without kexec: it can be started, but no update after it gets out of it by kexec.',
    advice: 'Build it with CONFIG_KEXEC=y.',
    source,
  };
}
