import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { download } from '../../src/candidate/candidate-file.ts';

const url = 'https://example.org/vmlinuz';
const content = 'a kernel';
const sha256 = createHash('sha256').update(content).digest('hex');

/** Instead of the network: answers once. */
function answers(...responses: Response[]): typeof fetch {
  return () => {
    const next = responses.shift();
    return next === undefined
      ? Promise.reject(new TypeError('fetch failed', { cause: new Error('no such host') }))
      : Promise.resolve(next);
  };
}

t.test('a download is kept under its checksum, and not fetched twice', async (t) => {
  const cache = t.testdir({});
  const file = await download(cache, url, sha256, { fetcher: answers(new Response(content)) });
  t.equal(readFileSync(file, 'utf8'), content);
  t.equal(await download(cache, url, sha256, { fetcher: answers() }), file);
});

t.test('a download with another checksum is not kept', async (t) => {
  const cache = t.testdir({});
  const fetcher = answers(new Response('another kernel'));
  await t.rejects(download(cache, url, sha256, { fetcher }), {
    exitCode: 2,
    message: new RegExp(`^${url} `),
    hint: /[0-9a-f]{64}.*[0-9a-f]{64}/,
  });
  t.same(readdirSync(join(cache, 'candidates')), []);
});

t.test('a failed download is a problem of the lab', async (t) => {
  const cache = t.testdir({});
  const missing = answers(new Response('', { status: 404, statusText: 'Not Found' }));
  await t.rejects(download(cache, url, sha256, { fetcher: missing }), {
    exitCode: 5,
    message: /404 Not Found/,
  });
  await t.rejects(download(cache, url, sha256, { fetcher: answers() }), {
    exitCode: 5,
    message: /no such host/,
  });
  t.notOk(existsSync(join(cache, 'candidates', sha256)));
});
