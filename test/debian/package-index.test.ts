import t from 'tap';
import {
  archivePackage,
  kernelParts,
  packageClosure,
  sharedLibraries,
  type ArchivePackage,
  dependencyNames,
  parseStanzas,
} from '../../src/debian/mirror.ts';

t.test('paragraphs, continuation lines and empty fields', (t) => {
  const text =
    'Package: a\nDescription: short\n long\n .\n longer\nTag:\n\n\nPackage: b\nSHA256: 00\n';
  t.same(parseStanzas(text), [
    { Package: 'a', Description: 'short\n long\n .\n longer', Tag: '' },
    { Package: 'b', SHA256: '00' },
  ]);
  t.same(parseStanzas('\n'), []);
  t.end();
});

t.test('names in relationships', (t) => {
  const field =
    'libc6 (>= 2.38), debconf (>= 0.5) | debconf-2.0, zlib1g:any (>= 1:1.2), libstdc++6';
  t.same(dependencyNames(field), ['libc6', 'debconf', 'zlib1g', 'libstdc++6']);
  t.same(dependencyNames(undefined), []);
  t.end();
});

/** An archive of the packages given as `name section: dependencies`. */
function archive(...lines: string[]) {
  const packages = lines.map((line): ArchivePackage => {
    const [, name = '', section = '', rest = ''] = /^(\S+) (\S+):(.*)$/.exec(line) ?? [];
    const dependsOn = rest.split(' ').filter((word) => word !== '');
    const common = { version: '1', architecture: 'arm64', size: 1, sha256: name, stanza: {} };
    return { name, section, dependsOn, ...common };
  });
  const asked: string[][] = [];
  const lookup = (names: string[]) => {
    asked.push(names);
    return Promise.resolve(packages.filter(({ name }) => names.includes(name)));
  };
  return { lookup, asked };
}

t.test('a program brings its libraries and theirs, and no other program', async (t) => {
  const { lookup, asked } = archive(
    'kexec-tools admin: libc6 libxen debconf',
    'libc6 libs: libgcc',
    'libxen libs: libc6 libgcc',
    'libgcc libs: libc6',
    'debconf admin: perl',
    'perl perl:',
  );
  const closure = await packageClosure(['kexec-tools'], lookup, sharedLibraries);
  t.same(
    closure.map(({ name }) => name),
    ['kexec-tools', 'libc6', 'libxen', 'libgcc'],
  );
  t.same(asked.flat().length, new Set(asked.flat()).size, 'nothing is looked up twice');
});

t.test('a metapackage leads to the kernel, directly or in two steps', async (t) => {
  const { lookup } = archive(
    'linux-image-cloud-arm64 kernel: linux-image-6.1.0-50-cloud-arm64',
    'linux-image-6.1.0-50-cloud-arm64 kernel: kmod linux-base linux-modules-6.1.0-50',
    'linux-modules-6.1.0-50 kernel:',
    'linux-base kernel:',
    'kmod admin:',
  );
  const closure = await packageClosure(['linux-image-cloud-arm64'], lookup, kernelParts);
  t.same(
    closure.map(({ name }) => name),
    ['linux-image-cloud-arm64', 'linux-image-6.1.0-50-cloud-arm64', 'linux-modules-6.1.0-50'],
  );
});

t.test('what the archive does not have is left out', async (t) => {
  const { lookup } = archive('a admin: b');
  t.same((await packageClosure(['a', 'nosuch'], lookup, sharedLibraries)).length, 1);
});

t.test('an index entry becomes a package', (t) => {
  const stanza = {
    Package: 'libc6',
    Version: '2.41-12',
    Architecture: 'arm64',
    Section: 'libs',
    Size: '12',
    SHA256: 'ab',
    'Pre-Depends': 'libcrypt1',
    Depends: 'libgcc-s1 (>= 1)',
  };
  t.same(archivePackage(stanza), {
    name: 'libc6',
    version: '2.41-12',
    architecture: 'arm64',
    section: 'libs',
    size: 12,
    sha256: 'ab',
    dependsOn: ['libcrypt1', 'libgcc-s1'],
    stanza,
  });
  t.end();
});
