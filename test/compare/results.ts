import type { CaseResult } from '../../src/model/result.ts';
import { result } from '../report/events.ts';

/** Three results of one scenario, all alike but for `changes`. */
export function three(...changes: Partial<CaseResult>[]): CaseResult[] {
  return [0, 1, 2].map((index) => {
    const change = changes[index] ?? changes.at(-1);
    return result('kexec-to-distro', 'aarch64', { repeat: index + 1, ...change });
  });
}

export const hang: Partial<CaseResult> = {
  verdict: 'fail',
  outcome: 'bye-hang',
  generation: 1,
  stage: 'kexec',
};

export const panic: Partial<CaseResult> = {
  verdict: 'fail',
  outcome: 'kernel-panic',
  stage: 'kernel',
  ...panicked('Oops at ffff80000812a2c4'),
};

/** What a panic with this text leaves. */
export function panicked(text: string): Partial<CaseResult> {
  return {
    captures: { panic: text },
    evidence: [{ line: 9, text: `Kernel panic - not syncing: ${text}`, signature: 'panic' }],
  };
}

export const untold: Partial<CaseResult> = { verdict: 'unavailable', outcome: null, stage: null };

export const doubted: Partial<CaseResult> = { verdict: 'fail', outcome: 'unknown' };

/** The scenario expects a hang, and gets it. */
export const expectedHang: Partial<CaseResult> = {
  ...hang,
  verdict: 'pass',
  expected: { outcome: 'bye-hang' },
};

/** What the second kernel took, in guest seconds. */
export function took(seconds: number): Partial<CaseResult> {
  return {
    stages: [{ name: 'kernel', generation: 2, hostSeconds: 9, guestSeconds: seconds }],
  };
}

/** The scenario was booted on another machine. */
export const variant: Partial<CaseResult> = {
  scenario: 'kexec-to-distro-gicv3',
  machine: 'aarch64 gic=3 firmware=none',
  variant: {
    of: 'kexec-to-distro',
    label: 'GICv3 without UEFI',
    options: ['--shape', 'gicv3'],
  },
};
