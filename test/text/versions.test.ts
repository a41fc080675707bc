import { spawnSync } from 'node:child_process';
import t from 'tap';
import { compareVersions, upstreamVersion } from '../../src/text/versions.ts';

const versions = [
  '2.0.9',
  '2.0.10',
  '2.0.32~rc1',
  '2.0.32',
  '2.1',
  '2.0',
  '2.0.0',
  '1:2.0.25-3+deb12u3',
  '1:2.0.25-3',
  '1:2.0.25-3~bpo12+1',
  '6.1.0-18-amd64',
  '6.7',
  '6.7-rc1',
  '6.10.3+deb13-cloud-arm64',
  '10.0.0~rc0',
  '7.2.22',
  '1.2a',
  '1.2+b',
  '1.02',
];

t.test('versions compare as dpkg compares them', (t) => {
  for (const a of versions)
    for (const b of versions) {
      const order = compareVersions(a, b);
      t.equal(order < 0, isOlderToDpkg(a, b), `${a} and ${b}`);
    }
  t.end();
});

t.test('a release of Linux that has a feature', (t) => {
  const releases = ['6.7.0', '6.18.44-v1', '10.0', '6.1.0-18-amd64', '5.15.0'];
  t.same(
    releases.map((release) => compareVersions(release, '6.7') >= 0),
    [true, true, true, false, false],
  );
  t.end();
});

t.test("upstream's version of a package", (t) => {
  t.equal(upstreamVersion('1:2.0.25-3+deb12u3'), '2.0.25');
  t.equal(upstreamVersion('2.0.25'), '2.0.25');
  t.equal(upstreamVersion('5.10-rc1-2'), '5.10-rc1');
  t.end();
});

function isOlderToDpkg(a: string, b: string): boolean {
  return spawnSync('dpkg', ['--compare-versions', a, 'lt', b]).status === 0;
}
