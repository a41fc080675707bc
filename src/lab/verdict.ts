import type { Outcome } from '../boot/outcome.ts';
import type { ImageSet } from '../image/image-set.ts';
import type { Expectation, Setup } from '../scenario/scenario.ts';
import type { BootFacts } from './boot-case.ts';
import type { Verdict } from './result.ts';

type Releases = ImageSet['releases'];

/** Console signatures by which the mini system says what it really runs on. All three, or it is no proof. */
const proofs = ['proof-release', 'proof-root', 'proof-cmdline'] as const;

/** The word every kexec'ed kernel has on its command line (Scaleway's own marker). */
const kexecMarker = 'is_in_kexec=yes';

/** Which generation must come up to count as booted: whoever asks for a kexec wants the kernel behind it. */
export function awaitedGeneration(setup: Setup, expect: Expectation): number {
  const asked = 'KEXEC_KERNEL' in setup.tags ? 2 : 1;
  return Math.max(asked, expect.outcome === 'booted' ? (expect.generation ?? 1) : 1);
}

/**
 * From which generation on a login prompt ends the watching. An outcome that is expected in a later one, or behind a
 * kexec that a running system does, has not come yet when an earlier system is up. Whoever expects the wrong kernel to
 * come up has seen what he expects when it is.
 */
export function lastLogin(setup: Setup, expect: Expectation): number {
  if (expect.outcome === 'reboot-loop') return Infinity;
  const { outcome, generation = 1 } = expect;
  if (outcome === 'wrong-kernel' && expect.generation !== undefined) return generation;
  const behindJump = ['bye-hang', 'console-lost'].includes(outcome) ? generation + 1 : generation;
  return Math.max(awaitedGeneration(setup, expect), behindJump);
}

/**
 * Holds a `booted` to its proof. A login prompt alone is never enough: it becomes `wrong-kernel` when another
 * kernel than the awaited one got there, and `unknown` when nothing says which kernel it was.
 * Every other outcome is returned as it is.
 */
export function proveBooted(
  outcome: Outcome,
  awaited: { generation: number; release: string | null },
): Outcome {
  if (outcome.id !== 'booted') return outcome;
  if (outcome.generation < awaited.generation) {
    return {
      ...outcome,
      id: 'wrong-kernel',
      meaning: `A login prompt came up in generation ${outcome.generation}: the kernel that was meant to be started by kexec never ran, the one before it did.`,
      cure: 'Look for what kept the kexec from happening: whether it was asked for at all (tags, service), and what the console says between the first kernel and the prompt.',
    };
  }
  const missing = proofs.filter((id) => !outcome.evidence.some((item) => item.signature === id));
  if (missing.length > 0) {
    return {
      ...outcome,
      id: 'unknown',
      meaning: `A login prompt came up, but the system did not say what it runs on (${missing.join(', ')} missing), so nothing proves which kernel got there.`,
      cure: 'Boot a disk that prints the proof lines, as the recipe mini-disk does.',
    };
  }
  const { release = '', cmdline = '' } = outcome.captures;
  const jumped = awaited.generation < 2 || cmdline.split(/\s+/).includes(kexecMarker);
  if ((awaited.release !== null && release !== awaited.release) || !jumped) {
    return {
      ...outcome,
      id: 'wrong-kernel',
      meaning: jumped
        ? `A system came up, but on kernel ${release}; the kernel under test is ${awaited.release ?? 'another one'}.`
        : `A system came up, but its command line lacks ${kexecMarker}: this kernel was not started by the kexec.`,
      cure: 'Check which kernel file the kexec was given, and that the symlinks on the disk point to the kernel under test.',
    };
  }
  return outcome;
}

/**
 * The release an expectation names: a recipe word (`first`, `second`), or a release as it stands. The kernel on the disk
 * is the `second` even where the firmware starts it and no other runs before it.
 */
export function expectedRelease(
  setup: Pick<Setup, 'kernel'>,
  expect: Expectation,
  releases: Releases,
): string | null {
  const provided = expect.generation === 1 && setup.kernel !== null;
  const wanted = expect.release ?? (provided ? 'first' : 'second');
  if (wanted === 'first' || wanted === 'second') return releases[wanted];
  return wanted;
}

/** What an outcome is worth, and which parts of the expectation were not met (keys as in `Plan.lines`). */
type Judgement = {
  verdict: Extract<Verdict, 'pass' | 'fail'>;
  reasons: string[];
  unmet: string[];
};

/**
 * Sets what came of a boot against the expectation. `reasons` holds one sentence per thing that differs, and one for the
 * step that was not done.
 */
export function judge(
  outcome: Outcome,
  expect: Expectation,
  { reported, steps }: Pick<BootFacts, 'reported' | 'steps'> = { reported: [], steps: [] },
): Judgement {
  const reasons: string[] = [];
  const unmet: string[] = [];
  const differs = <Value extends string | number>(
    key: string,
    what: string,
    wanted?: Value,
    got?: Value,
  ) => {
    if (wanted === undefined || wanted === got) return;
    unmet.push(key);
    reasons.push(`${what}: expected ${wanted}, got ${got ?? 'none'}`);
  };
  const undone = steps.findIndex(({ status }) => status !== 'done');
  const step = steps[undone];
  if (step !== undefined) {
    const what = step.status === 'failed' ? step.detail : 'the boot ended before it was done';
    const place = step.place === null ? '' : `${step.place}: `;
    reasons.push(`${place}step ${undone + 1} (${step.step}): ${what}`);
  }
  differs('outcome', 'outcome', expect.outcome, outcome.id);
  if (expect.outcome === outcome.id) {
    differs('generation', 'generation', expect.generation, outcome.generation);
    differs('stage', 'stage', expect.stage, outcome.stage);
    differs('root', 'root device', expect.root, outcome.captures.root);
    differs(
      'reported',
      'reported states',
      expect.reported?.join(', '),
      statesOf(reported).join(', '),
    );
    for (const [name, wanted] of Object.entries(expect.captures ?? {})) {
      differs(`captures.${name}`, name, wanted, outcome.captures[name]);
    }
  }
  return { verdict: reasons.length === 0 ? 'pass' : 'fail', reasons, unmet };
}

/** The states in order. Scaleway's initramfs sends each at least twice; that is one report. */
export function statesOf(reported: BootFacts['reported']): string[] {
  return reported.map(({ state }) => state).filter((state, at, all) => state !== all[at - 1]);
}
