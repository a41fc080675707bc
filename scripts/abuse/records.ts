import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { result, wholeRun, wrongRoot } from '../../test/report/events.ts';
import type { AbuseCase, AbuseKind } from './abuse-case.ts';
import { gzipBomb, sparse, write } from './files.ts';

/** What JSON can say, and no schema is sure of. */
type Json = Record<string, unknown>;

const hostile =
  '\x1b[2J\x1b]0;t\x07\u202e\n##vso[task.setvariable variable=a]b\n##teamcity[x]\n::error::pwned\n';
const finished = [result('a', 'arm'), wrongRoot('b', 'aarch64')];

/** A sound record: the lines of events.jsonl and its report. */
function sound(): { events: Json[]; report: Json } {
  const all = structuredClone(wholeRun(finished)) as unknown as Json[];
  const end = all.at(-1) as { report: Json };
  const environment = { at: 3, type: 'environment', environment: end.report['environment'] };
  return { events: [...all.slice(0, -1), environment, all.at(-1) as Json], report: end.report };
}

/** Changes made in every place that a result is told in. */
function withResult(changes: Json): { events: Json[]; report: Json } {
  const { events, report } = sound();
  const change = (value: unknown) => Object.assign(value as object, changes);
  for (const event of events)
    if (event['type'] === 'case-finished' && (event['case'] as Json)['scenario'] === 'b')
      change(event['result']);
  for (const each of report['results'] as Json[]) if (each['scenario'] === 'b') change(each);
  return { events, report };
}

function withEnvironment(changes: Json): { events: Json[]; report: Json } {
  const record = sound();
  const own = record.events.find(({ type }) => type === 'environment');
  Object.assign(own?.['environment'] as object, changes);
  Object.assign(record.report['environment'] as object, changes);
  return record;
}

const deep = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);

const wrong: Record<string, ReturnType<typeof sound>> = {
  'a negative time': withResult({ wallSeconds: -1 }),
  'a time of 1e308 s': withResult({ wallSeconds: 1e308 }),
  'a time that is null': withResult({ wallSeconds: null }),
  'a time in words': withResult({ wallSeconds: 'long' }),
  'generation 1e21': withResult({ generation: 1e21 }),
  'generation -5': withResult({ generation: -5 }),
  'repeat 0': withResult({ repeat: 0 }),
  'no evidence': withResult({ evidence: undefined }),
  'evidence that is text': withResult({ evidence: 'x' }),
  'evidence at line -1': withResult({ evidence: [{ line: -1, text: 'x', signature: 'y' }] }),
  'evidence of nothing': withResult({ evidence: [null] }),
  'no reasons': withResult({ reasons: null }),
  'reasons that are numbers': withResult({ reasons: [1] }),
  'a verdict nobody knows': withResult({ verdict: 'great' }),
  'an outcome nobody knows': withResult({ outcome: '__proto__' }),
  'a stage nobody knows': withResult({ stage: 'x' }),
  'an architecture nobody knows': withResult({ arch: 'mips' }),
  'no expectation': withResult({ expected: null }),
  'a place that is a number': withResult({ place: 5 }),
  'packages that are text': withResult({ packages: 'x' }),
  'attempts that are none': withResult({ attempts: {} }),
  'stages that are none': withResult({ stages: [{}] }),
  'a directory that leads out': withResult({ directory: '../../../../etc' }),
  'an absolute directory': withResult({ directory: '/etc' }),
  'a scenario that leads out': withResult({ scenario: '../../../etc/passwd' }),
  'a scenario of escape sequences': withResult({ scenario: hostile }),
  'a recording of numbers': withResult({ recording: 7 }),
  'a recording that leads out': withResult({
    recording: { directory: '../../../etc', outcome: null, boots: 1 },
  }),
  'boots without end': withResult({
    recording: { directory: 'aarch64/b', outcome: null, boots: 1e308 },
  }),
  'an autopsy of numbers': withResult({ autopsy: 7 }),
  'a second opinion of nothing': withResult({ secondOpinion: {} }),
  'steps of nothing': withResult({ steps: [{}] }),
  'a price of words': withResult({ price: 'much' }),
  'entropy of words': withResult({ entropy: 'much' }),
  'a checkpoint of numbers': withResult({ checkpoint: 5 }),
  'an environment of nothing': withEnvironment({ host: null }),
  'a host of -1 CPUs': withEnvironment({
    host: { os: 'x', arch: 'x', cpus: -1, cpuModel: 'x', memoryMiB: 1e308 },
  }),
  'QEMU of nothing': withEnvironment({ qemu: { arm: null } }),
  'images that are numbers': withEnvironment({ images: { 'arm/x': 5 } }),
  'a candidate of numbers': withEnvironment({ candidate: 5 }),
  'nested 500 deep': withResult({ captures: { device: deep(500) } }),
};

/** What is allowed, and still must not reach a terminal as it is. */
const words: Record<string, ReturnType<typeof sound>> = {
  'reasons of escape sequences': withResult({ reasons: [hostile] }),
  'captures of escape sequences': withResult({ captures: { [hostile]: hostile } }),
  'a meaning of escape sequences': withResult({ meaning: hostile, cure: hostile }),
  'evidence of escape sequences': withResult({
    evidence: [{ line: null, text: hostile, signature: hostile }],
  }),
  'an expectation of escape sequences': withResult({
    expected: { outcome: 'booted', captures: { [hostile]: hostile }, release: hostile },
  }),
  'a release of escape sequences': withResult({
    release: hostile,
    packages: [{ name: hostile, version: hostile, architecture: hostile, suite: hostile }],
  }),
  'a place of escape sequences': withResult({ place: `${hostile}:5` }),
  'an environment of escape sequences': withEnvironment({
    kexecLab: hostile,
    node: hostile,
    images: { [hostile]: hostile },
  }),
  'a million characters of meaning': withResult({ meaning: 'x '.repeat(500_000) }),
  '50,000 reasons': withResult({ reasons: Array(50_000).fill('because') }),
};

/** Records of runs and baselines that come from elsewhere. */
export const records: AbuseKind = {
  name: 'records',
  async make({ directory }) {
    const cases: AbuseCase[] = [];
    const lay = (name: string, { events, report }: ReturnType<typeof sound>) => {
      const run = join(directory, name.replace(/\W+/g, '-'));
      write(run, 'events.jsonl', events.map((event) => `${JSON.stringify(event)}\n`).join(''));
      write(run, 'report.json', JSON.stringify(report));
      return run;
    };
    const good = lay('good', sound());
    const uses = (run: string): Record<string, string[]> => ({
      merge: ['merge', run, '--out', 'out'],
      compare: ['compare', good, run],
      'baseline accept': ['baseline', 'accept', run, '--out', 'baseline.json', '--allow-untold'],
    });
    for (const [name, record] of Object.entries(wrong))
      for (const [use, command] of Object.entries(uses(lay(name, record))))
        cases.push({ name: `${use}: ${name}`, words: command, codes: [2] });
    for (const [name, record] of Object.entries(words))
      for (const [use, command] of Object.entries(uses(lay(name, record))))
        cases.push({
          name: `${use}: ${name}`,
          words: command,
          codes: use === 'merge' ? [1, 2] : use === 'compare' ? [0, 2, 7] : [0, 2],
        });
    for (const reporter of ['plain', 'tap', 'junit', 'json', 'html'])
      for (const name of Object.keys(words).slice(0, 7))
        cases.push({
          name: `${reporter}: ${name}`,
          words: [
            'merge',
            join(directory, name.replace(/\W+/g, '-')),
            '--out',
            'out',
            '--reporter',
            reporter,
          ],
          codes: [1, 2],
        });
    const run = (name: string, events: string, report = events) => {
      write(join(directory, name), 'events.jsonl', events);
      write(join(directory, name), 'report.json', report);
      return uses(join(directory, name));
    };
    const line = JSON.stringify(sound().events[0]);
    const texts: Record<string, string> = {
      empty: '',
      brackets: '['.repeat(5_000_000),
      cut: line.slice(0, 100),
      'one-line': line,
      zeros: '\0'.repeat(1000),
      'not-json': hostile,
      'number-1e309': '1e309',
      proto: '{"__proto__": {"schema": "kexec-lab/run@1"}, "schema": "kexec-lab/run@1"}',
      'baseline-of-nothing': '{"schema": "kexec-lab/baseline@1"}',
      'baseline-absurd': `{"schema": "kexec-lab/baseline@1", "qemu": {}, "images": {}, "releases": {}, "scenarios": {"arm/a": {"scenario": "a", "arch": "arm", "expected": "booted", "passes": 1e308, "fails": -1, "untold": 0, "tallies": [], "cost": {"2 kernel": [1e308, 1e308]}}}}`,
      'schema-of-escapes': JSON.stringify({ schema: hostile }),
      'a-million-lines': 'null\n'.repeat(1_000_000),
      keys: `{${Array.from({ length: 500_000 }, (_, index) => `"k${index}":1`).join(',')}}`,
    };
    for (const [name, text] of Object.entries(texts))
      for (const [use, command] of Object.entries(run(name, text)))
        cases.push({ name: `${use}: ${name}`, words: command, codes: [2] });
    mkdirSync(join(directory, 'sparse'));
    sparse(directory, 'sparse/events.jsonl', 2 ** 40);
    sparse(directory, 'sparse/report.json', 2 ** 40);
    for (const [use, command] of Object.entries(uses(join(directory, 'sparse'))))
      cases.push({ name: `${use}: a record of 1 TiB`, words: command, codes: [2] });
    symlinkSync(good, join(directory, 'linked'));
    symlinkSync('/etc', join(good, 'aarch64'));
    symlinkSync('/', join(directory, 'root'));
    cases.push(
      {
        name: 'merge: a run whose case directory is a link to /etc',
        words: ['merge', good, '--out', 'out'],
        codes: [1, 2],
      },
      {
        name: 'merge: a link to a run',
        words: ['merge', join(directory, 'linked'), '--out', 'out'],
        codes: [1],
      },
      {
        name: 'merge: the same run twice',
        words: ['merge', good, join(directory, 'linked'), '--out', 'out'],
        codes: [1, 2],
      },
      {
        name: 'merge: a thousand directories',
        words: ['merge', manyDirectories(directory)],
        codes: [2],
      },
    );
    const manifest = (name: string, content: string) => {
      write(join(directory, name), 'recording.json', content);
      return ['rewind', join(directory, name)];
    };
    const file = { path: '/etc/passwd', sha256: '0'.repeat(64) };
    const recording = {
      schema: 'kexec-lab/recording@1',
      case: hostile,
      qemu: '7.2.0',
      startedAt: '2030-01-01T00:00:00',
      profile: {
        name: 'aarch64',
        arch: 'aarch64',
        machine: 'virt',
        cpu: 'max',
        cpus: 1,
        memory: 512,
        console: 'ttyAMA0',
        firmware: 'none',
        network: false,
        clock: 'guest',
        cmdline: '',
      },
      kernel: file,
      initramfs: null,
      cmdline: '',
      disks: [],
      onReset: 'exit',
      firmware: null,
    };
    const bomb = await gzipBomb(join(directory, 'bomb'), { zeros: 2 ** 20 });
    const manifests: Record<string, unknown> = {
      'r-nothing': {},
      'r-other-qemu': { ...recording, qemu: '1.0.0' },
      'r-hostile-machine': {
        ...recording,
        profile: {
          ...recording.profile,
          name: hostile,
          machine: `virt,dumpdtb=${directory}/pwned`,
        },
      },
      'r-leads-out': {
        ...recording,
        kernel: { ...file, path: '{case}/../../../../../../etc/passwd' },
      },
      'r-device': { ...recording, kernel: { ...file, path: '/dev/zero' } },
      'r-fifo-of-case': { ...recording, initramfs: { ...file, path: bomb } },
      'r-memory-1e308': { ...recording, profile: { ...recording.profile, memory: 1e308 } },
      'r-million-disks': {
        ...recording,
        disks: Array.from({ length: 100_000 }, (_, index) => ({
          id: `d${index}`,
          serial: 's',
          readonly: true,
          file,
        })),
      },
      'r-option-in-id': {
        ...recording,
        disks: [{ id: 'a,file=/etc/passwd', serial: hostile, readonly: true, file }],
      },
    };
    for (const [name, content] of Object.entries(manifests))
      cases.push({
        name: `rewind: ${name}`,
        words: manifest(name, JSON.stringify(content)),
        codes: [2, 5],
      });
    cases.push({
      name: 'rewind: a manifest of 1 TiB',
      words: ['rewind', join(directory, 'r-huge')],
      codes: [2],
    });
    mkdirSync(join(directory, 'r-huge'));
    sparse(directory, 'r-huge/recording.json', 2 ** 40);
    return cases;
  },
};

function manyDirectories(directory: string): string {
  const root = join(directory, 'many');
  for (let a = 0; a < 30; a++)
    for (let b = 0; b < 30; b++) mkdirSync(join(root, `${a}/${b}/x`), { recursive: true });
  return root;
}
