import t from 'tap';
import type { Candidate } from '../../src/candidate/candidate.ts';
import { checkArches, selectCases, withCandidate } from '../../src/candidate/candidate.ts';
import { findScenarios } from '../../src/cli/find-scenarios.ts';
import { planImages } from '../../src/image/recipes/plan.ts';
import type { Catalog } from '../../src/image/recipes/recipe.ts';
import { ownRecipes } from '../../src/image/recipes/recipe.ts';
import { expandCases } from '../../src/scenario/select.ts';
import { candidate } from './candidates.ts';

const [a, b] = ['a'.repeat(64), 'b'.repeat(64)];

/** Content keys of what kexec-to-distro boots. */
function keys(tested?: Candidate): Record<string, string> {
  const request = {
    arch: 'aarch64',
    kernel: 'provider-kernel',
    initramfs: 'provider-initramfs',
    disk: 'mini-disk',
    catalog: withCandidate(ownRecipes, tested),
  } as const;
  const { entries } = planImages(request, { cacheDir: '/nowhere' });
  return Object.fromEntries(entries.map(({ name, key }) => [name, key]));
}

t.test('without a candidate nothing changes', (t) => {
  const catalog = ownRecipes;
  t.equal(withCandidate(catalog, undefined), catalog);
  t.end();
});

t.test('a kernel changes what is built from it, and nothing else', (t) => {
  const [plain, tested] = [keys(), keys(candidate())];
  for (const name of ['distro-kernel', 'distro-initrd', 'mini-disk'])
    t.not(tested[name], plain[name], name);
  for (const name of ['provider-kernel', 'provider-initramfs'])
    t.equal(tested[name], plain[name], name);
  t.end();
});

t.test("kexec-tools change the trees that contain them, also the provider's", (t) => {
  const [plain, tested] = [keys(candidate()), keys(candidate({ tools: { suite: 'trixie' } }))];
  for (const name of ['mini-disk', 'provider-initramfs']) t.not(tested[name], plain[name], name);
  for (const name of ['distro-kernel', 'distro-initrd']) t.equal(tested[name], plain[name], name);
  t.end();
});

t.test("a first kernel replaces the provider's and its modules", (t) => {
  const firstKernel = { suite: 'bookworm', package: { aarch64: 'linux-image-cloud-arm64' } };
  const [plain, tested] = [keys(candidate()), keys(candidate({ firstKernel }))];
  for (const name of ['provider-kernel', 'provider-initramfs'])
    t.not(tested[name], plain[name], name);
  for (const name of ['distro-kernel', 'distro-initrd', 'mini-disk'])
    t.equal(tested[name], plain[name], name);
  const other = candidate({ firstKernel: { ...firstKernel, suite: 'sid' } });
  t.not(keys(other)['provider-kernel'], tested['provider-kernel'], 'two of them share nothing');
  const modules = (catalog: Catalog) => catalog.get('provider-kernel');
  t.match(modules(withCandidate(ownRecipes, candidate({ firstKernel }))), {
    source: firstKernel,
    modules: [
      'virtio_pci',
      'virtio_mmio',
      'virtio_blk',
      'nvme',
      'virtio_net',
      'af_packet',
      'nbd',
      'ext4',
    ],
  });
  t.end();
});

t.test('no two candidates share an image', (t) => {
  const candidates = [
    candidate(),
    candidate({ kernel: { suite: 'trixie', package: { aarch64: 'linux-image-cloud-arm64' } } }),
    candidate({ kernel: { suite: 'sid', package: { aarch64: 'linux-image-arm64' } } }),
    candidate({ kernel: { debs: [a] } }),
    candidate({ kernel: { debs: [b] } }),
    candidate({ kernel: { debs: [a, b] } }),
    candidate({ kernel: { snapshot: a } }),
    candidate({ initrd: a }),
    candidate({ initrd: b }),
    candidate({ tools: { suite: 'sid' } }),
    candidate({ tools: { suite: 'trixie' } }),
    candidate({ tools: { deb: a } }),
    candidate({ tools: { program: a } }),
  ];
  const disks = candidates.map((tested) => keys(tested)['mini-disk']);
  t.equal(new Set(disks).size, candidates.length);
  t.equal(keys(candidate())['mini-disk'], keys(candidate())['mini-disk'], 'the same one does');
  t.end();
});

t.test('an initramfs of the user needs no modules, and the disk has room for it', (t) => {
  const catalog = withCandidate(ownRecipes, candidate({ initrd: a, extraMiB: 30 }));
  t.same(catalog.get('distro-initrd'), { kind: 'initramfs', file: a });
  const size = (from: Catalog) => (from.get('mini-disk') as { size: number }).size;
  t.ok(size(catalog) >= size(ownRecipes) + 30);
  t.end();
});

const cases = expandCases(findScenarios(['all']), {});
const select = (change = {}) => selectCases(cases, candidate(change), ownRecipes);
const names = (kept: ReturnType<typeof select>['cases']) =>
  new Set(kept.map(({ scenario }) => scenario.name));

t.test('those with a whole Debian or no disk are left out by name', (t) => {
  const { cases: kept, leftOut } = select();
  t.ok(names(kept).has('kexec-to-distro'));
  t.ok(names(kept).has('uefi-straight-from-esp'));
  t.ok(names(kept).has('c1-bye'));
  for (const name of ['tutorial', 'systemctl-kexec', 'uefi-nothing-to-boot'])
    t.ok(leftOut.includes(name) && !names(kept).has(name), name);
  t.end();
});

t.test('a candidate for one architecture restricts the cases to it', (t) => {
  const { cases: kept, leftOut } = select({ arches: ['arm'] });
  t.same(new Set(kept.map(({ arch }) => arch)), new Set(['arm']));
  t.notOk(
    leftOut.includes('vps-no-kexec'),
    'a scenario for the other architecture is not left out for its disk',
  );
  t.throws(
    () => {
      checkArches(candidate({ arches: ['arm'] }), ['aarch64']);
    },
    {
      exitCode: 2,
      message: /^--arch aarch64: debian:sid .*arm$/,
    },
  );
  checkArches(candidate(), ['aarch64', 'arm']);
  checkArches(candidate({ arches: ['arm'] }), []);
  t.end();
});

t.test('other kexec-tools are not put beside libraries of another suite', (t) => {
  const { cases: kept, leftOut } = select({ tools: { suite: 'sid' } });
  t.ok(names(kept).has('kexec-to-distro'));
  t.ok(leftOut.includes('c1-bye'));
  t.end();
});
