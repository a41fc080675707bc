import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import t from 'tap';
import { parseStanzas, archivePackage } from '../../../src/debian/mirror.ts';
import { isUnchanged } from '../../../src/image/build/build-entries.ts';
import { ensureEntries } from '../../../src/image/ensure-images.ts';
import { selectPackages } from '../../../src/image/recipes/package-selection.ts';
import { planImages } from '../../../src/image/recipes/plan.ts';
import { inputsOf } from '../../../src/image/recipes/recipe.ts';
import type { Manifest } from '../../../src/model/listing.ts';
import { hostWith } from '../../host/host-with.ts';

/** Of the word `content`, which is what every image here holds. */
const sha256OfContent = 'ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73';

const request = {
  arch: 'aarch64',
  kernel: 'provider-kernel',
  initramfs: 'provider-initramfs',
  disk: 'mini-disk',
} as const;

/** An apt-cache of an archive that has every package there is; those named have a second version. */
const archive = (renewed = '-') => `for name; do case $name in
    -* | /* | show) continue;;
    ${renewed}) version=2;;
    *) version=1;;
  esac
  printf 'Package: %s\\nVersion: %s\\nSHA256: %s\\n\\n' "$name" $version "$name $version"; done`;

/** apt-get that fetches the index and no package. */
const aptGet =
  'case "$*" in *update*) ;; *) echo "E: Failed to fetch it  404  Not Found" >&2; exit 100;; esac';

/** A cache of images, built of the first version of every package. */
async function builtCache(t: Test) {
  const cacheDir = t.testdir({});
  const { entries } = planImages(request, { cacheDir });
  const first = (names: string[]) =>
    parseStanzas(names.map((n) => `Package: ${n}\nSHA256: ${n} 1`).join('\n\n')).map(
      archivePackage,
    );
  const index = {
    show: (names: string[]) => Promise.resolve(first(names)),
    resolve: () => Promise.reject(new Error()),
  };
  for (const { name, recipe, arch, key, directory, output } of entries) {
    mkdirSync(directory, { recursive: true });
    writeFileSync(output, 'content');
    const packages = (
      await Promise.all(
        selectPackages(recipe, arch).map(async ([best]) => (await best?.find(index)) ?? []),
      )
    ).flat();
    const manifest: Manifest = {
      recipe: name,
      arch,
      key,
      packages: packages.map(({ name, sha256 }) => {
        return { name, version: '1', architecture: 'arm64', suite: 'bookworm', sha256 };
      }),
      outputs: { [output.slice(directory.length + 1)]: { size: 7, sha256: sha256OfContent } },
      release: '6.1',
      inputs: Object.fromEntries(inputsOf(recipe).map((input) => [input, `of ${input}`])),
      fingerprint: `of ${name}`,
      buildSeconds: 1,
    };
    writeFileSync(join(directory, 'manifest.json'), JSON.stringify(manifest));
  }
  const became: string[] = [];
  const refresh = () =>
    ensureEntries(
      entries,
      {
        cacheDir,
        mirror: 'http://mirror.example/',
        onEntry: (entry, what) => became.push(`${entry.name} ${what}`),
      },
      { refresh: true },
    );
  return { cacheDir, entries, became, refresh };
}

t.test('a refresh keeps what the archive has nothing newer for', async (t) => {
  hostWith(t, { 'apt-get': aptGet, 'apt-cache': archive() });
  const { cacheDir, entries, became, refresh } = await builtCache(t);
  const manifests = await refresh();
  t.same(
    [...manifests.keys()],
    entries.map(({ name }) => name),
  );
  t.same(
    became,
    entries.map(({ name }) => `${name} unchanged`),
  );
  t.notOk(existsSync(join(cacheDir, 'debs')), 'nothing was downloaded');
});

t.test('a newer package builds again what it is in, and what comes before stays', async (t) => {
  hostWith(t, { 'apt-get': aptGet, 'apt-cache': archive('kexec-tools') });
  const { entries, became, refresh } = await builtCache(t);
  const file = join(entries[1]?.directory ?? '', 'manifest.json');
  const before = readFileSync(file, 'utf8');
  await t.rejects(refresh(), { message: /404 {2}Not Found/, exitCode: 5 });
  t.same(became, ['provider-kernel unchanged']);
  t.equal(readFileSync(file, 'utf8'), before, 'until there is a new one the old one stays');
});

t.test('an image of an input that is another one by now is built again', async (t) => {
  hostWith(t, { 'apt-get': aptGet, 'apt-cache': archive() });
  const { entries, became, refresh } = await builtCache(t);
  const file = join(entries[0]?.directory ?? '', 'manifest.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('of provider-kernel', 'of another'));
  await t.rejects(refresh(), { message: /404 {2}Not Found/ });
  t.same(became, ['provider-kernel unchanged']);
});

const deb = (name: string, sha256: string) => ({
  name,
  version: '1',
  architecture: 'arm64',
  suite: 'bookworm',
  sha256,
});

const manifest = {
  packages: [deb('busybox', 'b1'), deb('libc6', 'c1')],
  inputs: { 'distro-kernel': 'k1' },
};

t.test('the same packages in any order, and the same inputs', (t) => {
  const packages = [deb('libc6', 'c1'), deb('busybox', 'b1')];
  t.ok(isUnchanged(manifest, packages, { 'distro-kernel': 'k1' }));
  t.end();
});

t.test('a package that is newer, gone or more', (t) => {
  const { inputs, packages } = manifest;
  t.notOk(isUnchanged(manifest, [deb('busybox', 'b2'), deb('libc6', 'c1')], inputs));
  t.notOk(isUnchanged(manifest, [deb('busybox', 'b1')], inputs));
  t.notOk(isUnchanged(manifest, [...packages, deb('libm', 'm1')], inputs));
  t.end();
});

t.test('an input that was built again, or another one', (t) => {
  const { packages } = manifest;
  t.notOk(isUnchanged(manifest, packages, { 'distro-kernel': 'k2' }));
  t.notOk(isUnchanged(manifest, packages, { 'provider-kernel': 'k1' }));
  t.notOk(isUnchanged(manifest, packages, {}));
  t.end();
});
