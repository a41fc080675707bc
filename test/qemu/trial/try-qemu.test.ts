import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import t from 'tap';
import { arches } from '../../../src/arch.ts';
import { findQemu } from '../../../src/qemu/find-qemu.ts';
import { recallQemu, tryQemu } from '../../../src/qemu/trial/try-qemu.ts';
import { fakeQemuDirectory, temporaryDirectory } from '../machine-fixtures.ts';

/** What is found of the fake QEMU with this play. */
async function found(t: Test, play: object, cache = temporaryDirectory(t)) {
  process.env['FAKE_QEMU_PLAY'] = JSON.stringify(play);
  t.teardown(() => delete process.env['FAKE_QEMU_PLAY']);
  const qemu = await findQemu('arm', fakeQemuDirectory);
  return (await tryQemu(qemu, 'arm', { cache })).idleSkipping;
}

const memos = (cache: string): string[] =>
  readdirSync(join(cache, 'qemu')).map((name) => join(cache, 'qemu', name));

for (const arch of arches) {
  t.test(
    `the trial guest reads its disk, sleeps and switches off on the host's QEMU: ${arch}`,
    async (t) => {
      const cache = temporaryDirectory(t);
      const { idleSkipping } = await tryQemu(await findQemu(arch), arch, { cache });
      t.equal(idleSkipping.certainty, 'proved', idleSkipping.detail);
    },
  );
}

t.test('where idle time cannot be skipped, it is waited out', async (t) => {
  const idleSkipping = await found(t, { trial: 'sleep=on' });
  t.match(idleSkipping, { time: 'sleep=on', certainty: 'proved', detail: /\bQEMU\b/ });
});

t.test("if that fails too, the host's clock is used", async (t) => {
  const idleSkipping = await found(t, { trial: 'never' });
  t.match(idleSkipping, { time: 'host', certainty: 'proved' });
});

t.test('a QEMU that crashes does not skip idle time', async (t) => {
  const idleSkipping = await found(t, { trial: 'crash' });
  t.match(idleSkipping, { time: 'host', detail: /\bSIGABRT\b/ });
});

t.test('what cannot be tried is assumed to work, and not remembered', async (t) => {
  const cache = temporaryDirectory(t);
  const idleSkipping = await found(t, { refuse: 'no such machine' }, cache);
  t.match(idleSkipping, { time: 'sleep=off', certainty: 'assumed', detail: /no such machine/ });
  t.throws(() => memos(cache), { code: 'ENOENT' });
});

t.test('a proved result is remembered, and a broken memo is written again', async (t) => {
  const cache = temporaryDirectory(t);
  await found(t, {}, cache);
  const [memo = '', ...others] = memos(cache);
  t.strictSame(others, []);
  const written = readFileSync(memo, 'utf8');
  t.match(await found(t, { trial: 'crash' }, cache), { time: 'sleep=off' }, 'not tried again');
  for (const broken of ['', '{', '{"schema":"kexec-lab/qemu-trial@1"}', '[]']) {
    writeFileSync(memo, broken);
    t.match(await found(t, {}, cache), { time: 'sleep=off', certainty: 'proved' });
    t.equal(readFileSync(memo, 'utf8'), written);
  }
});

t.test(
  'several trials can run at once, and a cache that cannot be written does not matter',
  async (t) => {
    const cache = temporaryDirectory(t);
    const all = await Promise.all(Array.from({ length: 5 }, () => found(t, {}, cache)));
    t.ok(all.every(({ certainty }) => certainty === 'proved'));
    t.equal(memos(cache).length, 1);
    const file = join(cache, 'file');
    writeFileSync(file, '');
    t.match(await found(t, {}, file), { certainty: 'proved' });
  },
);

t.test('who starts nothing knows what was remembered', async (t) => {
  const cache = temporaryDirectory(t);
  process.env['FAKE_QEMU_PLAY'] = JSON.stringify({ trial: 'sleep=on' });
  t.teardown(() => delete process.env['FAKE_QEMU_PLAY']);
  const qemu = await findQemu('arm', fakeQemuDirectory);
  t.match((await recallQemu(qemu, 'arm', cache)).idleSkipping, { certainty: 'assumed' });
  await tryQemu(qemu, 'arm', { cache });
  t.match((await recallQemu(qemu, 'arm', cache)).idleSkipping, { time: 'sleep=on' });
});
