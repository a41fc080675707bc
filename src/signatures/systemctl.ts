import type { Signature } from './signature.ts';

const systemctl = {
  origin: 'userspace',
  stage: 'kexec',
  source: 'systemd src/systemctl/systemctl-start-special.c',
} as const;

/** `systemctl kexec` as it loads the default boot loader entry. */
export const systemctlSignatures = [
  {
    ...systemctl,
    id: 'systemctl-no-kexec-tools',
    meaning: 'failure',
    outcome: 'kexec-missing',
    kmsg: true,
    pattern:
      /^(?:systemctl\[\d+\]: )?(?<program>\/\S+\/kexec) is not available: (?:No such file or directory|(?<reason>\S.*))$/,
    description: '`systemctl kexec` needs kexec-tools, which are not installed',
  },
  {
    ...systemctl,
    id: 'systemctl-no-entry',
    meaning: 'failure',
    outcome: 'kexec-load-failed',
    kmsg: true,
    pattern:
      /^(?:systemctl\[\d+\]: )?(?<reason>No kexec kernel loaded and autodetection failed|No boot loader entry suitable as default|Boot entry does not refer to Linux kernel|Boot entry specifies multiple initrds)/,
    description: '`systemctl kexec` found no boot loader entry that it can load',
  },
  {
    ...systemctl,
    id: 'systemctl-calls',
    meaning: null,
    kmsg: true,
    pattern: /^(?:systemctl\[\d+\]: )?Calling kexec_file_load\(\) kernel="(?<file>[^"]+)"/,
    description:
      '`systemctl kexec` (systemd 262) calls kexec_file_load; if it fails, kexec comes next',
  },
  {
    ...systemctl,
    id: 'systemctl-falls-back',
    meaning: null,
    kmsg: true,
    pattern:
      /^(?:systemctl\[\d+\]: )?kexec_file_load\(\) failed, falling back to \S+ binary: (?<reason>\S.*)$/,
    description:
      'kexec_file_load failed, so `systemctl kexec` runs kexec next (with SYSTEMD_LOG_LEVEL=debug)',
  },
] as const satisfies readonly Signature[];
