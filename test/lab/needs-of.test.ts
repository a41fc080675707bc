import t from 'tap';
import { needsOf } from '../../src/lab/needs-of.ts';
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
