import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { execa } from 'execa';
import type { Test } from 'tap';
import t from 'tap';
import { parse as parseYaml } from 'yaml';
import * as z from 'zod';
import { createProgram } from '../../src/cli/program.ts';
import { schemas } from '../../src/cli/schema.ts';
import { dumpFile } from '../autopsy/dumps.ts';
import { examine } from '../model/written-files.ts';
import { fakeQemuDirectory, temporaryDirectory } from '../qemu/machine-fixtures.ts';
import { goodBoot } from '../run/cases.ts';
import { fakeRun } from './fake-run.ts';
import { kexecLab, kexecLabCommand } from './kexec-lab.ts';

t.setTimeout(1_200_000);

const loaded = new Map(
  await Promise.all(
    schemas.map(async ({ name, load }) => {
      return [name, await load(() => createProgram(() => true))] as const;
    }),
  ),
);

const parse = (name: string, value: unknown) =>
  z.fromJSONSchema(loaded.get(name) as z.core.JSONSchema.JSONSchema).safeParse(value);

t.test('every schema is one, and refuses what it does not describe', (t) => {
  for (const [name, schema] of loaded) {
    t.match(schema, { $schema: 'https://json-schema.org/draft/2020-12/schema' }, name);
    // A configuration file may be empty.
    const empty = [{}, null].map((value) => [value, name === 'config'] as const);
    for (const [value, isValid] of empty)
      t.equal(parse(name, value).success, isValid, `${name} of ${JSON.stringify(value)}`);
    for (const value of [{ schema: 'kexec-lab/other@1' }, [], 'text'])
      t.equal(parse(name, value).success, false, `${name} of ${JSON.stringify(value)}`);
  }
  t.end();
});

t.test(
  'the files of runs hold to them: passed, failed, retried, sharded, unavailable',
  async (t) => {
    const panic = 'Kernel panic - not syncing: Attempted to kill init!\r\n';
    for (const text of [goodBoot, panic]) {
      const { directory, words, env } = fakeRun(t, { text });
      const [node = '', ...program] = kexecLabCommand;
      const run = words('mine.yaml', 'broken.yaml', '--retries', '1', '--shard', '1/1');
      await execa(node, [...program, ...run], { reject: false, env });
      const { held, wrong } = examine(`${directory}/runs`, (name) => loaded.get(name) ?? {});
      t.strictSame(wrong, []);
      t.ok(held['report'] === 1 && (held['event'] ?? 0) > 5 && (held['result'] ?? 0) >= 2);
      t.ok((held['signal'] ?? 0) > 0);
    }
  },
);

/** Whether what a command prints holds to its schema, and what it prints. */
async function printed(t: Test, name: string, words: string[], env: Record<string, string> = {}) {
  const { stdout } = await kexecLab([name === 'diagnosis' ? 'diagnose' : name, ...words], env);
  const value = JSON.parse(stdout) as Record<string, unknown>;
  t.equal(parse(name, value).error, undefined, words.join(' '));
  t.equal(parse(name, { ...value, more: 1 }).success, false, 'it may have no other key');
  const entries = Object.entries(value).filter(([key]) => key !== 'log');
  for (const entry of entries) {
    const less = Object.fromEntries(entries.filter((other) => other !== entry));
    t.equal(parse(name, less).success, false, `${name} without ${entry[0]}`);
  }
  return value;
}

t.test('diagnose --json', async (t) => {
  const diagnosis = await printed(t, 'diagnosis', ['test/logs/post-c1-bye.log', '--json']);
  t.equal(parse('diagnosis', { ...diagnosis, outcome: 'bye' }).success, false);
});

t.test('list, matrix, images and images verify --json', async (t) => {
  const cache = { KEXEC_LAB_CACHE: temporaryDirectory(t) };
  const output = async (name: string, ...words: string[]) => {
    const { stdout } = await kexecLab([...words, '--json'], cache);
    const value: unknown = JSON.parse(stdout);
    t.equal(parse(name, value).error, undefined, words.join(' '));
    return value;
  };
  const [scenario, ...others] = (await output('list', 'list')) as Record<string, unknown>[];
  t.ok(others.length > 50);
  t.equal(parse('list', [{ ...scenario, more: 1 }]).success, false, 'it may have no other key');
  for (const key of Object.keys(scenario ?? {}).filter((key) => key !== 'lines'))
    t.equal(parse('list', [{ ...scenario, [key]: undefined }]).success, false, `without ${key}`);
  await output('list', 'list', 'examples/proof-by-ssh/kexec-with-ssh.yaml');
  t.match(await output('matrix', 'matrix', 'quick', '--shards', '2'), {
    include: [{ arch: 'aarch64', shard: 1, shards: 2 }],
  });
  const images = (await output('images', 'images', 'list')) as Record<string, unknown>[];
  t.match(images, [{ bytes: 0, manifest: null }]);
  t.equal(parse('images', [{ ...images[0], manifest: {} }]).success, false);
  t.match(await output('verify', 'images', 'verify'), [{ state: 'not built', damage: null }]);
});

t.test('doctor --json: of a host with everything, without tools, with an old QEMU', async (t) => {
  const qemu = ['--json', '--qemu-dir', fakeQemuDirectory];
  const cache = { KEXEC_LAB_CACHE: temporaryDirectory(t) };
  const { qemus } = await printed(t, 'doctor', qemu, cache);
  t.match(qemus, { arm: [{ idleSkipping: { certainty: 'proved' } }] });
  const none = { ...cache, PATH: temporaryDirectory(t) };
  t.match(await printed(t, 'doctor', ['--json'], none), { able: false, install: /apt-get/ });
  const old = { ...cache, FAKE_QEMU_PLAY: JSON.stringify({ version: '6.2.0' }) };
  t.match(await printed(t, 'doctor', qemu, old), { qemus: { arm: [{ problem: /6\.2\.0/ }] } });
  t.match(await printed(t, 'doctor', ['--json', '--qemu-dir', cache.KEXEC_LAB_CACHE], cache), {
    qemus: { aarch64: [], arm: [] },
  });
});

t.test('autopsy --json: with and without a reason, and of memory without a kernel', async (t) => {
  const dump = (name: string) => [dumpFile(t, name), '--json'];
  t.match(await printed(t, 'autopsy', dump('aarch64-truncated-kernel')), {
    reason: 'image-damaged',
  });
  t.match(await printed(t, 'autopsy', dump('arm-arm-device-tree-overwritten')), { reason: null });
  const file = `${t.testdir({ 'memory.raw': 'OSRELEASE=6.1\n' })}/memory.raw`;
  t.match(await printed(t, 'autopsy', [file, '--json']), { logs: [], sentence: '' });
});

t.test('rewind --json: the same, and different', async (t) => {
  const { directory, words, env } = fakeRun(t, { text: goodBoot });
  await kexecLab(words('mine.yaml', '--record'), env);
  const recorded = `${directory}/runs/latest/aarch64/mine`;
  const replay = [recorded, '--json', '--qemu-dir', fakeQemuDirectory];
  t.match(await printed(t, 'rewind', replay, env), { ending: 'played', differsAt: null });
  const raw = `${recorded}/console.raw`;
  writeFileSync(raw, readFileSync(raw, 'utf8').replace('Bye!', 'Bye?'));
  t.match(await printed(t, 'rewind', replay, env), { ending: 'played', line: 6 });
});

t.test('machine profiles and the example that init writes hold to their schema', async (t) => {
  const directory = t.testdir();
  await kexecLab(['init', directory]);
  const own = readdirSync('qemu').map((file) => `qemu/${file}`);
  t.ok(own.length > 5);
  for (const file of [...own, `${directory}/machines/my-machine.yaml`]) {
    const profile = parseYaml(readFileSync(file, 'utf8')) as object;
    t.equal(parse('machine', profile).error, undefined, file);
    t.equal(parse('machine', { ...profile, disk: 1 }).success, false);
  }
});

t.test('they are listed and printed', async (t) => {
  const list = await kexecLab(['schema']);
  t.strictSame(
    list.stdout.split('\n').map((line) => line.split(' ')[0]),
    [...loaded.keys()],
  );
  for (const [name, schema] of loaded)
    t.strictSame(JSON.parse((await kexecLab(['schema', name])).stdout), schema, name);
  const { exitCode, stderr } = await kexecLab(['schema', 'raport']);
  t.equal(exitCode, 2);
  t.match(stderr, /"raport".*"report"/);
});
