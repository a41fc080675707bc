import type { BootContext } from '../boot/machine/context.ts';
import { kexecMarker } from '../markers.ts';
import type { Outcome } from '../model/boot.ts';
import type { StepResult } from '../model/result.ts';
import type { CommandProof, Proof } from '../scenario/scenario.ts';

/** Console signatures by which the lab's images say what they run on. All three are needed. */
const proofLines = ['proof-release', 'proof-root', 'proof-cmdline'] as const;

/** Which kernel is meant to come up, and what has to show it. */
export type Awaited = {
  generation: number;
  /** Null: any. */
  release: string | null;
  /** Default: `lab`. */
  proof?: Proof | undefined;
};

/** What was seen of a boot besides its outcome. */
export type Seen = { bornBy: BootContext['bornBy']; steps: readonly StepResult[] };

/**
 * Holds a `booted` to its proof. It becomes `wrong-kernel` when another kernel than the awaited one came up, and
 * `unknown` when the proof is incomplete. Every other outcome is returned as it is.
 */
export function proveBooted(outcome: Outcome, awaited: Awaited, seen: Seen): Outcome {
  if (outcome.id !== 'booted') return outcome;
  if (outcome.generation < awaited.generation) {
    return {
      ...outcome,
      id: 'wrong-kernel',
      meaning: `A login prompt came up in generation ${outcome.generation}: the kernel that kexec was meant to start never ran; the one before it did.`,
      cure: 'Find out what kept the kexec from happening: whether it was requested at all (tags, service), and what the console says between the first kernel and the prompt.',
    };
  }
  const { proof = 'lab' } = awaited;
  if (proof === 'lab') return provedByLab(outcome, awaited);
  const expectedBirth = awaited.generation < 2 ? 'power-on' : 'kexec';
  if (seen.bornBy !== expectedBirth) {
    return {
      ...outcome,
      id: 'wrong-kernel',
      meaning: `A system came up, but its kernel was started by ${births[seen.bornBy]}, not by ${births[expectedBirth]}.`,
      cure: 'Look for a reset between the kexec and the prompt, and for what the console says before it.',
    };
  }
  return proof === 'login'
    ? provedByLogin(outcome, awaited)
    : provedByCommand(outcome, awaited, proof, seen.steps.at(-1));
}

const births = { 'power-on': 'power-on', kexec: 'a kexec', reset: 'a reset' } as const;

function provedByLab(outcome: Outcome, awaited: Awaited): Outcome {
  const missing = proofLines.filter(
    (id) => !outcome.evidence.some((item) => item.signature === id),
  );
  if (missing.length > 0) {
    return {
      ...outcome,
      id: 'unknown',
      meaning: `A login prompt came up, but the system did not say what it runs on (${missing.join(', ')} missing), so nothing proves which kernel got there.`,
      cure: 'Boot a disk that prints the proof lines, as the recipe mini-disk does, or choose another proof with expect.proof (docs/writing-scenarios.md).',
    };
  }
  const { release = '', cmdline = '' } = outcome.captures;
  const jumped = awaited.generation < 2 || cmdline.split(/\s+/).includes(kexecMarker);
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

/** A prompt shows that a system is up; which kernel it runs, only the kernel's own banner can say. */
function provedByLogin(outcome: Outcome, { generation, release }: Awaited): Outcome {
  const named = outcome.captures['release'];
  if (release !== null && named === undefined) {
    return {
      ...outcome,
      id: 'unknown',
      meaning: `A login prompt came up, but the kernel did not print its release, so nothing proves that it is ${release}.`,
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
    const why = wanted === null ? 'nothing says what it should print' : 'it was not run to its end';
    return {
      ...outcome,
      id: 'unknown',
      meaning: `A system came up, but \`${command}\` ${how} proves nothing: ${why}.`,
      cure: 'See the steps of this case, and add output to the proof where no release is known.',
    };
  }
  const { detail: printed } = step;
  if (printed === wanted) {
    return {
      ...outcome,
      meaning: `${outcome.meaning} Proof: in generation ${generation}, \`${command}\` ${how} printed ${printed}.`,
    };
  }
  if (output === null || command.trim() === 'uname -r')
    return wrongRelease(outcome, printed, wanted);
  return {
    ...outcome,
    id: 'unknown',
    meaning: `A system came up, but \`${command}\` ${how} printed "${printed}", not "${wanted}".`,
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
