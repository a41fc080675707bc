import type { Arch } from '../../src/arch.ts';
import type { CaseResult } from '../../src/model/result.ts';
import type { CaseReference, LabEvent, RunReport } from '../../src/model/run.ts';
import type { Verdict } from '../../src/model/vocabulary.ts';
import type { ReporterOutput } from '../../src/report/reporter.ts';
import { summarise } from '../../src/run/records.ts';

/** What every reporter of these tests is told about running a case again. */
export const options = {
  rerun: ({ scenario, arch }: CaseResult) => `kexec-lab run ${scenario} --arch ${arch} --tail`,
};

/** An output that keeps what was written. */
export function recordedOutput(
  settings: Partial<Omit<ReporterOutput, 'write'>> = {},
): ReporterOutput & { text: () => string } {
  const written: string[] = [];
  return {
    interactive: false,
    color: false,
    ascii: false,
    columns: Infinity,
    ...settings,
    write: (text) => written.push(text),
    text: () => written.join(''),
  };
}

export function reference(scenario: string, arch: Arch): CaseReference {
  return { id: `${arch}/${scenario}`, scenario, arch, repeat: 1 };
}

/** A pass; `changes` make something else of it. */
export function result(
  scenario: string,
  arch: Arch,
  changes: Partial<CaseResult> = {},
): CaseResult {
  return {
    scenario,
    arch,
    repeat: 1,
    verdict: 'pass',
    reasons: [],
    place: `scenarios/${scenario}.yaml:8`,
    outcome: 'booted',
    expected: { outcome: 'booted' },
    evidence: [],
    captures: {},
    reported: [],
    steps: [],
    price: null,
    checkpoint: null,
    entropy: [],
    autopsy: null,
    secondOpinion: null,
    recording: null,
    generation: 2,
    stage: 'userspace',
    meaning: '',
    cure: '',
    stages: [],
    release: '6.12.0',
    packages: [],
    wallSeconds: 4.42,
    attempts: [{ verdict: 'pass', outcome: 'booted', wallSeconds: 4.42 }],
    directory: `${arch}/${scenario}`,
    flaky: false,
    ...changes,
  };
}

/** A captured server and its machine: what is as there, what stands in, what is not here. */
export const compared: NonNullable<CaseResult['server']> = {
  likeness: [
    { how: 'as there', what: 'CPUs', detail: '1', matters: false },
    { how: 'alike', what: 'root file system', detail: 'a Debian of the lab', matters: false },
    { how: 'alike', what: 'memory', detail: '2048 MiB instead of 131072 MiB', matters: true },
    { how: 'not here', what: 'Secure Boot', detail: 'no signature is checked', matters: true },
  ],
};

/** The post's wrong root device where a boot was expected. */
export function wrongRoot(scenario: string, arch: Arch): CaseResult {
  return result(scenario, arch, {
    verdict: 'fail',
    reasons: ['outcome: expected booted, got root-mount-failed'],
    outcome: 'root-mount-failed',
    expected: { outcome: 'booted', generation: 2, root: '/dev/vda1' },
    evidence: [
      {
        line: 123,
        text: 'mount: mounting /dev/vda on /root failed: Invalid argument',
        signature: 'root-mount-failed',
      },
      { line: null, text: 'silent for 3.0 s', signature: 'silence' },
    ],
    captures: { device: '/dev/vda' },
    stage: 'initramfs',
    meaning: 'The root could not be mounted.',
    cure: 'Name the partition.',
    wallSeconds: 5.1,
  });
}

/** What the lab could not run. */
export function unavailable(scenario: string, arch: Arch): CaseResult {
  return result(scenario, arch, {
    verdict: 'unavailable',
    reasons: ['no usable qemu-system-arm on this machine\n  Install it: apt-get install …'],
    outcome: null,
    stage: null,
    generation: 0,
    wallSeconds: 0.1,
  });
}

/** What could not be decided because the user stopped the run. */
export function interrupted(scenario: string, arch: Arch): CaseResult {
  return result(scenario, arch, {
    verdict: 'interrupted' satisfies Verdict,
    reasons: ['stopped before there was an outcome'],
    outcome: null,
    stage: null,
    wallSeconds: 1,
  });
}

export function started(results: CaseResult[], jobs = 2): LabEvent {
  return {
    at: 0,
    type: 'run-started',
    schema: 'kexec-lab/events@1',
    id: 'r1',
    startedAt: '2030-01-01T00:00:00.000Z',
    directory: `${process.cwd()}/runs/r1`,
    cases: results.map(({ scenario, arch }) => reference(scenario, arch)),
    jobs,
  };
}

export function caseStarted({ scenario, arch, directory }: CaseResult): LabEvent {
  return { at: 1, type: 'case-started', case: reference(scenario, arch), attempt: 1, directory };
}

export function caseFinished(finished: CaseResult): LabEvent {
  const { scenario, arch } = finished;
  return { at: 2, type: 'case-finished', case: reference(scenario, arch), result: finished };
}

export function report(results: CaseResult[], wallSeconds = 74): RunReport {
  return {
    schema: 'kexec-lab/run@1',
    id: 'r1',
    startedAt: '2030-01-01T00:00:00.000Z',
    environment: {
      kexecLab: '0.1.0',
      node: 'v20.19.0',
      host: { os: 'Linux', arch: 'x64', cpus: 2, cpuModel: 'a CPU', memoryMiB: 4096 },
      qemu: {},
      images: {},
      packages: [],
    },
    results,
    summary: summarise(results, wallSeconds),
    exitCode: 0,
  };
}

export function runFinished(results: CaseResult[]): LabEvent {
  return { at: 3, type: 'run-finished', report: report(results) };
}

/** A whole run, one case after the other. */
export function wholeRun(results: CaseResult[]): LabEvent[] {
  return [
    started(results),
    ...results.flatMap((each) => [caseStarted(each), caseFinished(each)]),
    runFinished(results),
  ];
}

/** Texts a guest could print to harm whoever shows them. */
export const hostileTexts = [
  '\x1b[2J\x1b[31mred\x1b]0;title\x07',
  '\x9b31m C1 \x90q\x9c',
  'a\rb\nc\td\0e',
  'right\u202eleft\u2066 zero\u200bwidth\ufeff',
  '\u2028line\u2029paragraph',
  '\ud800 lone \udfff',
  '##[add-mask]secret',
  '::error file=x::pwned',
  '# not ok # SKIP # TODO \\',
  '...',
  '---',
  'Bail out! now',
  'TAP version 14',
  '1..0',
  '`${"\'\\"}`: - [x] {y} & *z !!t | > %',
  'é'.repeat(5000),
];
