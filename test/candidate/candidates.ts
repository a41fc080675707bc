import type { Candidate } from '../../src/candidate/candidate.ts';

/** A candidate of a suite, with what a test wants to be different. */
export function candidate(change: Partial<Candidate> = {}): Candidate {
  return {
    kernel: {
      suite: 'sid',
      package: { aarch64: 'linux-image-cloud-arm64', arm: 'linux-image-armmp-lpae' },
    },
    initrd: null,
    tools: null,
    firstKernel: null,
    arches: ['aarch64', 'arm'],
    extraMiB: 0,
    label: { kernel: 'debian:sid', initrd: null, kexecTools: null, firstKernel: null },
    ...change,
  };
}
