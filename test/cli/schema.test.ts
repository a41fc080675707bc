import { execa } from 'execa';
import t from 'tap';
import * as z from 'zod';
import { schemas } from '../../src/cli/schema.ts';
import { examine } from '../model/written-files.ts';
import { goodBoot } from '../run/cases.ts';
import { fakeRun } from './fake-run.ts';
import { kexecLab, kexecLabCommand } from './kexec-lab.ts';

t.setTimeout(240_000);

const loaded = new Map(
  await Promise.all(schemas.map(async ({ name, load }) => [name, await load()] as const)),
);

const parse = (name: string, value: unknown) =>
  z.fromJSONSchema(loaded.get(name) as z.core.JSONSchema.JSONSchema).safeParse(value);

t.test('every schema is one, and refuses what it does not describe', (t) => {
  for (const [name, schema] of loaded) {
    t.match(schema, { $schema: 'https://json-schema.org/draft/2020-12/schema' }, name);
    for (const value of [{}, { schema: 'kexec-lab/other@1' }, [], null, 'text'])
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

t.test('what commands print as JSON holds to them', async (t) => {
  const log = 'test/logs/post-c1-bye.log';
  const diagnosis = JSON.parse((await kexecLab(['diagnose', log, '--json'])).stdout) as object;
  t.equal(parse('diagnosis', diagnosis).error, undefined);
  t.equal(parse('diagnosis', { ...diagnosis, outcome: 'bye' }).success, false);
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
