import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { verifyDownloads } from '../../../src/image/store/upkeep.ts';
import { kexecLab } from '../../cli/kexec-lab.ts';

const sha256Of = (text: string) => createHash('sha256').update(text).digest('hex');

/** A cache with one download that is as it should be, and one with flipped bytes. */
function cacheOf(files: Record<string, string>): string {
  const cache = t.testdir({ debs: {}, candidates: {} });
  mkdirSync(join(cache, 'debs/partial-x'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(cache, name), content);
  return cache;
}

t.test('downloads are what their names say', async (t) => {
  const good = `debs/${sha256Of('good')}.deb`;
  const bad = `candidates/${sha256Of('as it was')}`;
  const cache = cacheOf({ [good]: 'good', [bad]: 'as it is', 'debs/other': '' });
  const rows = [];
  for await (const row of verifyDownloads(cache)) rows.push([row.what, row.state]);
  t.strictSame(rows, [
    [good, 'intact'],
    [bad, 'damaged'],
  ]);

  const { exitCode, stdout, stderr } = await kexecLab(['images', 'verify', '--arch', 'arm'], {
    KEXEC_LAB_CACHE: cache,
  });
  t.equal(exitCode, 5);
  t.match(stdout, `damaged   ${bad}: `);
  t.match(stdout, /^not built arm\/provider-kernel$/m);
  t.match(stderr, /^1 of \d+ .*\n/);
});

t.test('nothing is damaged, or is not asked for', async (t) => {
  const cache = cacheOf({ [`debs/${sha256Of('x')}.deb`]: 'y' });
  const words = ['images', 'verify', 'provider-kernel', '--arch', 'arm', '--json'];
  const { exitCode, stdout } = await kexecLab(words, { KEXEC_LAB_CACHE: cache });
  t.equal(exitCode, 0);
  t.match(JSON.parse(stdout), [{ what: 'arm/provider-kernel', state: 'not built', damage: null }]);
  const unknown = await kexecLab(['images', 'verify', 'nope'], { KEXEC_LAB_CACHE: cache });
  t.equal(unknown.exitCode, 2);
});
