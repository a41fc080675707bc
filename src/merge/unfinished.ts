import { ownVersion } from '../host/own-directory.ts';
import type { CaseReference, LabEvent } from '../lab/events.ts';
import type { CaseResult, Environment } from '../lab/result.ts';

/** What is known of a case that has no result, because its run was killed or still goes on: how far it had come. */
export function unfinishedResult(
  { id, scenario, arch, repeat }: CaseReference,
  events: readonly LabEvent[],
): CaseResult {
  const own = events.filter((event) => 'case' in event && event.case.id === id);
  const begun = own.findLast((event) => event.type === 'case-started');
  const stage = own.findLast((event) => event.type === 'case-stage');
  const retried = own.filter((event) => event.type === 'case-retried');
  const seconds = ((own.at(-1)?.at ?? 0) - (begun?.at ?? 0)) / 1000;
  const reached = stage && ` (generation ${stage.generation}, ${stage.stage})`;
  const reason =
    begun === undefined
      ? 'the run is not finished, and had not begun this case'
      : `the run is not finished, and ended or still is in the middle of this case${reached ?? ''}`;
  return {
    ...{ scenario, arch, repeat, verdict: 'interrupted', reasons: [reason], place: scenario },
    ...{ outcome: null, expected: { outcome: 'unknown' }, evidence: [], captures: {} },
    ...{ generation: stage?.generation ?? 0, stage: stage?.stage ?? null, meaning: '', cure: '' },
    ...{ reported: [], steps: [], stages: [], price: null, checkpoint: null, entropy: [] },
    ...{ autopsy: null, secondOpinion: null, recording: null, release: null, packages: [] },
    wallSeconds: Math.round(seconds * 1000) / 1000,
    attempts: retried.map(({ result }) => {
      return { verdict: result.verdict, outcome: result.outcome, wallSeconds: result.wallSeconds };
    }),
    directory: begun?.directory ?? `${arch}/${scenario}`,
    flaky: false,
  };
}

/** A run says what it was made with when it ends; of one that has not, nobody knows. */
export function unknownEnvironment(): Environment {
  const unknown = 'unknown';
  return {
    kexecLab: ownVersion(),
    node: unknown,
    host: { os: unknown, arch: unknown, cpus: 0, cpuModel: unknown, memoryMiB: 0 },
    qemu: {},
    images: {},
    packages: [],
  };
}
