import t from 'tap';
import { kernelsBetween } from '../../src/bisect/kernels.ts';
import { flavourOf } from '../../src/candidate/archive-kernels.ts';
import { UsageError } from '../../src/errors.ts';

const kernels = ['6.1', '6.12', '6.16', '7.2'].flatMap((version, at) =>
  ['arm64', 'cloud-arm64'].map((flavour) => ({
    suite: ['bookworm', 'trixie', 'trixie-backports', 'sid'][at] ?? '',
    name: `linux-image-${version}-${flavour}`,
    version: `${version}-1`,
    sha256: `${version}${flavour}`,
  })),
);

function between(good: string, bad: string) {
  return kernelsBetween({ good, bad }, 'aarch64', (arch, suites) => {
    t.equal(arch, 'aarch64');
    return Promise.resolve(kernels.filter(({ suite }) => suites.includes(suite)));
  });
}

const labels = async (good: string, bad: string) =>
  (await between(good, bad)).map(({ label }) => label);

t.test('from one suite to another, in one flavour', async (t) => {
  const all = ['6.1', '6.12', '6.16', '7.2'];
  t.same(
    await labels('debian:bookworm', 'debian:sid'),
    all.map((version) => `${version}-cloud-arm64`),
  );
  t.same(await labels('debian:trixie/linux-image-6.12-arm64', 'debian:sid/linux-image-arm64'), [
    '6.12-arm64',
    '6.16-arm64',
    '7.2-arm64',
  ]);
  t.match((await between('debian:bookworm', 'debian:trixie'))[0], {
    word: 'debian:bookworm/linux-image-6.1-cloud-arm64',
    version: '6.1-1',
  });
});

t.test('ends that cannot be searched between', async (t) => {
  for (const [good, bad] of [
    ['debian:sid', 'debian:bookworm'],
    ['debian:sid', 'debian:sid'],
    ['./kernel', 'debian:sid'],
    ['debian:bookworm', 'debian:sid/linux-image-7.1-arm64'],
    ['debian:bookworm', 'debian:potato'],
  ] as const)
    await t.rejects(between(good, bad), UsageError, `${good} to ${bad}`);
});

t.test('flavours', (t) => {
  t.equal(flavourOf('linux-image-6.12.95+deb12-cloud-arm64', 'aarch64'), 'cloud-arm64');
  t.equal(flavourOf('linux-image-7.2.13+deb14-arm64-16k', 'aarch64'), 'arm64-16k');
  t.equal(flavourOf('linux-image-6.1.0-50-rt-armmp', 'arm'), 'rt-armmp');
  t.equal(flavourOf('linux-image-6.1.0-50-armmp', 'aarch64'), null);
  t.equal(flavourOf('linux-image-6.1.0-50-arm64-dbg', 'aarch64'), null);
  t.equal(flavourOf('linux-image-6.1.0-50-arm64-unsigned', 'aarch64'), null);
  t.end();
});
