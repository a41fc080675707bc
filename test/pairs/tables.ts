import type { PairCell, PairKernel, PairTable } from '../../src/model/pairs.ts';

/** A kernel of Debian's sid. */
export function kernel(release: string, suite = 'sid'): PairKernel {
  return { word: `debian:${suite}/linux-image-${release}`, label: release };
}

/** A pair that came up, or what `change` makes of it. */
export function cell(from: string, to: string, change: Partial<PairCell> = {}): PairCell {
  return {
    ...{ from: kernel(from).word, to: kernel(to).word, key: '0123456789abcdef' },
    ...{ verdict: 'pass', outcome: 'booted', generation: 2, stage: 'userspace' },
    ...{ release: to, flaky: false, guestSeconds: 1.75, meaning: 'It came up.', cure: '' },
    ...{ evidence: [], autopsy: null, finding: 'booted' },
    ...{ run: 'runs/one', directory: 'aarch64/a-to-b' },
    ...change,
  };
}

/** The end of a pair whose second kernel never spoke. */
export const hang: Partial<PairCell> = {
  ...{ verdict: 'fail', outcome: 'bye-hang', generation: 1, stage: 'kexec', guestSeconds: null },
  ...{ meaning: 'The second kernel never spoke.', cure: 'Load it with --no-checks.' },
  evidence: [{ line: 10, text: 'Bye!', signature: 'kexec-bye' }],
  finding: 'hang',
};

export function table(
  releases: string[],
  cells: PairCell[],
  change: Partial<PairTable> = {},
): PairTable {
  const kernels = releases.map((release) => kernel(release));
  return {
    ...{ arch: 'aarch64', machine: 'aarch64', kexecTools: null, cure: false },
    ...{ from: kernels, to: kernels, cells },
    ...change,
  };
}
