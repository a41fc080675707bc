import t from 'tap';
import { debianMirror, mirrorInSources, mirrorInTargets } from '../../src/debian/mirror.ts';
import { hostWith } from '../host/host-with.ts';

const debian = 'Debian\tDebian\tmain\thttp://mirror.example/debian/';
const security = 'Debian\tDebian-Security\tmain\thttp://security.example/';
const ubuntu = 'Ubuntu\tUbuntu\tmain\thttp://ubuntu.example/';

t.test('the main archive among the targets of apt', (t) => {
  const targets = [security, 'Other\tOther\tmain\thttp://other.example/', debian].join('\n');
  t.equal(mirrorInTargets(targets), 'http://mirror.example/debian/');
  t.equal(mirrorInTargets(`${ubuntu}\n${security}`), undefined);
  t.equal(mirrorInTargets(''), undefined);
  t.end();
});

t.test('the first URI in sources of both formats', (t) => {
  const oneLine =
    '# none\ndeb [signed-by=/k arch=a] http://a.example/debian trixie main\ndeb http://b.example/';
  t.equal(mirrorInSources(oneLine), 'http://a.example/debian');
  t.equal(mirrorInSources('Types: deb\nURIs: http://c.example/d\n'), 'http://c.example/d');
  t.equal(mirrorInSources('deb-src http://d.example/ trixie main\n'), undefined);
  t.end();
});

t.test('who is asked, in order', async (t) => {
  hostWith(t, {
    'apt-get': `printf '${debian}\\n'`,
    mmdebstrap: 'echo deb http://default.example/debian bookworm main; exit 25',
  });
  t.equal(await debianMirror('http://asked.example/'), 'http://asked.example/');
  t.equal(await debianMirror(), 'http://mirror.example/debian/');
  process.env['KEXEC_LAB_MIRROR'] = 'http://environment.example/';
  t.teardown(() => delete process.env['KEXEC_LAB_MIRROR']);
  t.equal(await debianMirror(), 'http://environment.example/');
});

const usual = 'deb http://default.example/debian bookworm main';
const warning = 'I: automatically chosen mode: unshare';

for (const [version, script] of Object.entries({
  '1.3.5, whose hooks print on standard output': `echo '${warning}' >&2; echo ${usual}; exit 25`,
  '1.4, whose hooks print on standard error': `echo '${warning}' >&2; echo ${usual} >&2; exit 25`,
})) {
  t.test(`on a host that is not Debian, mmdebstrap knows: ${version}`, async (t) => {
    hostWith(t, { 'apt-get': `printf '${ubuntu}\\n'`, mmdebstrap: script });
    t.equal(await debianMirror(), 'http://default.example/debian');
  });
}

t.test('without mmdebstrap, the error names the option and the package', async (t) => {
  hostWith(t, { 'apt-get': 'exit 1' });
  await t.rejects(debianMirror(), {
    name: 'UnavailableError',
    hint: /--mirror URL .*\bKEXEC_LAB_MIRROR=URL\b.*\bmmdebstrap\b/,
    exitCode: 5,
  });
});

t.test('where mmdebstrap names none, the error names the option', async (t) => {
  hostWith(t, { mmdebstrap: `echo 'E: cannot be run here: deb is no suite' >&2; exit 1` });
  await t.rejects(debianMirror(), {
    message: /\bmmdebstrap\b/,
    hint: /--mirror URL .*\bKEXEC_LAB_MIRROR=URL\b(?!.*mmdebstrap)/,
    exitCode: 5,
  });
});
