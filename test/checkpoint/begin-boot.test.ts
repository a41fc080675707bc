import { utimesSync, writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import t from 'tap';
import { canCheckpoint, checkpointKey } from '../../src/checkpoint/begin-boot.ts';
import { openCheckpointStore } from '../../src/checkpoint/store.ts';
import type { CaseResult } from '../../src/model/result.ts';
import type { Qemu } from '../../src/model/examination.ts';
import type { MachineSpec } from '../../src/qemu/machine-spec.ts';
import { runCase } from '../../src/run/run-case.ts';
import type { Play } from '../qemu/machine-fixtures.ts';
import { specFor, temporaryDirectory } from '../qemu/machine-fixtures.ts';
import { caseOf, fakeLab, goodBoot, goodBootUntil } from '../run/cases.ts';

// Most of a test is waiting for a limit, so they wait together.
t.jobs = 5;
const beside = { buffered: true };

/** The first boot goes only as far as the initramfs; what follows is printed only by a machine that starts from a state. */
const shared = goodBoot.slice(0, goodBoot.indexOf('>>> kexec'));
const rest = goodBoot.slice(shared.length);
const play = { text: shared, resumed: rest };

/** Boots the same play again and again, each time as another lab with the same cache. */
function labFor(t: Test, play: Play) {
  const cache = temporaryDirectory(t);
  const lab = fakeLab(t, play);
  const boot = async (): Promise<CaseResult & { path: string }> => {
    const path = join(temporaryDirectory(t), 'case');
    const place = { directory: path, relative: 'aarch64/case' };
    const checkpoints = openCheckpointStore(cache);
    const case_ = caseOf({ limits: { total: 4, silence: 1 } });
    const never = new AbortController().signal;
    const result = await runCase(case_, { ...lab, checkpoints }, place, [], never);
    return { ...result, path };
  };
  return { cache, boot };
}

t.test('the second boot begins where the first has started its initramfs', beside, async (t) => {
  const { boot } = labFor(t, play);
  const first = await boot();
  t.match(first, { verdict: 'fail', checkpoint: null }, 'the first begins at power-on');
  const second = await boot();
  t.match(second, { verdict: 'pass', outcome: 'booted', generation: 2, price: null });
  t.match(second.checkpoint, /^[0-9a-f]{16}$/);
  t.equal(readFileSync(join(second.path, 'console.raw'), 'utf8'), goodBoot, 'nothing is missing');
  t.match(second.evidence[0], { line: 14, text: 'kexec-lab login:' }, 'counted from power-on');
});

t.test(
  'a checkpoint QEMU does not start from is thrown away, and the boot is whole',
  beside,
  async (t) => {
    const { boot } = labFor(t, { ...play, resumed: null });
    await boot();
    const second = await boot();
    t.match(second, { outcome: 'unknown', checkpoint: null });
    t.match(
      readFileSync(join(second.path, 'steps.log'), 'utf8'),
      /\b[0-9a-f]{16}\b.*: .*\bmigration failed/,
    );
  },
);

t.test('a damaged checkpoint is thrown away, and the boot is whole', beside, async (t) => {
  const { cache, boot } = labFor(t, play);
  await boot();
  const { checkpoint } = await boot();
  t.ok(checkpoint);
  writeFileSync(join(cache, 'checkpoints', checkpoint ?? '', 'memory'), 'saVed');
  t.match(await boot(), { checkpoint: null });
});

t.test('a kernel that finds its disks by itself gives no checkpoint', beside, async (t) => {
  const found = '[    2.000000] virtio_blk virtio1: [vda] 262144 512-byte logical blocks\r\n';
  const { boot } = labFor(t, { ...play, text: shared.replace(/.*Run/, (run) => found + run) });
  const first = await boot();
  t.match(readFileSync(join(first.path, 'steps.log'), 'utf8'), /: .*disks/);
  t.match(await boot(), { checkpoint: null });
});

t.test('a boot that never gets to its initramfs gives none either', beside, async (t) => {
  const { boot } = labFor(t, { ...play, text: goodBootUntil('Linux version') });
  await boot();
  t.match(await boot(), { checkpoint: null });
});

const directory = temporaryDirectory(t);
const file = (name: string, content: string): string => {
  writeFileSync(join(directory, name), content);
  return join(directory, name);
};
const qemu: Qemu = {
  binary: file('qemu-system-aarch64', 'a QEMU'),
  version: '7.2.22',
  accelerator: 'tcg',
  options: [],
};
const disk = { id: 'root', file: '/images/disk.img', readonly: false, serial: 'root' };
const spec: MachineSpec = {
  ...specFor(t, 'aarch64', ''),
  kernel: file('vmlinuz', 'a kernel'),
  initramfs: file('initramfs', 'an initramfs'),
  disks: [disk],
};

t.test('the key stands for what the first kernel has seen', async (t) => {
  const key = await checkpointKey(spec, qemu);
  t.match(key, /^[0-9a-f]{16}$/);
  const same = async (change: Partial<MachineSpec>): Promise<boolean> =>
    (await checkpointKey({ ...spec, ...change }, qemu)) === key;
  t.ok(await same({}));
  t.ok(await same({ kernel: file('a-copy', 'a kernel') }), 'the bytes count, not the name');
  t.ok(await same({ disks: [{ ...disk, file: '/other/disk.img' }] }), 'nobody has read the disk');
  t.ok(await same({ onReset: 'reboot' }), 'nothing has been reset');
  t.notOk(await same({ kernel: file('other', 'another kernel') }));
  t.notOk(await same({ initramfs: file('other-initramfs', 'another') }));
  t.notOk(await same({ initramfs: null }));
  t.notOk(await same({ cmdline: `${spec.cmdline} quiet` }));
  t.notOk(await same({ time: 'sleep=on' }), 'its clock ran in another way');
  t.notOk(await same({ disks: [] }), 'it has counted its PCI devices');
  t.notOk(await same({ profile: { ...spec.profile, memory: spec.profile.memory + 1 } }));
});

t.test('and for the QEMU it ran on', async (t) => {
  // Tests run side by side: the time of a file that others use must not change.
  const own = { ...qemu, binary: file('another-qemu', 'a QEMU') };
  const key = await checkpointKey(spec, own);
  t.not(await checkpointKey(spec, { ...own, version: '7.2.23' }), key);
  t.not(await checkpointKey(spec, { ...own, options: ['-L', '/share'] }), key);
  utimesSync(own.binary, 1, 1);
  t.not(await checkpointKey(spec, own), key, 'another build of the same version');
});

t.test('not every machine can share its first boot', (t) => {
  t.ok(canCheckpoint(spec));
  t.notOk(canCheckpoint({ ...spec, kernel: null }));
  t.notOk(canCheckpoint({ ...spec, network: { forwards: [], ssh: true } }));
  t.notOk(canCheckpoint({ ...spec, firmware: { code: '/code', variables: '/variables' } }));
  t.notOk(canCheckpoint({ ...spec, time: 'host' }));
  t.end();
});
