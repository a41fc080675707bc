import t from 'tap';
import { isUnchanged } from '../../src/image/unchanged-entry.ts';

const deb = (name: string, sha256: string) => ({
  name,
  version: '1',
  architecture: 'arm64',
  suite: 'bookworm',
  sha256,
});

const manifest = {
  packages: [deb('busybox', 'b1'), deb('libc6', 'c1')],
  inputs: { 'distro-kernel': 'k1' },
};

t.test('the same packages in any order, and the same inputs', (t) => {
  const packages = [deb('libc6', 'c1'), deb('busybox', 'b1')];
  t.ok(isUnchanged(manifest, packages, { 'distro-kernel': 'k1' }));
  t.end();
});

t.test('a package that is newer, gone or more', (t) => {
  const { inputs, packages } = manifest;
  t.notOk(isUnchanged(manifest, [deb('busybox', 'b2'), deb('libc6', 'c1')], inputs));
  t.notOk(isUnchanged(manifest, [deb('busybox', 'b1')], inputs));
  t.notOk(isUnchanged(manifest, [...packages, deb('libm', 'm1')], inputs));
  t.end();
});

t.test('an input that was built again, or another one', (t) => {
  const { packages } = manifest;
  t.notOk(isUnchanged(manifest, packages, { 'distro-kernel': 'k2' }));
  t.notOk(isUnchanged(manifest, packages, { 'provider-kernel': 'k1' }));
  t.notOk(isUnchanged(manifest, packages, {}));
  t.end();
});
