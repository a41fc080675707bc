import t from 'tap';
import { tagsDisk } from '../../src/lab/tags-disk.ts';

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
