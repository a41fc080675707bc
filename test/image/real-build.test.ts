import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import t from 'tap';
import { debianMirror } from '../../src/debian/mirror.ts';
import { copyModules } from '../../src/image/build/file-tree.ts';
import { findRecipe, ownRecipes } from '../../src/image/recipes/recipe.ts';
import type { Manifest } from '../../src/model/listing.ts';
import { kexecLabCommand } from '../cli/kexec-lab.ts';
import { mirrorWithout } from './mirror-without.ts';

// Downloads from a real Debian mirror: nothing else shows that apt, its signatures and the archive are as expected.

const cache = t.testdir({});

/** Runs `kexec-lab images …` in the test's own cache; what it says is on standard error. */
function images(...args: string[]) {
  return imagesIn(cache, ...args);
}

function imagesIn(directory: string, ...args: string[]) {
  const [node = '', ...rest] = kexecLabCommand;
  return execa(node, [...rest, 'images', ...args], {
    env: { KEXEC_LAB_CACHE: directory },
    reject: false,
    all: true,
  });
}

const recipe = ['provider-initramfs-bare', '--arch', 'aarch64'];

void t.test('of two who build the same at once, one builds and the other waits', async (t) => {
  const both = await Promise.all([images('build', ...recipe), images('build', ...recipe)]);
  t.same(
    both.map(({ exitCode }) => exitCode),
    [0, 0],
    both.map(({ all }) => all).join('\n'),
  );
  const isBuilder = ({ all }: { all: string }) => /\/provider-initramfs-bare: built$/m.test(all);
  t.same(both.map(isBuilder).sort(), [false, true], both.map(({ all }) => all).join('\n'));
  const other = both.find((ended) => !isBuilder(ended));
  t.match(other?.all, /^aarch64\/[\w-]+: \w/, 'that it waits is shown');
});

void t.test('of compressed modules, a dependency that two share is unpacked once', async (t) => {
  const built = readdirSync(`${cache}/images`).find((name) => name.startsWith('provider-kernel-'));
  const directory = t.testdir({ kernel: {}, copy: {} });
  const kernel = `${directory}/kernel`;
  await cp(`${cache}/images/${built}/lib`, `${kernel}/lib`, { recursive: true });
  const [release = ''] = readdirSync(`${kernel}/lib/modules`);
  const modules = `${kernel}/lib/modules/${release}`;
  const files = readdirSync(modules, { recursive: true, encoding: 'utf8' });
  const uncompressed = files.filter((file) => file.endsWith('.ko'));
  await execa('xz', uncompressed, { cwd: modules });

  const target = `${directory}/copy`;
  await copyModules(modules, target, ['virtio_net', 'net_failover'], undefined);
  const copied = readdirSync(`${target}/lib/modules/${release}`, {
    recursive: true,
    encoding: 'utf8',
  }).map((file) => path.basename(file));
  for (const name of ['virtio_net.ko', 'net_failover.ko', 'failover.ko'])
    t.ok(copied.includes(name), name);
  t.notOk(copied.some((file) => file.endsWith('.xz')));
});

void t.test('a refresh of what is new builds nothing', async (t) => {
  const before = await images('list', '--json', ...recipe);
  const { exitCode, all } = await images('refresh', ...recipe);
  t.equal(exitCode, 0, all);
  t.match(all, /^aarch64\/provider-kernel: unchanged$/m);
  t.match(all, /^aarch64\/provider-initramfs-bare: unchanged$/m);
  t.notMatch(all, /: built$/m);
  t.equal((await images('list', '--json', ...recipe)).stdout, before.stdout);
});

void t.test(
  'who is killed while building leaves the old image and no half of a new one',
  async (t) => {
    ageKernel();
    const before = await images('list', '--json', ...recipe);
    const builder = images('refresh', ...recipe);
    for await (const line of builder.iterable({ from: 'all' }))
      if (line !== '' && readdirSync(`${cache}/tmp`).length > 0) builder.kill('SIGKILL');
    t.equal((await builder).signal, 'SIGKILL');
    t.not(readdirSync(`${cache}/tmp`).length, 0, 'it was in the middle of it');
    t.equal((await images('list', '--json', ...recipe)).stdout, before.stdout);

    const after = await images('refresh', ...recipe);
    t.equal(after.exitCode, 0, after.all);
    t.same(readdirSync(`${cache}/tmp`), []);
    t.match(after.all, /^aarch64\/provider-kernel: built$/m);
    t.match(
      after.all,
      /^aarch64\/provider-initramfs-bare: unchanged$/m,
      'the same kernel came out',
    );
    const refreshed = await images('list', '--json', ...recipe);
    t.notMatch(refreshed.stdout, 'an older one', 'it was built again');
  },
);

void t.test(
  'a suite that the mirror has dropped is passed over, and the report can tell',
  async (t) => {
    const mirror = await mirrorWithout(['bullseye'], await debianMirror());
    t.teardown(mirror.close);
    const { suite } = firstSource();
    t.equal(suite, 'bullseye', 'the suite that is gone is the one preferred');
    const directory = t.testdir({});
    const wanted = ['provider-kernel', '--arch', 'arm'];
    const built = await imagesIn(directory, 'build', ...wanted, '--mirror', mirror.url);
    t.equal(built.exitCode, 0, built.all);
    t.match(built.all, /\bbullseye\b.* \(.*\).*\bbookworm\b/);
    const { stdout } = await imagesIn(directory, 'list', '--json', ...wanted);
    const [entry] = JSON.parse(stdout) as { manifest: Manifest }[];
    t.match(entry?.manifest.packages, [{ suite: 'bookworm' }]);

    await rm(path.join(directory, 'apt'), { recursive: true });
    const again = await imagesIn(directory, 'refresh', ...wanted, '--mirror', mirror.url);
    t.match(again.all, /^arm\/provider-kernel: unchanged$/m, 'a refresh takes the same suite');
  },
);

void t.test(
  'without any of its suites an image cannot be built, and the first is named',
  async (t) => {
    const mirror = await mirrorWithout(['bullseye', 'bookworm', 'trixie'], await debianMirror());
    t.teardown(mirror.close);
    const directory = t.testdir({});
    const { exitCode, all } = await imagesIn(
      directory,
      ...['build', 'provider-kernel', '--arch', 'arm', '--mirror', mirror.url],
    );
    t.equal(exitCode, 5, all);
    t.match(all, /bullseye Release' does not have a Release file/);
  },
);

function firstSource() {
  const recipe = findRecipe(ownRecipes, 'provider-kernel', 'kernel');
  const first = 'sources' in recipe ? recipe.sources[0] : undefined;
  if (first === undefined) throw new Error('provider-kernel has no source');
  return first;
}

/** Makes the kernel look as if it had been built of an older package. */
function ageKernel(): void {
  const name = readdirSync(`${cache}/images`).find((entry) => entry.startsWith('provider-kernel'));
  const file = `${cache}/images/${name}/manifest.json`;
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as { packages: { sha256: string }[] };
  for (const found of manifest.packages) found.sha256 = 'an older one';
  writeFileSync(file, JSON.stringify(manifest));
}
