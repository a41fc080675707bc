import t from 'tap';
import { ownMachines } from '../../src/qemu/machine-profile.ts';
import { modelOf, pageSizesOf } from '../../src/qemu/shape.ts';

t.test('the pages that a CPU supports', (t) => {
  t.same(pageSizesOf('cortex-a72'), [4096, 65536]);
  t.same(pageSizesOf('neoverse-n1'), [4096, 16384, 65536]);
  t.same(pageSizesOf('max,lpa2=off'), [4096, 16384, 65536], 'without its properties');
  t.equal(pageSizesOf('host'), null);
  t.equal(modelOf('max,sve=off'), 'max');
  for (const [name, { arch, cpu }] of ownMachines)
    t.equal(pageSizesOf(cpu) !== null, arch === 'aarch64', `${name}: ${cpu}`);
  t.end();
});
