import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { arches } from '../../../src/arch.ts';
import { withCandidate } from '../../../src/candidate/candidate.ts';
import { contentKey, planEntries, planImages } from '../../../src/image/recipes/plan.ts';
import {
  findRecipe,
  ownRecipes,
  recipesDirectory,
  inputsOf,
  recipeSchema,
  type Recipe,
} from '../../../src/image/recipes/recipe.ts';
import { readYamlFile } from '../../../src/yaml/yaml-file.ts';
import { candidate } from '../../candidate/candidates.ts';

t.test('the recipes of this installation fit together', (t) => {
  const catalog = ownRecipes;
  t.ok([...catalog].length > 0);
  for (const [name, recipe] of catalog) {
    for (const input of inputsOf(recipe)) t.ok(catalog.has(input), `${name} needs ${input}`);
    if ('overlays' in recipe)
      for (const overlay of recipe.overlays)
        t.ok(existsSync(join(recipesDirectory, overlay)), `${name} lays over ${overlay}`);
  }
  t.end();
});

t.test('a disk is of a system or of single files, and a mistake is told of the one it is', (t) => {
  const trouble = (text: string) => {
    const file = join(t.testdir({ 'odd.yaml': text }), 'odd.yaml');
    try {
      return readYamlFile(file, recipeSchema).value;
    } catch (error) {
      return (error as Error).message.replace(file, 'odd.yaml');
    }
  };
  t.match(trouble('kind: disk\nsystem: debian-system\nsize: 512\n'), {
    system: 'debian-system',
    links: {},
    overlays: [],
  });
  t.match(trouble('kind: disk\nsystem: debian-system\nsize: 5\n'), /^odd.yaml:3:7: size: /);
  t.match(
    trouble('kind: disk\nsystem: debian-system\nsize: 512\ninitrd: x\n'),
    /^odd\.yaml:4:1: .*"initrd".* kind, system, root/,
  );
  t.match(trouble('kind: disk\nsuite: trixie\nsize: 512\n'), /:1:1: "initrd"/);
  t.match(
    trouble('kind: system\nsuite: trixie\nkernel: {}\npackages: []\n'),
    'odd.yaml:3:1: kernel: "aarch64"',
  );
  t.match(
    trouble('suite: trixie\nkind: kernels\n'),
    /^odd\.yaml:2:7: kind: .* kernel, initramfs, system, disk\b/,
  );
  t.match(trouble('suite: trixie\n'), /^odd\.yaml:1:1: "kind"/);
  t.end();
});

t.test('a recipe of another kind is not taken', (t) => {
  t.throws(() => findRecipe(ownRecipes, 'mini-disk', 'kernel'), {
    exitCode: 2,
    message: /`mini-disk`.*\bkernel\b/,
    hint: / distro-kernel, provider-kernel\b/,
  });
  t.end();
});

t.test('a plan has inputs first, each once, and paths without building', (t) => {
  const request = { kernel: 'provider-kernel', initramfs: 'provider-initramfs', disk: 'mini-disk' };
  for (const arch of arches) {
    const plan = planImages({ arch, ...request }, { cacheDir: '/cache' });
    t.same(
      plan.entries.map(({ name }) => name),
      ['provider-kernel', 'provider-initramfs', 'distro-kernel', 'distro-initrd', 'mini-disk'],
    );
    t.match(
      plan.kernel,
      new RegExp(`^/cache/images/provider-kernel-${arch}-[0-9a-f]{16}/vmlinuz$`),
    );
  }
  t.end();
});

t.test('files of the user are planned as they are', (t) => {
  const plan = planImages({
    arch: 'arm',
    kernel: { file: '/k' },
    initramfs: { file: '/i' },
    disk: null,
  });
  t.same(plan, { kernel: '/k', initramfs: '/i', disk: null, entries: [] });
  t.end();
});

t.test('the key changes with all that an image is made of, and with nothing else', (t) => {
  const directory = t.testdir({ over: { init: '#!/bin/sh\n' } });
  const kernel = {
    kind: 'kernel' as const,
    sources: [{ suite: 'trixie', package: { aarch64: 'linux', arm: 'linux' } }],
    modules: ['ext4'],
  };
  const initramfs = {
    kind: 'initramfs' as const,
    suites: ['trixie'],
    kernel: 'k',
    packages: ['busybox-static'],
    files: {},
    links: {},
    overlays: ['over'],
  };
  const catalog = (k: Recipe, i: Recipe) =>
    new Map([
      ['k', k],
      ['i', i],
    ]);
  const key = (k: Recipe = kernel, i: Recipe = initramfs) =>
    contentKey('i', 'arm', catalog(k, i), directory);
  const first = key();
  t.equal(key(), first);
  t.not(key({ ...kernel, modules: [] }), first, 'an input');
  t.not(key(kernel, { ...initramfs, packages: [] }), first, 'the recipe');
  t.not(
    contentKey('i', 'aarch64', catalog(kernel, initramfs), directory),
    first,
    'the architecture',
  );
  mkdirSync(join(directory, 'over/etc'));
  t.equal(key(), first, 'an empty directory is nothing');
  writeFileSync(join(directory, 'over/init'), '#!/bin/ash\n');
  t.not(key(), first, 'an overlay');
  t.end();
});

t.test('unknown names plan nothing', (t) => {
  t.same(planEntries(['nosuch'], 'arm', ownRecipes), []);
  t.end();
});

t.test("the user's own recipe is found by its path, with its overlays next to it", (t) => {
  const directory = t.testdir({
    'own-disk.yaml': `kind: disk
suites: [bookworm]
kernel: distro-kernel
initrd: distro-initrd
size: 64
packages: [busybox-static]
files: { /usr/bin/busybox: /usr/bin/busybox }
overlays: [own-files]
`,
    'own-files': { etc: { hostname: 'mine\n' } },
  });
  const disk = join(directory, 'own-disk.yaml');
  t.match(ownRecipes.get(disk), { kind: 'disk', overlays: [join(directory, 'own-files')] });
  t.notOk([...ownRecipes.keys()].includes(disk));
  const request = { arch: 'arm', kernel: null, initramfs: null, disk } as const;
  const { entries, disk: image } = planImages(request);
  t.match(image, /images\/own-disk-arm-[0-9a-f]{16}\/disk\.img$/);
  t.same(
    entries.map(({ name }) => name),
    ['distro-kernel', 'distro-initrd', disk],
  );
  const before = image;
  writeFileSync(join(directory, 'own-files/etc/hostname'), 'other\n');
  t.not(planImages(request).disk, before, 'what is beside it counts');
  const tested = planImages({ ...request, catalog: withCandidate(ownRecipes, candidate()) });
  t.not(tested.disk, planImages(request).disk, 'a kernel under test goes on it, too');
  t.end();
});

t.test('a system that extends another one has its keys', (t) => {
  const base = findRecipe(ownRecipes, 'debian-system', 'system');
  const kdump = findRecipe(ownRecipes, 'debian-kdump', 'system');
  t.same(kdump.kernel, base.kernel);
  t.same(kdump.suites, base.suites);
  t.same(kdump.packages, [...base.packages, 'kdump-tools', 'makedumpfile']);
  t.same(kdump.overlays, [...base.overlays, 'debian-kdump']);
  const next = findRecipe(ownRecipes, 'debian-kdump-trixie', 'system');
  t.same(next, { ...kdump, suites: ['trixie'] });
  t.notOk('extends' in next, 'so its key depends on what it is, not on how it is written');
  t.end();
});

t.test('a machine can be started with the kernel and the initrd of a system', (t) => {
  const request = { kernel: 'debian-system', initramfs: 'debian-system', disk: 'debian-disk' };
  const plan = planImages({ arch: 'aarch64', ...request }, { cacheDir: '/cache' });
  t.same(
    plan.entries.map(({ name }) => name),
    ['debian-system', 'debian-disk'],
  );
  t.match(plan.kernel, /debian-system-aarch64-[0-9a-f]{16}\/vmlinuz$/);
  t.match(plan.initramfs, /debian-system-aarch64-[0-9a-f]{16}\/initrd\.img$/);
  t.throws(() => planImages({ arch: 'aarch64', ...request, disk: 'debian-system' }), {
    message: /`debian-system`.*\bdisk\b/,
  });
  t.end();
});
