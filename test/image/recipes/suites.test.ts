import t from 'tap';
import { arches } from '../../../src/arch.ts';
import { saysUnusable } from '../../../src/debian/apt.ts';
import { ownRecipes } from '../../../src/image/recipes/recipe.ts';

/** Scenarios about one release of Debian must not boot another one. */
const ofOneRelease = ['debian-kdump-trixie'];

t.test('no image rests on one suite', (t) => {
  for (const [name, recipe] of ownRecipes) {
    if (ofOneRelease.includes(name)) continue;
    if ('suites' in recipe) t.ok(recipe.suites.length > 1, name);
    if ('sources' in recipe) t.ok(recipe.sources.length > 1, name);
  }
  t.end();
});

t.test('the first and the second kernel never have the same release', (t) => {
  // What Debian appends to a release tells the flavours of one version apart: 6.1.0-50-cloud-arm64, 6.1.0-50-arm64.
  const [first, second] = ['provider-kernel', 'distro-kernel'].map((name) => {
    const recipe = ownRecipes.get(name);
    if (recipe === undefined || !('sources' in recipe)) throw new Error(`${name} has no sources`);
    return recipe.sources;
  });
  for (const arch of arches)
    for (const old of first ?? [])
      for (const fresh of second ?? [])
        if (old.suite === fresh.suite)
          t.not(old.package[arch], fresh.package[arch], `${arch} ${old.suite}`);
  t.end();
});

t.test('what apt says of a suite that cannot serve, and of other troubles', (t) => {
  for (const words of [
    "E: The repository 'http://mirror/debian bullseye Release' does not have a Release file.",
    'E: Failed to fetch http://mirror/debian/pool/l/linux.deb  404  Not Found [IP: 10.0.0.1 80]',
    'E: Unable to locate package linux-image-armmp',
    'W: GPG error: http://mirror bullseye InRelease: The following signatures could not be verified: NO_PUBKEY 0E98404D386FA1D9',
    'E: Release file for http://mirror/debian/dists/x/InRelease is expired (invalid since 3d 2h).',
  ])
    t.ok(saysUnusable(words), words);
  for (const words of [
    'E: Failed to fetch http://mirror/x  Could not connect to mirror:80 (10.0.0.1), connection timed out',
    'E: Failed to fetch http://mirror/x  503  Service Unavailable',
    'E: You don’t have enough free space in /var/cache/apt/archives/.',
    'E: Failed to fetch http://mirror/x  Hash Sum mismatch',
  ])
    t.notOk(saysUnusable(words), words);
  t.end();
});
