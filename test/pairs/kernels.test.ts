import t from 'tap';
import { kernelSuites } from '../../src/candidate/archive-kernels.ts';
import { findKernels } from '../../src/pairs/kernels.ts';

const archive: Record<string, string[]> = {
  bookworm: ['linux-image-6.1.0-50-arm64', 'linux-image-6.1.0-50-cloud-arm64'],
  trixie: ['linux-image-6.12.107+deb13-arm64', 'linux-image-6.12.107+deb13-cloud-arm64'],
  sid: ['linux-image-7.2.13+deb14-arm64'],
};

function find(...words: string[]) {
  return findKernels(words, 'aarch64', {
    list: (arch, suites) => {
      t.equal(arch, 'aarch64');
      const found = suites.flatMap((suite) =>
        (archive[suite] ?? []).map((name) => ({ suite, name })),
      );
      return Promise.resolve(found);
    },
    read: (word) => Promise.resolve({ arches: word.includes('armmp') ? ['arm'] : ['aarch64'] }),
  });
}

const words = async (...asked: string[]) => (await find(...asked)).map(({ word }) => word);
const labels = async (...asked: string[]) => (await find(...asked)).map(({ label }) => label);

t.test('all is every kernel of the known suites', async (t) => {
  t.equal((await find('all')).length, 5);
  t.ok(kernelSuites.includes('sid'));
});

t.test('a pattern selects suites and releases', async (t) => {
  t.same(await labels('debian:*/*-cloud-arm64'), [
    '6.1.0-50-cloud-arm64',
    '6.12.107+deb13-cloud-arm64',
  ]);
  t.same(await labels('debian:trixie/6.12.*+deb13-arm64'), ['6.12.107+deb13-arm64']);
  t.same(await labels('debian:*/linux-image-7.?.*'), ['7.2.13+deb14-arm64']);
  t.same(await words('debian:potato/*'), [], 'a suite that has none');
});

t.test('commas separate kernels of Debian, and the packages of one kernel', async (t) => {
  t.same(await words('debian:bookworm,debian:sid'), ['debian:bookworm', 'debian:sid']);
  t.same(await words('a.deb,b.deb'), ['a.deb,b.deb']);
});

t.test('a kernel is in the table once, and only on its architecture', async (t) => {
  t.same(await words('debian:sid', 'debian:sid'), ['debian:sid']);
  t.same(await words('debian:sid/linux-image-armmp'), []);
});

t.test('labels that would be the same name their suites', async (t) => {
  const package_ = 'linux-image-6.12.107+deb13-arm64';
  t.same(await labels(`debian:trixie/${package_},debian:sid/${package_}`), [
    '6.12.107+deb13-arm64 (trixie)',
    '6.12.107+deb13-arm64 (sid)',
  ]);
});
