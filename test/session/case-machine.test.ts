import t from 'tap';
import type { Arch } from '../../src/arch.ts';
import type { GuestTime } from '../../src/model/vocabulary.ts';
import type { ImageReference } from '../../src/scenario/scenario.ts';
import { tagsDisk, machineSpec } from '../../src/session/case-machine.ts';
import { caseOf } from '../run/cases.ts';

const images = { kernel: '/kernel', initramfs: '/initramfs', disk: '/disk' };

t.test('a disk that the server cannot write is handed over that way', (t) => {
  for (const readOnly of [true, false]) {
    const { arch, setup } = caseOf({ setup: { readOnly } });
    const { disks } = machineSpec(arch, setup, images, '/tags');
    t.match(disks, [
      { id: 'root', file: '/disk', readonly: readOnly },
      { id: 'tags', readonly: true },
    ]);
  }
  t.end();
});

t.test('guest time runs as this QEMU can; a profile with the host’s clock stays as it is', (t) => {
  const timeOf = (machine: string, arch: Arch, time?: GuestTime) => {
    const { setup } = caseOf({ setup: { machine, tags: {} } });
    return machineSpec(arch, setup, images, '/tags', [], time && { time }).time;
  };
  t.equal(timeOf('aarch64', 'aarch64'), 'sleep=off');
  t.equal(timeOf('arm', 'arm', 'sleep=on'), 'sleep=on');
  t.equal(timeOf('arm', 'arm', 'host'), 'host');
  t.equal(timeOf('scaleway-c1', 'arm', 'sleep=on'), 'host');
  t.end();
});

t.test('a whole system waits for its disk in real time', (t) => {
  const timeOf = (disk: ImageReference | null, time?: GuestTime) => {
    const { setup } = caseOf({ setup: { machine: 'aarch64', disk, tags: {} } });
    return machineSpec('aarch64', setup, images, '/tags', undefined, time && { time }).time;
  };
  t.equal(timeOf('mini-disk'), 'sleep=off');
  t.equal(timeOf(null), 'sleep=off');
  t.equal(timeOf('debian-disk'), 'sleep=on');
  t.equal(timeOf('debian-disk', 'host'), 'host', 'what QEMU cannot do is not asked of it');
  t.equal(timeOf({ file: '/my/server.img' }), 'sleep=on', "a user's own disk");
  t.end();
});

t.test('tags are numbered lines, filled up to whole sectors', (t) => {
  const disk = tagsDisk({ KEXEC_KERNEL: '/vmlinuz', KEXEC_APPEND: 'root=/dev/vda1' });
  t.equal(disk.length, 512);
  t.equal(
    disk.toString().trimEnd(),
    'TAGS=2\nTAGS_0=KEXEC_KERNEL=/vmlinuz\nTAGS_1=KEXEC_APPEND=root=/dev/vda1',
  );
  t.equal(tagsDisk({}).toString().trimEnd(), 'TAGS=0');
  t.equal(tagsDisk({ LONG: 'x'.repeat(600) }).length, 1024);
  t.end();
});

t.test('the disk for the guest’s output is the last one, next to the tags', (t) => {
  const { arch, setup } = caseOf({ setup: { output: 64 } });
  const { disks } = machineSpec(arch, setup, images, '/case/tags.img');
  t.match(disks, [
    { id: 'root' },
    { id: 'tags' },
    { id: 'output', file: '/case/output.img', kept: true },
  ]);
  t.end();
});
