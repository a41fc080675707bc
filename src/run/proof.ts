import type { BootContext } from '../boot/machine/context.ts';
import type { ImageSet } from '../image/ensure-images.ts';
import type { Outcome } from '../model/boot.ts';
import type { StepResult, Expectation } from '../model/result.ts';
import { isUp, kexecMarker } from '../model/vocabulary.ts';
import type { CommandProof, Proof, Setup } from '../scenario/scenario.ts';

/** The lines that the lab's images print about the running system. All three are required. */
const proofLines = ['proof-release', 'proof-root', 'proof-cmdline'] as const;

/** The signature of the evidence that a proof by command adds: the command and what it printed. */
export const commandProof = 'proof-command';

/** The kernel that is expected to come up, and the proof that is required. */
export type Awaited = {
  generation: number;
  /** Null: any release. */
  release: string | null;
  /** Default: `lab`. */
  proof?: Proof | undefined;
};

/** What a boot has shown besides its outcome. */
export type Seen = { bornBy: BootContext['bornBy']; steps: readonly StepResult[] };

/**
 * Checks the proof of a `booted`. It becomes `wrong-kernel` if another kernel than the expected one came up, and `unknown`
 * if the proof is incomplete. Every other outcome is returned unchanged.
 */
export function proveBooted(outcome: Outcome, awaited: Awaited, seen: Seen): Outcome {
  if (!isUp(outcome.id)) return outcome;
  if (outcome.generation < awaited.generation) {
    return {
      ...outcome,
      id: 'wrong-kernel',
      meaning: `A login prompt appeared in generation ${outcome.generation}: the kernel that kexec should have started never ran, and the previous one came up.`,
      cure: 'Find out why the kexec did not happen: whether it was requested at all (tags, service), and what the console shows between the first kernel and the prompt.',
    };
  }
  const { proof = 'lab' } = awaited;
  if (proof === 'lab') return provedByLab(outcome, awaited, true);
  const expectedBirth = awaited.generation < 2 ? 'power-on' : 'kexec';
  if (seen.bornBy !== expectedBirth) {
    return {
      ...outcome,
      id: 'wrong-kernel',
      meaning: `A system came up, but its kernel was started by ${births[seen.bornBy]}, not by ${births[expectedBirth]}.`,
      cure: 'Look for a reset between the kexec and the prompt, and at what the console shows before it.',
    };
  }
  if (proof === 'system') return provedByLab(outcome, awaited, false);
  return proof === 'login'
    ? provedByLogin(outcome, awaited)
    : provedByCommand(outcome, awaited, proof, seen.steps.at(-1));
}

const births = { 'power-on': 'power-on', kexec: 'a kexec', reset: 'a reset' } as const;

/** @param isMarked whether the command line of a kernel that kexec started says so */
function provedByLab(outcome: Outcome, awaited: Awaited, isMarked: boolean): Outcome {
  const missing = proofLines.filter(
    (id) => !outcome.evidence.some((item) => item.signature === id),
  );
  if (missing.length > 0) {
    return {
      ...outcome,
      id: 'unknown',
      meaning: `A login prompt appeared, but the system did not print all proof lines (missing: ${missing.join(', ')}), so it is not proved which kernel runs.`,
      cure: 'Boot a disk that prints the proof lines, as the recipe mini-disk does, or choose another proof with expect.proof (docs/writing-scenarios.md).',
    };
  }
  const { release = '', cmdline = '' } = outcome.captures;
  const jumped = !isMarked || awaited.generation < 2 || cmdline.split(/\s+/).includes(kexecMarker);
  if (jumped && (awaited.release === null || release === awaited.release)) return outcome;
  return {
    ...outcome,
    id: 'wrong-kernel',
    meaning: jumped
      ? `A system came up, but on kernel ${release}; the kernel under test is ${awaited.release ?? 'another one'}.`
      : `A system came up, but its command line lacks ${kexecMarker}: this kernel was not started by the kexec.`,
    cure: checkKernel,
  };
}

const checkKernel =
  'Check which kernel file the kexec was given, and that the symlinks on the disk point to the kernel under test.';

/** A prompt shows that a system is up. Only the kernel's own banner shows which kernel it runs. */
function provedByLogin(outcome: Outcome, { generation, release }: Awaited): Outcome {
  const named = outcome.captures['release'];
  if (release !== null && named === undefined) {
    return {
      ...outcome,
      id: 'unknown',
      meaning: `A login prompt appeared, but the kernel did not print its release, so it is not proved to be ${release}.`,
      cure: 'Remove quiet from its command line, or prove the release with a command: proof: { run: uname -r }.',
    };
  }
  if (release !== null && named !== release) return wrongRelease(outcome, named, release);
  const kernel = named === undefined ? 'Its release is not known' : `Its banner says ${named}`;
  return {
    ...outcome,
    meaning: `${outcome.meaning} Proof: a login prompt in generation ${generation}. ${kernel}; its root device was not checked.`,
  };
}

function provedByCommand(
  outcome: Outcome,
  { generation, release }: Awaited,
  { by, command, output }: CommandProof,
  step: StepResult | undefined,
): Outcome {
  const wanted = output ?? release;
  const how = by === 'ssh' ? 'over ssh' : 'on the console';
  if (step?.status !== 'done' || wanted === null) {
    const why = wanted === null ? 'the expected output is unknown' : 'it did not run to its end';
    return {
      ...outcome,
      id: 'unknown',
      meaning: `A system came up, but \`${command}\` ${how} proves nothing: ${why}.`,
      cure: 'See the steps of this case. If the expected output is unknown, add output, or an exact release.',
    };
  }
  const { detail: printed } = step;
  const proved = printed === wanted;
  const text = `\`${command}\` ${how} printed "${printed}"${proved ? '' : `, expected "${wanted}"`}`;
  // Last: the first piece is the cause, which comparisons of two kernels read.
  const evidence = [...outcome.evidence, { line: null, text, signature: commandProof }];
  if (proved) {
    return {
      ...outcome,
      evidence,
      meaning: `${outcome.meaning} Proof: in generation ${generation}, \`${command}\` ${how} printed ${printed}.`,
    };
  }
  if (output === null || command.trim() === 'uname -r')
    return wrongRelease({ ...outcome, evidence }, printed, wanted);
  return {
    ...outcome,
    evidence,
    id: 'unknown',
    meaning: `A system came up, but ${text}.`,
    cure: 'Compare the output with what the scenario expects (expect.proof.output).',
  };
}

function wrongRelease(outcome: Outcome, got: string | undefined, wanted: string): Outcome {
  return {
    ...outcome,
    id: 'wrong-kernel',
    meaning: `A system came up, but on kernel ${got ?? 'of an unknown release'}; the kernel under test is ${wanted}.`,
    cure: checkKernel,
  };
}

/** The generation that must come up to count as booted. A scenario that requests a kexec expects the second kernel. */
export function awaitedGeneration(setup: Setup, expect: Expectation): number {
  const asked = 'KEXEC_KERNEL' in setup.tags ? 2 : 1;
  return Math.max(asked, isUp(expect.outcome) ? (expect.generation ?? 1) : 1);
}

/**
 * The first generation whose login prompt ends the boot. If an outcome is expected in a later generation, or after a kexec
 * from a running system, the login prompt of an earlier generation does not end it. If the wrong kernel is expected, the
 * prompt of that kernel does.
 */
export function settlingGeneration(setup: Setup, expect: Expectation): number {
  if (expect.outcome === 'reboot-loop') return Infinity;
  const { outcome, generation = 1 } = expect;
  if (outcome === 'wrong-kernel' && expect.generation !== undefined) return generation;
  const afterJump = ['bye-hang', 'console-lost'].includes(outcome) ? generation + 1 : generation;
  return Math.max(awaitedGeneration(setup, expect), afterJump);
}

type Releases = ImageSet['releases'];

/**
 * The release that is expected: that of the `first` or the `second` kernel, or a release given literally. The kernel on
 * the disk is the `second`, even where firmware starts it directly.
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
