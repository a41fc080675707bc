import t from 'tap';
import {
  parameterOf,
  parseAssignments,
  parseCmdline,
  parseLsblk,
  parseMounts,
  parsePackages,
  parseUnit,
} from '../../src/server/parse.ts';

void t.test('assignments', (t) => {
  const text = `# a comment\nID=debian\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nQUOTED='a b'\nexport X=1\n  Y= 2 \r\nEMPTY=\n#NO=1\nbroken line\nA="x=y"\n`;
  t.strictSame(Object.fromEntries(parseAssignments(text)), {
    ID: 'debian',
    PRETTY_NAME: 'Debian GNU/Linux 12 (bookworm)',
    QUOTED: 'a b',
    X: '1',
    Y: '2',
    EMPTY: '',
    A: 'x=y',
  });
  t.end();
});

void t.test('command lines', (t) => {
  t.strictSame(parseCmdline(' ro  dyndbg="file a +p" x="1 2"y\n'), [
    'ro',
    'dyndbg="file a +p"',
    'x="1 2"y',
  ]);
  t.strictSame(parseCmdline(''), []);
  t.equal(parameterOf('root=/dev/a root=UUID=1', 'root'), 'UUID=1', 'the last one counts');
  t.equal(parameterOf('x="a b"', 'x'), 'a b');
  t.equal(parameterOf('xroot=1 root', 'root'), null);
  t.end();
});

void t.test('block devices', (t) => {
  const [first, second, ...more] = parseLsblk(
    'NAME="sda1" KNAME="sda1" PKNAME="sda" TYPE="part" SIZE="5" FSTYPE="ext4" LABEL="a\\x20\\x22b\\x22" UUID="1" PARTUUID="2" PARTLABEL="x y" PARTTYPE="0x83" MOUNTPOINT="/mnt/a\\x20b"\nlsblk: warning\nNAME="vg-root" KNAME="dm-0" SIZE=""\n',
  );
  t.match(first, {
    name: 'sda1',
    parent: 'sda',
    size: 5,
    label: 'a "b"',
    partLabel: 'x y',
    partType: '0x83',
    mount: '/mnt/a b',
  });
  t.match(second, { name: 'dm-0', parent: '', size: 0, partType: '' });
  t.strictSame(more, []);
  t.end();
});

void t.test('mounts', (t) => {
  t.strictSame(
    parseMounts(
      '# x\n\nUUID=1 / ext4\n/dev/b /mnt/a\\040b vfat ro,umask=0077 0 1\nbad line\n\t/dev/c none swap sw 0 0\n',
    ),
    [
      { source: 'UUID=1', place: '/', filesystem: 'ext4', options: 'defaults' },
      { source: '/dev/b', place: '/mnt/a b', filesystem: 'vfat', options: 'ro,umask=0077' },
      { source: '/dev/c', place: 'none', filesystem: 'swap', options: 'sw' },
    ],
  );
  t.end();
});

void t.test('packages', (t) => {
  t.strictSame(
    [...parsePackages('a 1 arm64\na 2 arm64\nb\nkernel-core 6.8.5-301.fc40 aarch64\n')],
    [
      ['a', '1'],
      ['kernel-core', '6.8.5-301.fc40'],
    ],
  );
  t.end();
});

void t.test('units', (t) => {
  t.strictSame(
    parseUnit(
      '[Service]\nExecStartPre=-/bin/true\nExecStart = @/bin/sh \\\n -c x\n#ExecStart=/no\nExecReload=/no\nExecStop=+/stop\n[Install]\nWantedBy=a.target  b.target\nRequiredBy=c.target\n',
    ),
    {
      commands: ['/bin/true', '/bin/sh   -c x', '/stop'],
      wantedBy: ['a.target', 'b.target', 'c.target'],
    },
  );
  t.end();
});
