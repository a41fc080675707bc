import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import t from 'tap';
import { withBuildLock } from '../../../src/image/store/cache.ts';

const holder = fileURLToPath(new URL('hold-build-lock.ts', import.meta.url));

t.test('builds of one process take turns', async (t) => {
  const cache = t.testdir({});
  const log: string[] = [];
  const build = (name: string) =>
    withBuildLock(
      cache,
      () => log.push('waits'),
      undefined,
      async () => {
        log.push(`${name} begins`);
        await new Promise((resolve) => setImmediate(resolve));
        log.push(`${name} ends`);
        if (name === 'b') throw new Error('b fails');
        return name;
      },
    );
  const [a, b, c] = await Promise.allSettled([build('a'), build('b'), build('c')]);
  t.same([a.status, b.status, c.status], ['fulfilled', 'rejected', 'fulfilled']);
  t.same(log, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

t.test('another process is waited for, and a killed one holds nothing', async (t) => {
  const cache = t.testdir({});
  const other = execa('node', ['--import=tsx', holder, cache], { reject: false });
  t.teardown(() => other.kill('SIGKILL'));
  await once(other.stdout, 'data');

  const aborted = new AbortController();
  const given = withBuildLock(
    cache,
    () => {
      aborted.abort('SIGINT');
    },
    aborted.signal,
    () => Promise.resolve('never'),
  );
  t.equal(await given.catch((reason: unknown) => reason), 'SIGINT', 'waiting can be given up');

  let waited = 0;
  const result = await withBuildLock(
    cache,
    () => {
      waited += 1;
      other.kill('SIGKILL');
    },
    undefined,
    () => Promise.resolve('built'),
  );
  t.equal(result, 'built');
  t.equal(waited, 1);
});

t.test('a cache that cannot be locked', async (t) => {
  const cache = t.testdir({ 'build.lock': {} });
  const work = () => Promise.resolve();
  await t.rejects(withBuildLock(`${cache}/build.lock/no\0pe`, () => undefined, undefined, work));
  const path = process.env['PATH'];
  process.env['PATH'] = cache;
  t.teardown(() => (process.env['PATH'] = path));
  await t.rejects(
    withBuildLock(cache, () => undefined, undefined, work),
    {
      message: /^flock\b/,
      exitCode: 5,
    },
  );
});
