import t from 'tap';
import { changesSince, configChanges } from '../../src/bisect/differences.ts';

t.test('options that differ between two configurations', (t) => {
  const good =
    'CONFIG_KEXEC=y\n# CONFIG_EFI is not set\nCONFIG_VIRTIO_BLK=m\nCONFIG_GCC_VERSION=120200\n';
  const bad = 'CONFIG_KEXEC=y\nCONFIG_EFI=y\nCONFIG_GCC_VERSION=150100\nCONFIG_CMDLINE="a=b"\n';
  t.same(configChanges(good, bad), [
    { option: 'CONFIG_CMDLINE', good: null, bad: '"a=b"' },
    { option: 'CONFIG_EFI', good: null, bad: 'y' },
    { option: 'CONFIG_VIRTIO_BLK', good: 'm', bad: null },
  ]);
  t.end();
});

const changelog = `linux (6.12.57-1) trixie; urgency=medium

  * New upstream stable update
    - arm64: kexec: something (CVE-1)

 -- Somebody <a@b.example>  Thu, 06 Nov 2025 10:00:00 +0100

linux (6.12.48-1) trixie; urgency=medium

  * Another (text) in parentheses

 -- Somebody <a@b.example>  Sat, 20 Sep 2025 10:00:00 +0100

linux (6.12.43-1) trixie; urgency=medium

  * Old

 -- Somebody <a@b.example>  Wed, 27 Aug 2025 10:00:00 +0100
`;

t.test('the changes since a version', (t) => {
  t.same(changesSince(changelog, '6.12.43-1'), [
    {
      version: '6.12.57-1',
      text: '* New upstream stable update\n    - arm64: kexec: something (CVE-1)',
    },
    { version: '6.12.48-1', text: '* Another (text) in parentheses' },
  ]);
  t.same(changesSince(changelog, '6.12.57-1'), []);
  t.same(changesSince('', '1'), []);
  t.end();
});
