import t from 'tap';
import { machineSpec } from '../../src/lab/machine-of-case.ts';
import { caseOf } from './cases.ts';

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
