import t from 'tap';
import { selectCases, withCandidate } from '../../src/candidate/candidate.ts';
import { diskLayoutSchema } from '../../src/image/recipes/disk-layout.ts';
import type { Catalog, SystemDiskRecipe } from '../../src/image/recipes/recipe.ts';
import { fillerOf, inputsOf, ownRecipes } from '../../src/image/recipes/recipe.ts';
import { candidate } from './candidates.ts';

const name = '/somewhere/disk.yaml';

/** The disk of a captured server, as `server unpack` writes it. */
const serverDisk = {
  kind: 'disk',
  system: 'debian-system',
  size: 1024,
  overlays: [],
  links: { '/boot/vmlinuz-6.1': ['/vmlinuz'], '/boot/boot.sh': ['/boot.sh'] },
  kernels: {
    directory: 'kernels',
    release: '6.1',
    kernel: 'boot/vmlinuz-6.1',
    initrd: 'boot/initrd.img-6.1',
    update: ['update-grub'],
  },
} satisfies SystemDiskRecipe;

const { update, ...withoutBootLoader } = serverDisk.kernels;

const xfs = diskLayoutSchema.parse({
  table: 'gpt',
  list: [{ size: 512, type: 'linux', filesystem: 'xfs', mount: '/' }],
});

function catalogWith(disk: SystemDiskRecipe): Catalog {
  return {
    keys: () => ownRecipes.keys(),
    has: (asked) => asked === name || ownRecipes.has(asked),
    get: (asked) => (asked === name ? disk : ownRecipes.get(asked)),
    [Symbol.iterator]: () => ownRecipes[Symbol.iterator](),
  };
}

function tested(disk: SystemDiskRecipe): { catalog: Catalog; disk: SystemDiskRecipe } {
  const catalog = withCandidate(catalogWith(disk), candidate());
  const found = catalog.get(name);
  if (found?.kind !== 'disk' || !('system' in found)) throw new Error('not a system disk');
  return { catalog, disk: found };
}

t.test('a server disk gets the candidate from a system in which it is installed', (t) => {
  const { catalog, disk } = tested(serverDisk);
  const system = catalog.get(disk.system);
  t.same(system, {
    ...{ kind: 'system', base: serverDisk.system },
    ...{ source: candidate().kernel, overlays: serverDisk.overlays },
  });
  t.same(system && inputsOf(system), [serverDisk.system], "made from the server's system");
  t.same(disk.links, { '/boot/boot.sh': ['/boot.sh'] }, 'the system makes the links to kernels');
  t.same(disk.commands, update);
  t.end();
});

t.test('the candidate does not fill the disk: it may not even boot', (t) => {
  const { catalog, disk } = tested({ ...serverDisk, partitions: xfs });
  const filler = fillerOf(disk);
  t.equal(filler, serverDisk.system);
  t.same(inputsOf(disk), [disk.system, filler], 'both are built before the disk');
  t.notMatch(catalog.get(filler), { source: {} }, 'it has its own kernel');
  t.end();
});

t.test('a disk that needs no virtual machine needs no second system', (t) => {
  const { disk } = tested({ ...serverDisk, kernels: withoutBootLoader });
  t.same(inputsOf(disk), [disk.system]);
  t.end();
});

t.test('a server can be asked about a kernel, not about an initrd or kexec-tools', (t) => {
  const catalog = catalogWith(serverDisk);
  const case_ = { arch: 'aarch64', scenario: { name: 'web1' }, setup: { disk: name } };
  const chosen = (change: Parameters<typeof candidate>[0]) =>
    selectCases([case_] as never, candidate(change), catalog).leftOut;
  t.same(chosen({}), []);
  t.same(chosen({ initrd: 'a'.repeat(64) }), ['web1']);
  t.same(chosen({ tools: { suite: 'trixie' } }), ['web1']);
  t.end();
});
