import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { installedNames } from '../../../src/debian/apt.ts';
import { parseStanzas, archivePackage } from '../../../src/debian/mirror.ts';
import { installationTrouble } from '../../../src/image/build/in-namespace.ts';
import { mapAllUsers } from '../../../src/image/build/namespace.ts';
import { systemProgress, packageEntry, writeRepository } from '../../../src/image/build/system.ts';

const index = `Package: libfoo
Architecture: arm64
Version: 1:2.0-1
Description: a library
 .
 of some length
Filename: pool/main/libf/libfoo_2.0-1_arm64.deb
Size: 3
SHA256: abc
`;

t.test('a repository of packages that are there already', async (t) => {
  const [stanza = {}] = parseStanzas(index);
  const wanted = archivePackage(stanza);
  t.same(parseStanzas(packageEntry(wanted)), [{ ...stanza, Filename: './abc.deb' }]);
  const directory = t.testdir({ 'cached.deb': 'deb' });
  const repository = join(directory, 'repository');
  await writeRepository(repository, [wanted], [join(directory, 'cached.deb')]);
  t.match(readFileSync(join(repository, 'Packages'), 'utf8'), /^Filename: \.\/abc\.deb$/m);
  t.equal(statSync(join(repository, 'abc.deb')).nlink, 2, 'nothing is copied');
});

t.test('what apt would install', (t) => {
  const simulation = `Reading package lists...
Inst gcc-12-base (12.2.0-14 Debian:12.1/oldstable [arm64]) []
Inst libstdc++6 (12.2.0-14 Debian:12.1/oldstable [arm64])
Conf gcc-12-base (12.2.0-14 Debian:12.1/oldstable [arm64])
`;
  t.same(installedNames(simulation), ['gcc-12-base', 'libstdc++6']);
  t.end();
});

t.test('an installation is followed by what it prints', (t) => {
  const follow = systemProgress(2);
  t.equal(follow('Reading package lists...'), null);
  const essential = follow('I: installing essential packages...');
  t.same(essential, { step: String(essential?.step) });
  t.same(follow('Setting up libc6:arm64 (2.36-9) ...'), {
    ...essential,
    amount: { done: 1, total: 2 },
  });
  t.not(follow('I: installing remaining packages...')?.step, essential?.step);
  t.same(follow('kexec-lab: making the initrd'), { step: 'making the initrd' });
  t.equal(follow('Setting up the network'), null, 'no package');
  t.equal(follow(mapAllUsers), null, 'a word between two programs');
  t.equal(follow('kexec-lab: done'), null, 'there is more to come');
  t.end();
});

t.test('of an installation that failed, the cause is told first, and no warnings', (t) => {
  const said = [
    'I: installing remaining packages...',
    "dpkg: warning: 'dpkg-split' not found in PATH or not executable",
    'dpkg: error processing package udev:arm64 (--configure):',
    ' installed udev:arm64 package post-installation script subprocess returned error exit status 127',
    'Errors were encountered while processing:',
    ' udev:arm64',
    'W: Operation was interrupted before it could finish',
    'E: Sub-process env returned an error code (1)',
    'E: run_chroot failed: E: apt-get -o Dir::Bin::dpkg=env failed',
    'dpkg: warning: something else',
  ];
  t.same(installationTrouble(said).split('\n'), [
    'dpkg: error processing package udev:arm64 (--configure): installed udev:arm64 package post-installation script subprocess returned error exit status 127',
    'E: Sub-process env returned an error code (1)',
    'E: run_chroot failed: E: apt-get -o Dir::Bin::dpkg=env failed',
  ]);
  t.equal(
    installationTrouble([
      'I: installing essential packages...',
      'mount: /mnt/root/sys: permission denied.',
      'dpkg: regarding .../bash.deb containing bash, pre-dependency problem: bash pre-depends on libc6',
      'kexec-lab: checking the system',
      '/mnt/build-system.sh: 167: zstdcat: not found',
      'cpio: premature end of archive',
      'I: removing tempdir /mnt/root',
    ]),
    '/mnt/build-system.sh: 167: zstdcat: not found\ncpio: premature end of archive',
    'an earlier step did without what it complains about',
  );
  t.equal(
    installationTrouble([
      'fill-disk.sh: no',
      'E: system failed: 256',
      'E: unshared command failed',
    ]),
    'fill-disk.sh: no',
    'what a script says is enough',
  );
  t.equal(installationTrouble(['one', 'Killed']), 'one\nKilled', 'nobody named an error');
  t.equal(installationTrouble(['mmdebstrap: warning: x', 'end']), 'mmdebstrap: warning: x\nend');
  t.equal(installationTrouble([]), '');
  t.end();
});
