import type { Signature } from './signature.ts';

const kernel = { origin: 'kernel' } as const;

/** The first kernel on its way out, and the purgatory behind it. */
export const kexecKernelSignatures: Signature[] = [
  {
    ...kernel,
    id: 'kexec-start',
    meaning: 'kexec-starts',
    pattern: /^(?:kexec_core: |kexec: )?Starting new kernel$/,
    description: 'the kernel begins the jump; there is no way back from here',
    source: 'Linux kernel/kexec_core.c (before 4.3 kernel/kexec.c, without a prefix)',
  },
  {
    ...kernel,
    id: 'kexec-crash-start',
    meaning: 'reset',
    pattern: /^(?:Starting|Loading) crashdump kernel\.\.\.$/,
    description: 'a panicked kernel starts its crash kernel',
    source: 'Linux arch/arm64/kernel/machine_kexec.c, arch/arm/kernel/machine_kexec.c',
  },
  {
    ...kernel,
    id: 'cpus-disabling',
    meaning: null,
    pattern: /^Disabling non-boot CPUs \.\.\.$/,
    description: 'the other CPUs are being stopped: part of a kexec, of a shutdown, of a suspend',
    source: 'Linux kernel/cpu.c',
  },
  {
    ...kernel,
    id: 'cpu-down',
    meaning: null,
    pattern: /^(?:CPU(?<cpu>\d+): shutdown$|(?:psci: )?CPU(?<killed>\d+) killed)/,
    description: 'one CPU has stopped',
    source: 'Linux arch/arm/kernel/smp.c, drivers/firmware/psci/psci.c',
  },
  {
    ...kernel,
    id: 'kexec-bye',
    meaning: 'kexec-leaves',
    weak: true,
    pattern: /^Bye!$/,
    description:
      "the first kernel's very last word; what comes next is the purgatory, then the second kernel",
    source: 'Linux arch/arm/kernel/machine_kexec.c, arch/arm64/kernel/machine_kexec.c',
  },
  {
    ...kernel,
    id: 'kexec-cpus-stuck',
    meaning: 'failure',
    outcome: 'kexec-refused',
    stage: 'kexec',
    pattern: /^(?:kexec\w*: )?Can't kexec: (?<reason>CPUs are stuck in the kernel)/,
    description: 'the kernel cannot stop its other CPUs and refuses to load a kexec image',
    source: 'Linux arch/arm64/kernel/machine_kexec.c',
  },
  {
    ...kernel,
    id: 'kexec-locked-down',
    meaning: 'failure',
    outcome: 'kexec-refused',
    stage: 'kexec',
    pattern: /^(?:kexec\w*: )?Lockdown: \S+: (?<reason>kexec of unsigned images is restricted)/,
    description: 'kernel lockdown (secure boot) forbids kexec',
    source: 'Linux security/lockdown',
  },
  {
    origin: 'firmware',
    id: 'purgatory',
    meaning: null,
    pattern: /^I'm in purgatory/,
    description: 'the jump worked; kexec-tools checks the images next (`kexec --serial`)',
    source: 'kexec-tools purgatory/purgatory.c',
  },
  {
    origin: 'firmware',
    id: 'purgatory-digest',
    meaning: 'warning',
    outcome: 'bye-hang',
    pattern: /^(?<reason>sha256 digests do not match)/,
    description: 'what kexec loaded was damaged on the way; the purgatory loops for ever',
    source: 'kexec-tools purgatory/purgatory.c',
  },
];
