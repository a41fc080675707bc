import t from 'tap';
import { dependencyNames, parseStanzas } from '../../src/image/deb822.ts';

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
