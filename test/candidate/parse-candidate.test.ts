import t from 'tap';
import { parseFirstKernel, parseKernel, parseTools } from '../../src/candidate/parse-candidate.ts';

const sha256 = 'A'.repeat(64);

t.test('a word for a kernel means one thing', (t) => {
  const debian = { kind: 'debian', suite: 'sid', package: null };
  t.same(parseKernel('debian:sid'), debian);
  t.same(parseKernel('debian:bookworm-backports/linux-image-6.12.95+deb12-cloud-arm64'), {
    kind: 'debian',
    suite: 'bookworm-backports',
    package: 'linux-image-6.12.95+deb12-cloud-arm64',
  });
  t.same(parseKernel('a.deb'), { kind: 'debs', files: ['a.deb'] });
  t.same(parseKernel('x/a.deb,b.deb'), { kind: 'debs', files: ['x/a.deb', 'b.deb'] });
  t.same(parseKernel('./vmlinuz'), { kind: 'path', file: './vmlinuz' });
  t.same(parseKernel('/a,b/c'), { kind: 'path', file: '/a,b/c' }, 'a comma in a path');
  t.same(parseKernel(`https://example.org/a?b=c#sha256=${sha256}`), {
    kind: 'url',
    url: 'https://example.org/a?b=c',
    sha256: sha256.toLowerCase(),
  });
  t.end();
});

t.test('a word for kexec-tools means one thing', (t) => {
  t.same(parseTools('debian:sid'), { kind: 'debian', suite: 'sid' });
  t.same(parseTools('./kexec'), { kind: 'path', file: './kexec' });
  t.end();
});

t.test('a wrong word is told what to write instead', (t) => {
  const wrong: Record<string, [message: RegExp, hint: RegExp]> = {
    '': [/^--kernel : /, /debian:SUITE\b/],
    'debian:': [/^--kernel debian:: /, /debian:sid\b/],
    'debian:Sid': [/^--kernel debian:Sid: /, /debian:sid\b/],
    'debian:sid/': [/^--kernel debian:sid\/: /, /debian:SUITE\/PACKAGE,.* debian:bookworm-/],
    'debian:sid/a/b': [/^--kernel debian:sid\/a\/b: /, /debian:SUITE\/PACKAGE,.* debian:bookworm-/],
    'debian:../x': [/^--kernel debian:\.\.\/x: /, /debian:sid\b/],
    'a.deb,': [/^--kernel a\.deb,: /, /FILE\.deb\[,FILE\.deb…\]/],
    'a.deb,vmlinuz': [/^--kernel a\.deb,vmlinuz: vmlinuz .*\.deb\b/, /\.deb,linux-modules-….deb/],
    'http://example.org/a.deb': [/: .*https:/, /https:/],
    'ftp://example.org/a.deb': [/: .*https:/, /https:/],
    'https://example.org/a.deb': [/a\.deb: /, /\b64\b.*\bsha256sum\b/],
    'https://example.org/a.deb#sha256=abc': [/: .*\bSHA-256\b/, /\b64\b.*\bsha256sum\b/],
    'https://example.org/a.deb#md5=abc': [/: .*\bSHA-256\b/, /\b64\b.*\bsha256sum\b/],
  };
  for (const [word, [message, hint]] of Object.entries(wrong))
    t.throws(() => parseKernel(word), { exitCode: 2, message, hint }, word);
  for (const word of ['', 'debian:', './vmlinuz', 'a.deb'])
    t.throws(
      () => parseFirstKernel(word),
      { exitCode: 2, message: /^--first-kernel/, hint: /debian:/ },
      word,
    );
  for (const word of ['', 'https://example.org/kexec', 'debian:', 'debian:sid/kexec-tools'])
    t.throws(
      () => parseTools(word),
      { exitCode: 2, message: /^--kexec-tools /, hint: /debian:/ },
      word,
    );
  t.end();
});
