import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Test } from 'tap';
import t from 'tap';
import { openCheckpointStore } from '../../src/checkpoint/store.ts';
import { temporaryDirectory } from '../qemu/machine-fixtures.ts';

const key = '0123456789abcdef';
const console = Buffer.from('[    1.0] Run /init as init process\r\n');

async function kept(t: Test) {
  const cache = temporaryDirectory(t);
  await openCheckpointStore(cache).keep(key, console, (file) => writeFile(file, 'memory'));
  return { cache, directory: join(cache, 'checkpoints', key) };
}

t.test('what is kept is found again, by another lab too', async (t) => {
  const { cache, directory } = await kept(t);
  const found = await openCheckpointStore(cache).find(key);
  t.match(found, { key, memory: join(directory, 'memory') });
  t.same(found?.console, console);
  t.equal(await openCheckpointStore(cache).find('fedcba9876543210'), null);
  t.strictSame(readdirSync(join(cache, 'checkpoints')), [key], 'nothing is left over');
});

t.test('one is the first to make a checkpoint', (t) => {
  const store = openCheckpointStore(temporaryDirectory(t));
  t.ok(store.claim(key));
  t.notOk(store.claim(key));
  t.ok(store.claim('fedcba9876543210'));
  t.end();
});

t.test('a damaged one is not used, and removed', async (t) => {
  for (const file of ['memory', 'console']) {
    const { cache, directory } = await kept(t);
    writeFileSync(join(directory, file), 'mEmory');
    t.equal(await openCheckpointStore(cache).find(key), null, file);
    t.strictSame(readdirSync(join(cache, 'checkpoints')), []);
  }
});

t.test('a checkpoint that is truncated, foreign or from another day is not used', async (t) => {
  const change = async (t: Test, from: RegExp, to: string): Promise<unknown> => {
    const { cache, directory } = await kept(t);
    const manifest = join(directory, 'manifest.json');
    const text = readFileSync(manifest, 'utf8');
    t.match(text, from);
    writeFileSync(manifest, text.replace(from, to));
    return openCheckpointStore(cache).find(key);
  };
  t.equal(await change(t, /"memory".*/, ''), null);
  t.equal(await change(t, new RegExp(key), 'fedcba9876543210'), null);
  t.equal(await change(t, /checkpoint@1/, 'checkpoint@2'), null);
  t.equal(await change(t, /20\d\d-/, '2020-'), null);
  t.equal(await change(t, /20\d\d-/, '2999-'), null);
  t.ok(await change(t, /20\d\d-/, '$&'), 'unchanged, it is');
});

t.test('keeping one removes those too old for use', async (t) => {
  const { cache, directory } = await kept(t);
  const store = openCheckpointStore(cache);
  const yesterday = Date.now() / 1000 - 25 * 3600;
  utimesSync(directory, yesterday, yesterday);
  await store.keep('fedcba9876543210', console, (file) => writeFile(file, 'memory'));
  t.strictSame(readdirSync(join(cache, 'checkpoints')), ['fedcba9876543210']);
});

t.test('what cannot be written leaves nothing', async (t) => {
  const cache = temporaryDirectory(t);
  const store = openCheckpointStore(cache);
  const broken = store.keep(key, console, () => Promise.reject(new Error('no space')));
  await t.rejects(broken, { message: 'no space' });
  t.strictSame(readdirSync(join(cache, 'checkpoints')), []);
  await store.keep(key, console, (file) => writeFile(file, 'memory'));
  await store.discard(key);
  t.equal(await store.find(key), null);
});
