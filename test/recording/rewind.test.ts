import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Test } from 'tap';
import t from 'tap';
import { UsageError, UnavailableError } from '../../src/errors.ts';
import type { Shape } from '../../src/qemu/shape.ts';
import type { RecordingManifest } from '../../src/recording/manifest.ts';
import type { RewindOptions, Rewound } from '../../src/recording/rewind.ts';
import { findStopPoint, rewind } from '../../src/recording/rewind.ts';
import { runCase } from '../../src/run/run-case.ts';
import { fakeQemuDirectory, temporaryDirectory } from '../qemu/machine-fixtures.ts';
import { goodBoot, goodBootUntil, caseOf, fakeLab } from '../run/cases.ts';

const never = new AbortController().signal;

/** Records a boot of the fake QEMU; the directory. */
async function record(t: Test, machine = 'aarch64', shape: Shape = {}): Promise<string> {
  const directory = join(temporaryDirectory(t), 'case');
  const place = { directory, relative: 'aarch64/case', record: true };
  const lab = fakeLab(t, { text: goodBoot });
  const result = await runCase(caseOf({ setup: { machine, shape } }), lab, place, [], never);
  t.match(result, { verdict: 'pass', recording: { directory: 'aarch64/case', boots: 1 } });
  return directory;
}

async function play(
  directory: string,
  options: Partial<RewindOptions> = {},
): Promise<Rewound & { lines: string[] }> {
  const lines: string[] = [];
  const onLine = (text: string): void => void lines.push(text);
  const asked = { qemuDir: fakeQemuDirectory, signal: never, onLine, ...options };
  return { ...(await rewind(directory, asked)), lines };
}

function change(directory: string, changes: Partial<RecordingManifest>): void {
  const file = join(directory, 'recording.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as RecordingManifest;
  writeFileSync(file, JSON.stringify({ ...manifest, ...changes }));
}

t.test('a recording is played again, also from elsewhere', async (t) => {
  const directory = await record(t);
  const moved = join(temporaryDirectory(t), 'moved');
  cpSync(directory, moved, { recursive: true });
  rmSync(directory, { recursive: true });
  const { lines, ...rewound } = await play(moved);
  t.match(rewound, { case: 'aarch64/a-scenario', ending: 'played', differsAt: null, line: null });
  t.equal(rewound.bytes, goodBoot.length);
  t.equal(lines.join('\r\n'), goodBoot);
});

t.test('a machine in another shape is played, and no other one in its name', async (t) => {
  const directory = await record(t, 'aarch64', { memory: 768, gic: 3, its: false });
  t.match(await play(directory), { ending: 'played', differsAt: null });
  const { profile } = JSON.parse(
    readFileSync(join(directory, 'recording.json'), 'utf8'),
  ) as RecordingManifest;
  const refused = async (changes: Partial<RecordingManifest['profile']>) => {
    change(directory, { profile: { ...profile, ...changes } });
    await t.rejects(play(directory), { name: 'UnavailableError', message: /machine/ });
  };
  await refused({ devices: ['pvpanic'] });
  await refused({ memory: 1024 });
  await refused({ name: 'aarch64 gic=3 its=false' });
  await refused({ name: `${profile.name} machine=virt`, machine: 'virt,highmem=off' });
  await refused({ name: 'elsewhere memory=768 gic=3 its=false' });
  await refused({ name: 'aarch64 memory=768 gic=3 its=false smmu=x' });
});

t.test('another console is told, with the line', async (t) => {
  const directory = await record(t);
  const text = readFileSync(join(directory, 'console.raw'), 'utf8');
  writeFileSync(join(directory, 'console.raw'), text.replace('Bye!', 'Bye?'));
  t.match(await play(directory), {
    ending: 'played',
    line: 6,
    differsAt: text.indexOf('Bye!') + 3,
  });
});

t.test('what a recording needs must be there, and the same', async (t) => {
  const directory = await record(t);
  const manifest = JSON.parse(
    readFileSync(join(directory, 'recording.json'), 'utf8'),
  ) as RecordingManifest;
  const profile = { ...manifest.profile, cpu: 'cortex-a72' };
  const refuses = async (changes: Partial<RecordingManifest>, why: RegExp, place?: string) => {
    change(directory, changes);
    const error: unknown = await play(directory).catch((reason: unknown) => reason);
    t.match(error, { constructor: UnavailableError, message: why });
    t.equal((error as UnavailableError).place, place);
    change(directory, manifest);
  };
  await refuses({ qemu: '7.2.0' }, /\b7\.2\.0\b.*\b10\.0\.2\b/);
  await refuses({ profile }, /"aarch64"/);
  await refuses({ profile: { ...profile, name: 'gone' } }, /"gone"/);
  const kernel = { path: manifest.kernel?.path ?? '', sha256: '0'.repeat(64) };
  await refuses({ kernel }, /./, resolve(directory, kernel.path));
  await refuses({ kernel: { ...kernel, path: '/nowhere' } }, /./, '/nowhere');
  t.match(await play(directory), { ending: 'played' }, 'nothing else was wrong');

  rmSync(join(directory, 'recording.rr'));
  await t.rejects(play(directory), UsageError, 'the recording itself is gone');
  writeFileSync(join(directory, 'recording.json'), '{"schema":"something"}');
  const place = join(directory, 'recording.json');
  await t.rejects(play(directory), { exitCode: 2, message: /./, place });
  rmSync(place);
  await t.rejects(play(directory), { exitCode: 2, message: /./, place });
});

t.test('a line that has no end yet is shown before gdb is waited for', async (t) => {
  const directory = await record(t);
  const ending = new AbortController();
  const lines: string[] = [];
  const standings: object[] = [];
  const rewound = await play(directory, {
    signal: ending.signal,
    onLine: (text) => lines.push(text),
    debug: {
      at: undefined,
      onStopped: (standing) => {
        standings.push({ ...standing, lines: [...lines] });
        ending.abort();
      },
    },
  });
  t.match(rewound, { ending: 'stopped', differsAt: null });
  t.match(standings, [{ point: { text: 'kexec-lab login: ' }, lines: goodBoot.split('\r\n') }]);
  // What cannot be played back and forth stays where it is, and says so.
  t.match(standings, [{ exact: false }]);
});

t.test('what it is to stop at must be there', async (t) => {
  const directory = await record(t);
  const debug = { at: 'kexek-bye', onStopped: () => t.fail('it stands') };
  await t.rejects(play(directory, { debug }), UsageError);
});

t.test('a machine QEMU cannot record is booted all the same', async (t) => {
  const directory = join(temporaryDirectory(t), 'case');
  const place = { directory, relative: 'aarch64/case', record: true };
  const case_ = caseOf({ setup: { machine: 'scaleway-vps', tags: {} } });
  const result = await runCase(case_, fakeLab(t, { text: goodBoot }), place, [], never);
  t.match(result, { verdict: 'pass', recording: null });
  await t.rejects(play(directory), UsageError);
});

t.test('a player who is stopped has not seen another console', async (t) => {
  const directory = await record(t);
  writeFileSync(join(directory, 'console.raw'), `${goodBoot}and more, which never comes`);
  const stopping = new AbortController();
  const onLine = (): void => {
    stopping.abort('SIGINT');
  };
  const played = play(directory, { signal: stopping.signal, onLine });
  t.equal(await played.catch((reason: unknown) => reason), 'SIGINT');
});

const console = Buffer.from(goodBoot);

t.test('behind the first line with a text', (t) => {
  const { offset, line } = findStopPoint(console, 'Run /init');
  t.equal(
    console.subarray(0, offset).toString(),
    goodBootUntil('Run /init as init process\r\n>>>'),
  );
  t.equal(line, 3);
  t.end();
});

t.test('behind the first line that shows a signal, by its name', (t) => {
  const { offset, line, text } = findStopPoint(console, 'kexec-bye');
  t.equal(console.subarray(0, offset).toString(), goodBootUntil('Bye!'));
  t.match({ line, text }, { line: 6, text: '[    4.000100] Bye!' });
  t.end();
});

t.test('a prompt is a line, though it has no end', (t) => {
  const last = { offset: console.length, line: 14, text: 'kexec-lab login: ' };
  t.strictSame(findStopPoint(console, 'login-prompt'), last);
  t.strictSame(findStopPoint(console, undefined), last, 'behind everything');
  t.end();
});

t.test('a console that never shows it, or shows nothing', (t) => {
  t.throws(() => findStopPoint(console, 'kexek-bye'), UsageError);
  t.throws(() => findStopPoint(console, 'kexek-bye'), { message: /did you mean "kexec-bye"\?/ });
  t.throws(() => findStopPoint(console, 'kernel-panic'), UsageError, 'a signal, not text');
  t.strictSame(findStopPoint(Buffer.alloc(0), undefined), { offset: 0, line: 0, text: '' });
  t.end();
});
