import type { Watch, HistoryEntry, WatchedKernel } from '../../src/model/history.ts';

/** A cloud kernel of a suite. */
export function kernel(suite: string, version: string): WatchedKernel {
  const release = version.replace(/-\d+$/, '');
  return { suite, package: `linux-image-${release}-cloud-arm64`, version };
}

export const bookworm = kernel('bookworm', '6.1.176-1');

/** A pair that came up behind bookworm's kernel, or what `change` makes of it. */
export function entry(to: WatchedKernel, change: Partial<HistoryEntry> = {}): HistoryEntry {
  return {
    ...{ arch: 'aarch64', machine: 'aarch64', kexecTools: null, cure: false, from: bookworm, to },
    ...{ verdict: 'pass', outcome: 'booted', generation: 2, stage: 'userspace' },
    ...{ guestSeconds: 3.26, meaning: 'It came up.', cause: null },
    ...change,
  };
}

/** The end of a pair whose second kernel never spoke. */
export const hang: Partial<HistoryEntry> = {
  ...{ verdict: 'fail', outcome: 'bye-hang', generation: 1, stage: 'kexec', guestSeconds: null },
  meaning: 'The second kernel never spoke.',
  cause: { line: 10, text: '[   12.345678] Bye!', signature: 'kexec-bye' },
};

/** The second kernel spoke, and panicked. */
export const panic: Partial<HistoryEntry> = {
  ...{ verdict: 'fail', outcome: 'kernel-panic', generation: 2, stage: 'kernel' },
  ...{ guestSeconds: null, meaning: 'The kernel panicked.', cause: null },
};

export function watchOf(change: Partial<Watch>): Watch {
  return {
    schema: 'kexec-lab/watch@1',
    ...{ changes: [], failing: [], notAsked: [], withoutResult: 0, ...change },
  };
}
