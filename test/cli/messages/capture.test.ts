import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { writeFiles } from '../../scenario/files.ts';
import { fakeKernel, file, rawCapture, text } from '../../server/planted.ts';
import { serverTar } from '../../server/server-tar.ts';
import { snapshots } from './transcript.ts';

t.setTimeout(1_200_000);

const instead: [RegExp, string][] = [
  [/\b\d{4}-\d\d-\d\d\b/g, 'DATE'],
  [/kexec-lab \d+\.\d+\.\d+/g, 'kexec-lab VERSION'],
  [/\b[0-9a-f]{64}\b/g, 'SHA256'],
];

const raw = rawCapture([
  text('user', '1000'),
  text('uname', 'Linux 6.1.0-28-arm64 #1 SMP Debian aarch64'),
  text('/proc/cmdline', 'root=UUID=6f7a ro'),
  text(
    'lsblk',
    'NAME="vda" KNAME="vda" PKNAME="" TYPE="disk" SIZE="10737418240" FSTYPE="" MOUNTPOINT=""\nNAME="vda1" KNAME="vda1" PKNAME="vda" TYPE="part" SIZE="10736369664" FSTYPE="ext4" UUID="6f7a" MOUNTPOINT="/"\n',
  ),
  file(
    '/etc/os-release',
    'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_CODENAME=bookworm\n',
  ),
  file('/etc/fstab', '//nas/x /mnt cifs password=Hunter2fstab 0 0\n'),
  file('/boot/vmlinuz-6.1.0-28-arm64', fakeKernel()),
]);
const withLack = Buffer.from(
  raw.toString('latin1').replace('end 7', 'lack unreadable /etc/crypttab\nend 8'),
  'latin1',
);

t.test('capture', async (t) => {
  const directory = writeFiles(t, {
    'web1.raw': withLack,
    'cut.raw': raw.subarray(0, 900),
    'terminal.raw': raw.toString('latin1').replaceAll('\n', '\r\n'),
    'text.raw': 'hello\n',
    'old.tar': 'old',
  });
  mkdirSync(join(directory, 'directory'));
  symlinkSync('nowhere', join(directory, 'link.raw'));
  const say = snapshots(t, { directory, instead });
  await say('capture');
  await say('capture web1 --from web1.raw');
  await say('capture -- -oProxyCommand=reboot');
  await say('capture -oProxyCommand=reboot');
  await say(['capture', 'web1', '--ssh', '']);
  await say('capture web1 --ssh no-such-ssh');
  await say('capture --script --from web1.raw');
  await say('capture --from missing.raw');
  await say('capture --from link.raw');
  await say('capture --from directory');
  await say('capture --from text.raw');
  await say('capture --from cut.raw');
  await say('capture --from terminal.raw');
  await say('capture --from web1.raw -o old.tar');
  await say('capture --from web1.raw -o directory');
  await say('capture --from web1.raw -o directory --force');
  await say('capture --from web1.raw -o missing/web1.tar');
  await say('capture --from web1.raw');
  await say('capture --from web1.raw');
  await say('capture --from web1.raw --force');
  await say('server show web1.server.tar --files');
});

t.test('server', async (t) => {
  const directory = writeFiles(t, {
    'text.tar': 'hello\n',
    'empty.tar': serverTar([], []),
    'x86.tar': serverTar(
      [
        {
          kind: 'text',
          name: 'uname',
          size: 9,
          sha256: '9d9a7b8b3a6b8a1e9f0b6a8d0f8d3a8e9d9a7b8b3a6b8a1e9f0b6a8d0f8d3a8e',
        },
      ],
      [],
    ),
  });
  const say = snapshots(t, { directory, instead });
  await say('server');
  await say('server show');
  await say('server show missing.tar');
  await say('server show text.tar');
  await say('server show empty.tar');
  await say('server show x86.tar');
  await say('server unpack text.tar new');
  await say('server unpack empty.tar');
});
