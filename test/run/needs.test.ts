import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { planImages } from '../../src/image/recipes/plan.ts';
import { inputsOf } from '../../src/image/recipes/recipe.ts';
import { manifestText } from '../../src/image/store/entry.ts';
import { needsOf } from '../../src/run/lab.ts';
import { candidate } from '../candidate/candidates.ts';
import { temporaryDirectory } from '../qemu/machine-fixtures.ts';
import { caseOf } from './cases.ts';

/** No image is built in it. */
process.env['KEXEC_LAB_CACHE'] = temporaryDirectory(t);

async function needs(...cases: ReturnType<typeof caseOf>[]): Promise<Record<string, string[]>> {
  const found = await needsOf(cases);
  return Object.fromEntries([...found].map(([arch, some]) => [arch, [...some].sort()]));
}

const file = { file: '/boot/mine' };
/** What boots files of the user's own. */
const own = { kernel: file, initramfs: file, disk: file };

t.test('firmware and network are needed by the architecture whose machine has them', async (t) => {
  const uefi = caseOf({ setup: { ...own, machine: 'uefi-aarch64' } });
  const arm = { ...caseOf({ setup: { ...own, machine: 'scaleway-c1' } }), arch: 'arm' as const };
  t.same(await needs(caseOf({ setup: own })), { aarch64: ['boot'] });
  t.same(await needs(uefi, arm), { aarch64: ['boot', 'uefi'], arm: ['boot', 'network'] });
});

t.test('tools that build images are needed for images that are not built', async (t) => {
  t.same(await needs(caseOf()), { aarch64: ['boot', 'images'] });
  const disk = (name: string) => caseOf({ setup: { disk: name } });
  t.same(await needs(disk('mini-disk-uefi')), { aarch64: ['boot', 'esp', 'images'] });
  t.same(await needs(disk('debian-disk')), { aarch64: ['boot', 'images', 'system'] });
});

t.test('each kernel a case is booted with needs what its own images need', async (t) => {
  const case_ = caseOf({ setup: { disk: 'mini-disk-uefi' } });
  const newest = candidate();
  buildAllFor({ arch: case_.arch, ...case_.setup });
  const of = async (...sides: (typeof newest | undefined)[]) =>
    [...((await needsOf([case_], sides)).get(case_.arch) ?? [])].sort();
  t.same(await of(undefined), ['boot']);
  const all = ['boot', 'esp', 'images'];
  t.same(await of(newest), all);
  t.same(await of(newest, undefined), all, 'candidate first');
  t.same(await of(undefined, newest), all, 'baseline first');
});

/** Puts entries in the cache that hold no files; nothing asks for those here. */
function buildAllFor(request: Parameters<typeof planImages>[0]): void {
  const fingerprints = new Map<string, string>();
  for (const { name, arch, key, recipe, directory } of planImages(request).entries) {
    fingerprints.set(name, `that of ${name}`);
    const inputs = Object.fromEntries(
      inputsOf(recipe).map((input) => [input, fingerprints.get(input) ?? '']),
    );
    mkdirSync(directory, { recursive: true });
    writeFileSync(
      join(directory, 'manifest.json'),
      manifestText({
        ...{ recipe: name, arch, key, release: null, packages: [], inputs, outputs: {} },
        ...{ fingerprint: `that of ${name}`, buildSeconds: 0 },
      }),
    );
  }
}

t.test('a second kernel of a scenario is unpacked with the tools that build images', async (t) => {
  const setup = { ...own, secondKernel: { kernel: 'debian:sid' } };
  t.same(await needs(caseOf({ setup })), { aarch64: ['boot', 'images'] });
});
