import type { Finding } from '../../model/examination.ts';
import { compareVersions } from '../../text/versions.ts';
import type { KernelFacts } from './facts.ts';

/** Whether the kernel's file is complete. */
export function checkImageLength({ kind, trouble, name }: KernelFacts): Finding[] {
  if (trouble === null || (kind !== 'Image' && kind !== 'zImage')) return [];
  return [
    {
      id: 'image-damaged',
      severity: 'stop',
      message: `This kernel ${trouble}.`,
      advice: 'Copy, build or download the file again.',
      source: name,
    },
  ];
}

/** Whether the kernel can itself kexec, which the next update needs. */
export function checkKexecConfig({ config, name, release }: KernelFacts): Finding[] {
  if (config === null)
    return [
      {
        id: 'config-unknown',
        severity: 'note',
        message:
          "This kernel's configuration is unknown, so its support for kexec could not be checked.",
        advice:
          'Supply its packages (from Debian 14 on including linux-base-…), or a directory with config-RELEASE.',
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
        'This kernel forces lockdown, which disables kexec_load: the next update cannot use plain `kexec -l`.',
      advice: 'Use `kexec -s` with a signed kernel, or a kernel that does not force lockdown.',
      source: source(locked),
    });
  if (is('CONFIG_KEXEC_SIG_FORCE'))
    findings.push({
      id: 'kexec-needs-signature',
      severity: 'warn',
      message: 'This kernel only loads signed kernels for kexec.',
      advice: 'Use `kexec -s`, and sign the kernels that it has to load.',
      source: source('CONFIG_KEXEC_SIG_FORCE'),
    });
  if (is('CONFIG_CPU_TTBR0_PAN') && release !== null && compareVersions(release, fixedIn) < 0)
    findings.push({
      id: 'kexec-crash',
      severity: 'warn',
      message: `A kexec from this kernel crashes after "Bye!", whatever kernel is loaded, unless it has the fix of Linux ${fixedIn}.`,
      advice:
        'For the next update, reboot instead of a kexec, or use a kernel without LPAE (on Debian linux-image-armmp).',
      source: source('CONFIG_CPU_TTBR0_PAN'),
    });
  return findings;
}

/** The release with commit 009b6c6486b9, "ARM: 9476/1: mm: fix kexec and hibernation with CONFIG_CPU_TTBR0_PAN". */
const fixedIn = '7.1';

/** Both disable kexec_load: LOCKDOWN_KEXEC is an integrity reason (security/lockdown/Kconfig). */
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
        'This kernel supports only kexec_file_load: the next update cannot use plain `kexec -l`.',
      advice: 'Use `kexec -s` on it.',
      source,
    };
  return {
    id: 'no-kexec',
    severity: 'stop',
    message:
      'This kernel is built without kexec: it boots, but the next update cannot kexec from it.',
    advice: 'Build it with CONFIG_KEXEC=y.',
    source,
  };
}
