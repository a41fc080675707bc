import { mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Verdict } from '../../src/model/vocabulary.ts';
import { exitCodeOf, createRunDirectory } from '../../src/run/records.ts';
import { temporaryDirectory } from '../qemu/machine-fixtures.ts';

const now = new Date('2026-11-27T08:00:00Z');

t.test('`latest` leads to the newest run', async (t) => {
  const out = join(temporaryDirectory(t), 'runs');
  await createRunDirectory(out, now);
  const { id, notLatest } = await createRunDirectory(out, now);
  t.equal(notLatest, null);
  t.equal(readlinkSync(join(out, 'latest')), id);
});

t.test('twenty runs that begin at once', async (t) => {
  const out = join(temporaryDirectory(t), 'runs');
  const all = await Promise.all(Array.from({ length: 20 }, () => createRunDirectory(out, now)));
  t.ok(all.every(({ notLatest }) => notLatest === null));
  const ids = all.map(({ id }) => id);
  t.ok(ids.includes(readlinkSync(join(out, 'latest'))));
  t.strictSame(readdirSync(out).sort(), [...ids, 'latest'].sort(), 'nothing else is left');
});

t.test('what is not the lab’s stays, and stops no run', async (t) => {
  const directory = temporaryDirectory(t);
  const out = join(directory, 'runs');
  mkdirSync(join(out, 'latest'), { recursive: true });
  t.match((await createRunDirectory(out, now)).notLatest, join(out, 'latest'));
  const other = join(directory, 'others');
  mkdirSync(other);
  writeFileSync(join(other, 'latest'), 'mine');
  t.match((await createRunDirectory(other, now)).notLatest, join(other, 'latest'));
  t.equal(readFileSync(join(other, 'latest'), 'utf8'), 'mine');
});

t.test('a place where no directory can be made', async (t) => {
  const file = join(temporaryDirectory(t), 'file');
  writeFileSync(file, '');
  await t.rejects(createRunDirectory(join(file, 'runs'), now), {
    name: 'UnavailableError',
    message: /./,
    place: join(file, 'runs'),
    hint: /--out/,
  });
});

const none: Record<Verdict, number> = {
  pass: 0,
  fail: 0,
  error: 0,
  unavailable: 0,
  interrupted: 0,
};

t.test('one verdict alone', (t) => {
  t.equal(exitCodeOf({ ...none, pass: 3 }), 0);
  t.equal(exitCodeOf({ ...none, pass: 3, fail: 1 }), 1);
  t.equal(exitCodeOf({ ...none, pass: 3, error: 1 }), 2);
  t.equal(exitCodeOf({ ...none, pass: 3, unavailable: 1 }), 5);
  t.equal(exitCodeOf({ ...none, pass: 3, interrupted: 1 }), 130);
  t.end();
});

t.test('the more telling verdict wins', (t) => {
  t.equal(exitCodeOf({ pass: 1, fail: 1, error: 1, unavailable: 1, interrupted: 1 }), 130);
  t.equal(exitCodeOf({ pass: 1, fail: 1, error: 1, unavailable: 1, interrupted: 0 }), 1);
  t.equal(exitCodeOf({ pass: 1, fail: 0, error: 1, unavailable: 1, interrupted: 0 }), 2);
  t.end();
});

t.test('a run without a single case is not a success', (t) => {
  t.equal(exitCodeOf(none), 4);
  t.end();
});
