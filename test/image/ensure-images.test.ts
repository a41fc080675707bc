import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import type { Test } from 'tap';
import t from 'tap';
import { checkFiles, ensureEntries, ensureImages } from '../../src/image/ensure-images.ts';
import { planImages } from '../../src/image/recipes/plan.ts';
import { inputsOf } from '../../src/image/recipes/recipe.ts';
import { pruneCache, verifyEntry } from '../../src/image/store/upkeep.ts';
import { manifestText, readEntry } from '../../src/image/store/entry.ts';
import type { Manifest } from '../../src/model/listing.ts';
import { hostWith } from '../host/host-with.ts';

const request = {
  arch: 'arm',
  kernel: 'provider-kernel',
  initramfs: 'provider-initramfs',
  disk: 'mini-disk',
} as const;

/** An apt-get whose mirror does not have what it wants, which is nothing to try again. */
const gone = 'echo "E: Failed to fetch it  404  Not Found" >&2; exit 100';

const sha256Of = (text: string) => createHash('sha256').update(text).digest('hex');

/** A cache in which everything the request needs has been built, as far as anyone can tell. */
function fullCache(t: Test) {
  const cacheDir = t.testdir({});
  const { entries } = planImages(request, { cacheDir });
  for (const { name, arch, key, directory, output, recipe } of entries) {
    mkdirSync(directory, { recursive: true });
    writeFileSync(output, 'content');
    const manifest: Manifest = {
      recipe: name,
      arch,
      key,
      packages: [
        {
          name: 'busybox-static',
          version: '1',
          architecture: 'armhf',
          suite: 'trixie',
          sha256: '0',
        },
        { name, version: '2', architecture: 'armhf', suite: 'trixie', sha256: name },
      ],
      outputs: {
        [output.slice(directory.length + 1)]: { size: 7, sha256: sha256Of('content') },
      },
      release: name.startsWith('provider') ? '6.1' : '6.12',
      inputs: Object.fromEntries(inputsOf(recipe).map((input) => [input, `of ${input}`])),
      fingerprint: `of ${name}`,
      buildSeconds: 1,
    };
    writeFileSync(join(directory, 'manifest.json'), manifestText(manifest));
  }
  return { cacheDir, entries };
}

void t.test('what is built is used without a network, a tool or a lock', async (t) => {
  const { cacheDir, entries } = fullCache(t);
  const path = process.env['PATH'];
  process.env['PATH'] = '/nonexistent';
  t.teardown(() => (process.env['PATH'] = path));
  const set = await ensureImages(request, { cacheDir, onProgress: () => t.fail('builds') });
  t.same(set.releases, { first: '6.1', second: '6.12' });
  t.equal(set.packages.length, 1 + entries.length, 'each package once');
  t.same(
    Object.keys(set.keys),
    entries.map(({ name }) => name),
  );
  t.equal(set.disk, entries.at(-1)?.output);
  t.same(readdirSync(cacheDir), ['images']);
});

void t.test('a damaged image is built again, and a failed build leaves nothing', async (t) => {
  const { cacheDir, entries } = fullCache(t);
  hostWith(t, {
    'apt-get': 'echo "E: Failed to fetch it: the network is down" >&2; exit 100',
  });
  const [kernel] = entries;
  truncateSync(kernel?.output ?? '', 3);
  mkdirSync(join(cacheDir, 'tmp/left-by-a-killed-build'), { recursive: true });
  mkdirSync(join(cacheDir, 'debs/partial-download'), { recursive: true });
  const steps = new Set<string>();
  const options = {
    cacheDir,
    mirror: 'http://mirror.example/',
    onProgress: ({ recipe, step }: { recipe: string; step: string }) =>
      steps.add(`${recipe}: ${step}`),
  };
  await t.rejects(ensureImages(request, options), {
    message: /\bvmlinuz\b.*E: Failed to fetch it: the network is down\b/,
    place: kernel?.directory ?? '',
    hint: /--mirror URL/,
    exitCode: 5,
  });
  t.equal(steps.size, 2);
  t.match(
    [...steps],
    [/^provider-kernel: .*\bvmlinuz\b/, /^provider-kernel: .*\bbullseye\b.*\barmhf\b/],
  );
  t.same(
    readdirSync(join(cacheDir, 'tmp')),
    [],
    'nothing half done is left, of this build or others',
  );
  t.same(readdirSync(join(cacheDir, 'debs')), []);
});

void t.test('an unreachable mirror is reported at once, with the reason', async (t) => {
  const { cacheDir, entries } = fullCache(t);
  hostWith(t, {
    'apt-get': `echo x >>${cacheDir}/tries
echo "E: Failed to fetch http://m/dists/x/InRelease  Could not connect to m:9 (::1). - connect (111: Connection refused)" >&2
echo "E: Some index files failed to download. They have been ignored, or old ones used instead." >&2; exit 100`,
  });
  rmSync(entries[0]?.directory ?? '', { recursive: true });
  await t.rejects(ensureImages(request, { cacheDir, mirror: 'http://m/' }), {
    message:
      /http:\/\/m\/ .*: Could not connect to m:9 \(::1\)\. - connect \(111: Connection refused\)/,
    hint: /--mirror URL/,
    exitCode: 5,
  });
  t.equal(readFileSync(join(cacheDir, 'tries'), 'utf8'), 'x\n', 'apt has its own patience');
});

void t.test('an incomplete manifest counts as missing', async (t) => {
  const { cacheDir, entries } = fullCache(t);
  hostWith(t, { 'apt-get': gone });
  writeFileSync(join(entries[2]?.directory ?? '', 'manifest.json'), '{"recipe":');
  await t.rejects(ensureImages(request, { cacheDir, mirror: 'x' }), {
    message: /^apt-get\b.*404 {2}Not Found/,
    exitCode: 5,
  });
});

void t.test('the signal ends a build at once with its reason', async (t) => {
  const { cacheDir, entries } = fullCache(t);
  hostWith(t, { 'apt-get': 'trap "" INT; echo $$ > pid; exec sleep 600' });
  rmSync(entries[0]?.directory ?? '', { recursive: true });
  const pidFile = join(cacheDir, 'apt/bullseye-armhf/pid');
  const controller = new AbortController();
  const ended = ensureEntries(entries, {
    cacheDir,
    mirror: 'x',
    signal: controller.signal,
  });
  // The tool must be there to be ended; the test's own timeout is the limit.
  while (!existsSync(pidFile) || readFileSync(pidFile, 'utf8') === '') await sleep(20);
  controller.abort('SIGINT');
  t.equal(await ended.catch((reason: unknown) => reason), 'SIGINT');
  const pid = Number(readFileSync(pidFile, 'utf8'));
  t.throws(() => process.kill(pid, 0), { code: 'ESRCH' }, 'no tool runs on');
  t.same(readdirSync(join(cacheDir, 'tmp')), []);
});

void t.test('an image is built again when what it was built from has been', async (t) => {
  const { cacheDir, entries } = fullCache(t);
  hostWith(t, { 'apt-get': gone });
  const [kernel, initramfs] = entries;
  const file = join(kernel?.directory ?? '', 'manifest.json');
  const { check, ...manifest } = JSON.parse(readFileSync(file, 'utf8')) as Manifest & {
    check: string;
  };
  t.type(check, 'string');
  writeFileSync(file, manifestText({ ...manifest, fingerprint: 'of a newer one' }));
  const built: string[] = [];
  const onProgress = ({ recipe }: { recipe: string }) => built.push(recipe);
  await t.rejects(ensureEntries(entries, { cacheDir, mirror: 'x', onProgress }), Error);
  t.same(new Set(built), new Set([initramfs?.name]));
});

void t.test('a cache that cannot be written is a problem of the lab', async (t) => {
  const cacheDir = join(t.testdir({ file: '' }), 'file');
  await t.rejects(ensureImages(request, { cacheDir }), {
    name: 'UnavailableError',
    place: cacheDir,
    exitCode: 5,
  });
});

void t.test('pruning keeps what recipes ask for', async (t) => {
  const { cacheDir, entries } = fullCache(t);
  mkdirSync(join(cacheDir, 'images/provider-kernel-arm-0123456789abcdef'));
  for (const name of ['debs', 'checkpoints']) {
    mkdirSync(join(cacheDir, name));
    writeFileSync(join(cacheDir, name, 'x'), 'x'.repeat(5000));
  }
  const { removed, bytes } = await pruneCache({ cacheDir });
  t.same(removed, [join(cacheDir, 'images/provider-kernel-arm-0123456789abcdef')]);
  t.ok(bytes >= 10_000);
  t.equal(readdirSync(join(cacheDir, 'images')).length, entries.length);
  t.notOk(readdirSync(cacheDir).some((name) => ['debs', 'checkpoints'].includes(name)));
});

void t.test(
  'flipped bytes are found, and the image is built again, or it is said that it cannot',
  async (t) => {
    const { cacheDir, entries } = fullCache(t);
    await ensureImages(request, { cacheDir });
    hostWith(t, { 'apt-get': gone });
    const [kernel] = entries;
    const output = kernel?.output ?? '';
    const { atime, mtime } = statSync(output);
    // Size and mtime as they were: ctime tells.
    writeFileSync(output, 'cOntent');
    utimesSync(output, atime, mtime);
    const steps: string[] = [];
    const onProgress = ({ step }: { step: string }) => steps.push(step);
    await t.rejects(ensureImages(request, { cacheDir, mirror: 'x', onProgress }), {
      message: /\bvmlinuz\b.*404 {2}Not Found/,
      place: kernel?.directory ?? '',
      exitCode: 5,
    });
    t.match(steps[0], /\bvmlinuz\b/);
  },
);

void t.test('a flipped byte in a manifest is found too', async (t) => {
  const { cacheDir, entries } = fullCache(t);
  const file = join(entries[0]?.directory ?? '', 'manifest.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"6.1"', '"6.0"'));
  hostWith(t, { 'apt-get': gone });
  await t.rejects(ensureImages(request, { cacheDir, mirror: 'x' }), {
    message: /\bmanifest\.json\b/,
    exitCode: 5,
  });
});

void t.test('what was verified is read again only where it was written since', async (t) => {
  const { cacheDir, entries } = fullCache(t);
  await ensureImages(request, { cacheDir });
  const directory = entries[0]?.directory ?? '';
  const file = join(directory, 'verified.json');
  const verified = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  t.strictSame(Object.keys(verified).length, 1);
  // A digest that is wrong shows whether the content is looked at: by the times alone it is not.
  const manifest = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')) as Manifest;
  const wrong = Object.fromEntries(
    Object.keys(manifest.outputs).map((name) => [name, { size: 7, sha256: 'wrong' }]),
  );
  const { check, ...content } = { check: '', ...manifest, outputs: wrong };
  t.type(check, 'string');
  writeFileSync(join(directory, 'manifest.json'), manifestText(content));
  t.equal((await readEntry(directory)).damage, null);
  t.match((await readEntry(directory, { full: true })).damage, /^vmlinuz /);
  const row = await verifyEntry(entries[0] as (typeof entries)[number]);
  t.match(row, { state: 'damaged', damage: /^vmlinuz / });
  t.match((await readEntry(directory)).damage, /^vmlinuz /, 'verify has it read again');
});

t.test('files of the user are looked at before anything starts', async (t) => {
  const directory = t.testdir({ text: 'not what it should be', empty: '' });
  const file = (name: string) => ({ file: join(directory, name) });
  const good = { arch: 'arm', kernel: 'recipe', initramfs: 'recipe', disk: null } as const;
  await checkFiles(good);
  const refused = (request: Parameters<typeof checkFiles>[0], name: string, message = /^/) =>
    t.rejects(checkFiles(request), {
      name: 'ScenarioError',
      place: join(directory, name),
      message,
      cause: undefined,
    });
  await refused({ ...good, kernel: file('text') }, 'text', /\bkernel\b.*\barm\b.*\bzImage\b/);
  await refused({ ...good, initramfs: file('empty') }, 'empty', /\binitramfs\b/);
  await refused({ ...good, disk: file('empty') }, 'empty', /\bdisk\b/);
  await t.rejects(checkFiles({ ...good, disk: file('missing') }), {
    exitCode: 2,
    place: join(directory, 'missing'),
    cause: { code: 'ENOENT' },
  });
  await refused({ ...good, kernel: { file: directory } }, '');
  await execa('mkfifo', [join(directory, 'pipe')]);
  await refused({ ...good, kernel: file('pipe') }, 'pipe');
});
