import t from 'tap';
import { localPath, portablePath } from '../../src/recording/manifest.ts';

process.env['KEXEC_LAB_CACHE'] = '/cache';

t.test('what lies with the case or in the cache can be found again elsewhere', (t) => {
  for (const [file, portable] of [
    ['/runs/1/case/tags.img', '{case}/tags.img'],
    ['/cache/images/kernel/vmlinuz', '{cache}/images/kernel/vmlinuz'],
    ['/home/kernels/vmlinuz', '/home/kernels/vmlinuz'],
    ['/runs/1/case-2/tags.img', '/runs/1/case-2/tags.img'],
  ] as const) {
    t.equal(portablePath(file, '/runs/1/case'), portable);
    t.equal(localPath(portable, '/runs/1/case'), file);
  }
  t.equal(localPath('{case}/tags.img', '/moved'), '/moved/tags.img');
  t.end();
});
