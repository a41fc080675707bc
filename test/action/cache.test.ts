import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import t from 'tap';
import { readInputs } from '../../src/action/inputs.ts';
import { cacheKeyOf, imagesPath, saveKeyOf } from '../../src/action/run.ts';
import { temporaryDirectory } from '../qemu/machine-fixtures.ts';
import { least, writeFiles } from '../scenario/files.ts';

const keyOf = (inputs: Record<string, string>) => cacheKeyOf(readInputs(JSON.stringify(inputs)));

t.test('the key changes with the images of the request', (t) => {
  const mine = writeFiles(t, {
    'plain.yaml': least,
    'diskless.yaml': `${least}boot: { disk: null }\n`,
    'other-title.yaml': least.replace('A title', 'Another title'),
    'own/extra.yaml': least.replace('story:', 'labels: [extra]\nstory:'),
  });
  const what = `"${mine}/plain.yaml"`;
  const base = { what };
  const same: Record<string, string>[] = [
    { what, command: 'run' },
    { what: `"${mine}/other-title.yaml"` },
    { what: `${what}\n${what}` },
    { what, arch: 'arm aarch64' },
    { what, jobs: '3', retries: '2', repeat: '4', out: 'elsewhere', mirror: 'http://m' },
  ];
  for (const inputs of same) t.equal(keyOf(inputs), keyOf(base), JSON.stringify(inputs));
  const different: Record<string, string>[] = [
    { what: `"${mine}/diskless.yaml"` },
    { what, arch: 'arm' },
    { what, arch: 'aarch64' },
    { what: 'quick' },
    { what, shard: '1/2' },
    ...['kernel', 'initrd', 'kexec-tools', 'first-kernel'].map((name) => ({ what, [name]: 'x' })),
    { what, kernel: 'y' },
    { what, command: 'check' },
    { what, command: 'check', baseline: 'x' },
    { command: 'preflight', kernel: 'x' },
  ];
  const keys = [base, ...different].map(keyOf);
  t.equal(new Set(keys).size, keys.length, 'each is another key');
  for (const key of keys) t.match(key, /^kexec-lab-images-[0-9a-f]{16}$/);
  const extra = { what: 'extra', scenarios: `${mine}/own` };
  t.equal(keyOf(extra), keyOf(base), 'a scenario in a directory of the user boots the same images');
  t.end();
});

t.test('a request without scenarios has no key', (t) => {
  t.throws(() => keyOf({ what: 'no-such-scenario' }), { message: /no-such-scenario/ });
  t.throws(() => keyOf({ what: 'uefi-straight-from-esp', scenarios: '/no/such' }), {
    message: /scenarios/,
    place: '/no/such',
  });
  t.end();
});

/** A cache of the test's own, with these images. */
function cacheWith(t: Test, ...images: string[]): (name: string) => void {
  const before = process.env['KEXEC_LAB_CACHE'];
  process.env['KEXEC_LAB_CACHE'] = temporaryDirectory(t);
  t.teardown(() => {
    if (before === undefined) delete process.env['KEXEC_LAB_CACHE'];
    else process.env['KEXEC_LAB_CACHE'] = before;
  });
  const add = (name: string) => {
    mkdirSync(join(imagesPath(), name), { recursive: true });
    writeFileSync(join(imagesPath(), name, 'image'), 'x'.repeat(8192));
  };
  for (const name of images) add(name);
  return add;
}

t.test('there is a key for saving only where the images are new', async (t) => {
  const add = cacheWith(t);
  t.equal(await saveKeyOf('key', ''), null, 'no images');
  add('b');
  add('a');
  const key = (await saveKeyOf('key', '')) ?? '';
  t.match(key, /^key-[0-9a-f]{16}$/);
  t.equal(await saveKeyOf('key', key), null, 'they were restored');
  t.equal(await saveKeyOf('key', 'key-0123456789abcdef'), key, 'others were restored');
  add('c');
  const more = await saveKeyOf('key', key);
  t.match(more, /^key-[0-9a-f]{16}$/);
  t.not(more, key, 'one was built since');
});

t.test('above the limit, only the images of this version are kept', async (t) => {
  cacheWith(t, 'of-an-earlier-candidate');
  t.match(await saveKeyOf('key', '', 8192), /^key-/, 'at the limit');
  t.equal(await saveKeyOf('key', '', 8191), null, 'nothing is left to save');
});
