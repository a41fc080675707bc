import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { execa } from 'execa';
import t from 'tap';
import { readChangelog } from '../../src/bisect/facts.ts';
import { temporaryDirectory } from '../qemu/machine-fixtures.ts';

const name = 'linux-image-7.2-arm64';

async function debWith(directory: string, changelog: string | null): Promise<string> {
  const tree = join(directory, 'tree');
  const doc = join(tree, 'usr/share/doc', name);
  mkdirSync(join(tree, 'DEBIAN'), { recursive: true });
  mkdirSync(doc, { recursive: true });
  const control = `Package: ${name}\nVersion: 7.2-1\nArchitecture: arm64\nMaintainer: a\nDescription: a\n`;
  writeFileSync(join(tree, 'DEBIAN/control'), control);
  if (changelog !== null) writeFileSync(join(doc, changelog), gzipSync('linux (7.2-1) sid\n'));
  const deb = join(directory, 'kernel.deb');
  await execa('dpkg-deb', ['--root-owner-group', '--build', tree, deb]);
  return deb;
}

for (const file of ['changelog.Debian.gz', 'changelog.gz'])
  t.test(`the changelog of a package: ${file}`, async (t) => {
    const deb = await debWith(temporaryDirectory(t), file);
    t.equal(await readChangelog(deb, name), 'linux (7.2-1) sid\n');
  });

t.test('a package without a changelog', async (t) => {
  const deb = await debWith(temporaryDirectory(t), null);
  await t.rejects(readChangelog(deb, name));
});
