import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { canCheckpoint, checkpointKey } from '../../src/checkpoint/begin-boot.ts';
import type { Qemu } from '../../src/qemu/find-qemu.ts';
import type { MachineSpec } from '../../src/qemu/machine-spec.ts';
import { specFor, temporaryDirectory } from '../qemu/machine-fixtures.ts';

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
  const key = await checkpointKey(spec, qemu);
  t.not(await checkpointKey(spec, { ...qemu, version: '7.2.23' }), key);
  t.not(await checkpointKey(spec, { ...qemu, options: ['-L', '/share'] }), key);
  utimesSync(qemu.binary, 1, 1);
  t.not(await checkpointKey(spec, qemu), key, 'another build of the same version');
});

t.test('not every machine can share its first boot', (t) => {
  t.ok(canCheckpoint(spec));
  t.notOk(canCheckpoint({ ...spec, kernel: null }));
  t.notOk(canCheckpoint({ ...spec, network: { forwards: [], ssh: true } }));
  t.notOk(canCheckpoint({ ...spec, firmware: { code: '/code', variables: '/variables' } }));
  t.notOk(canCheckpoint({ ...spec, time: 'host' }));
  t.end();
});
