import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { execaSync } from 'execa';
import t from 'tap';
import { createRedactor } from '../../../src/server/redact/redact.ts';
import { redactInitrd } from '../../../src/server/redact/initrd.ts';

const machineId = '4c9f1a0be2d84b6fa1b07c3d5e6f7081';
const redactor = () => createRedactor({ hostNames: ['web1'], machineIds: [machineId] });

const key = `-----BEGIN OPENSSH PRIVATE KEY-----\n${'b3BlbnNzaC1rZXktdjEA'.repeat(5)}\n-----END OPENSSH PRIVATE KEY-----\n`;
const dropbearKey = Buffer.concat([
  Buffer.from('\0\0\0\x0bssh-ed25519\0\0\0\x40'),
  Buffer.alloc(64, 0xa7),
]);

/** Members without secrets. */
const clean: Record<string, string | Buffer> = {
  init: '#!/bin/sh\nexport PATH=/sbin:/bin\npassword="$(cat /key)"\nexec /sbin/switch_root\n',
  'bin/busybox': Buffer.from(
    '\x7fELF\0\x01-----BEGIN OPENSSH PRIVATE KEY-----\0openssh-key-v1\0',
    'latin1',
  ),
  'lib/modules/6.1.0/modules.alias': 'alias vmbus:f912ad6d2b17ea48bd65f927a61c7684 hv_balloon\n',
  'lib/modules/6.1.0/kernel/a.ko.xz': Buffer.from('fd377a585a000001', 'hex'),
  'etc/hostname': 'debian\n',
  'etc/empty.key': '',
};

/** Members with secrets, and what must not be left of them. */
const secret: Record<string, [string | Buffer, string]> = {
  'etc/dropbear/dropbear_ed25519_host_key': [dropbearKey, '\xa7\xa7'],
  'opt/odd-place': [dropbearKey, '\xa7\xa7'],
  'root-Xb12/.ssh/authorized_keys': ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8 joe@laptop\n', 'joe'],
  'etc/ssh/ssh_host_rsa_key': [key, 'b3Blbn'],
  'opt/blob': [Buffer.from(`\0\x01${key}\0`), 'b3Blbn'],
  'cryptroot/keyfiles/root.key': [Buffer.from('00ff13371337', 'hex'), '\x13\x37'],
  'crypto_keyfile.bin': [Buffer.alloc(512, 0xc3), '\xc3\xc3'],
  'etc/shadow': ['root:ab0cdEfGhIjKl:19700:0:99999:7:::\ndaemon:*:19700:0:99999:7:::\n', 'ab0cdEf'],
  'etc/machine-id': [`${machineId}\n`, machineId],
  'etc/hosts': ['127.0.0.1 localhost\n10.9.8.7 zeus zeus.acme.example\n', 'zeus'],
  'etc/hostname-of-it': ['hostname=zeus\n', 'zeus'],
  'conf/conf.d/net': ['IP=10.1.2.3::10.1.2.1:255.255.255.0:web1:eth0\n', 'web1'],
  'etc/cmdline.d/50.conf': [
    'rd.iscsi.password=hush netroot=iscsi:joe:pw@10.1.2.3::::iqn\n',
    'hush',
  ],
  'etc/wpa_supplicant/wlan0.conf': ['network={\n ssid="home"\n}\n', 'home'],
  'scripts/local-top/fetch': [
    '#!/bin/sh\ncurl -u joe:geheim https://get.example.net/key\n',
    'geheim',
  ],
};

/** Packs members into a cpio archive with cpio itself. */
function packed(
  directory: string,
  members: Record<string, string | Buffer>,
  format = 'newc',
): Buffer {
  for (const [name, content] of Object.entries(members)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content);
  }
  const input = Object.keys(members).join('\n');
  const options = { cwd: directory, input, encoding: 'buffer' } as const;
  return Buffer.from(execaSync('cpio', ['-o', '-H', format, '--quiet'], options).stdout);
}

function through(program: string, args: string[], input: Buffer): Buffer {
  return Buffer.from(execaSync(program, args, { input, encoding: 'buffer' }).stdout);
}

/** Unpacks an archive with cpio and returns the content of a member. */
function unpack(archive: Buffer, into: string): (name: string) => Buffer {
  mkdirSync(into, { recursive: true });
  execaSync('cpio', ['-i', '-d', '--quiet', '--no-absolute-filenames'], {
    cwd: into,
    input: archive,
  });
  return (name) => readFileSync(join(into, name));
}

const pack = {
  none: [(data: Buffer) => data, (data: Buffer) => data],
  gzip: [(data: Buffer) => gzipSync(data), (data: Buffer) => through('gzip', ['-dc'], data)],
  zstd: [
    (data: Buffer) => through('zstd', ['-q', '-c'], data),
    (data: Buffer) => through('zstd', ['-dcq'], data),
  ],
  xz: [
    (data: Buffer) => through('xz', ['-c', '--check=crc32'], data),
    (data: Buffer) => through('xz', ['-dc'], data),
  ],
  lz4: [
    (data: Buffer) => through('lz4', ['-l', '-c', '-q'], data),
    (data: Buffer) => through('lz4', ['-dcq'], data),
  ],
  lzma: [
    (data: Buffer) => through('xz', ['--format=lzma', '-c'], data),
    (data: Buffer) => through('xz', ['--format=lzma', '-dc'], data),
  ],
} as const;

const both = {
  ...clean,
  ...Object.fromEntries(Object.entries(secret).map(([name, [content]]) => [name, content])),
};

void t.test('secrets are blanked in place, and the rest stays', async (t) => {
  const directory = t.testdir({});
  const [file, output] = [join(directory, 'initrd'), join(directory, 'initrd.out')];
  const early = packed(join(directory, 'early'), {
    'kernel/x86/microcode/GenuineIntel.bin': Buffer.alloc(600, 7),
  });
  const archive = packed(join(directory, 'tree'), both);
  for (const [name, [compress, decompress]] of Object.entries(pack)) {
    writeFileSync(file, Buffer.concat([early, Buffer.alloc(1024), compress(archive)]));
    const { blanked, unexamined } = await redactInitrd(file, output, redactor());
    t.same(blanked.sort(), Object.keys(secret).sort(), name);
    t.same(unexamined, []);
    const result = readFileSync(output);
    const start = early.length + 1024;
    t.ok(
      result.subarray(0, start).equals(readFileSync(file).subarray(0, start)),
      'the early archive stays',
    );
    const unpacked = decompress(result.subarray(start));
    t.equal(unpacked.length, archive.length);
    const member = unpack(unpacked, join(directory, `out-${name}`));
    for (const [path, content] of Object.entries(clean))
      t.ok(member(path).equals(Buffer.from(content)), path);
    for (const [path, [content, gone]] of Object.entries(secret)) {
      t.equal(member(path).length, content.length);
      t.notOk(member(path).toString('latin1').includes(gone), path);
    }
    t.match(member('etc/shadow').toString(), /^root:x+:19700:[^]*^daemon:\*:/m);
    t.equal(member('etc/machine-id').toString(), `${'1'.padStart(32, '0')}\n`);
    const again = join(directory, 'again');
    t.same(
      (await redactInitrd(output, again, redactor())).blanked,
      [],
      'a second time finds nothing',
    );
    t.ok(readFileSync(again).equals(result));
  }
});

void t.test('an initrd without secrets is copied byte for byte', async (t) => {
  const directory = t.testdir({});
  const [file, output] = [join(directory, 'initrd'), join(directory, 'initrd.out')];
  const archive = packed(join(directory, 'tree'), clean);
  for (const [name, [compress]] of Object.entries(pack)) {
    writeFileSync(file, compress(archive));
    t.same(await redactInitrd(file, output, redactor()), { blanked: [], unexamined: [] }, name);
    t.ok(readFileSync(output).equals(readFileSync(file)));
  }
});

void t.test('early archives are blanked, too, and checksums are written again', async (t) => {
  const directory = t.testdir({});
  const [file, output] = [join(directory, 'initrd'), join(directory, 'initrd.out')];
  const early = packed(join(directory, 'early'), { 'etc/x.conf': 'token=opensesame\n' }, 'crc');
  const late = gzipSync(packed(join(directory, 'tree'), clean));
  writeFileSync(file, Buffer.concat([early, late]));
  t.same((await redactInitrd(file, output, redactor())).blanked, ['etc/x.conf']);
  const result = readFileSync(output);
  t.ok(result.subarray(early.length).equals(late), 'the compressed part stays');
  execaSync('cpio', ['-i', '--only-verify-crc', '--quiet'], {
    input: result.subarray(0, early.length),
  });
  t.notMatch(result.toString('latin1'), 'opensesame');
});

void t.test('machine ids in names, and the content of hard links', async (t) => {
  const directory = t.testdir({});
  const [file, output] = [join(directory, 'initrd'), join(directory, 'initrd.out')];
  const tree = join(directory, 'tree');
  mkdirSync(join(tree, 'root/.ssh'), { recursive: true });
  writeFileSync(join(tree, 'root/.ssh/id'), Buffer.alloc(99, 0xee));
  execaSync('ln', ['root/.ssh/id', 'zzz'], { cwd: tree });
  writeFileSync(join(tree, machineId), '');
  const names = {
    input: `root/.ssh/id\nzzz\n${machineId}`,
    cwd: tree,
    encoding: 'buffer',
  } as const;
  writeFileSync(file, execaSync('cpio', ['-o', '-H', 'newc', '--quiet'], names).stdout);
  await redactInitrd(file, output, redactor());
  const member = unpack(readFileSync(output), join(directory, 'out'));
  t.match(member('zzz').toString(), /^x{99}$/);
  t.same(readdirSync(join(directory, 'out')).sort(), ['1'.padStart(32, '0'), 'root', 'zzz']);
});

void t.test('archives in it are named', async (t) => {
  const directory = t.testdir({});
  const [file, output] = [join(directory, 'initrd'), join(directory, 'initrd.out')];
  const inner = { 'opt/a.tgz': gzipSync('token=abc'), 'opt/long.txt': 'a line\n'.repeat(2 ** 18) };
  writeFileSync(file, gzipSync(packed(join(directory, 'tree'), { ...clean, ...inner })));
  t.same((await redactInitrd(file, output, redactor())).unexamined, Object.keys(inner));
});

void t.test('an initrd that cannot be examined is refused', async (t) => {
  const directory = t.testdir({});
  const [file, output] = [join(directory, 'initrd'), join(directory, 'initrd.out')];
  const archive = packed(join(directory, 'tree'), both);
  const [gz, xz] = [gzipSync(archive), through('xz', ['-c', '--check=crc32'], archive)];
  const odd = {
    empty: Buffer.alloc(0),
    text: Buffer.from(
      'this is not an initrd, but a text that is long enough to be a header of an archive'.repeat(
        3,
      ),
    ),
    truncated: archive.subarray(0, archive.length / 2),
    'truncated gzip': gz.subarray(0, gz.length / 2),
    'truncated xz': xz.subarray(0, xz.length / 2),
    'something after gzip': Buffer.concat([gz, Buffer.from('token=opensesame')]),
    'something after xz': Buffer.concat([xz, Buffer.from('token=opensesame')]),
    'an archive after gzip': Buffer.concat([gz, archive]),
    'something in gzip': gzipSync(Buffer.concat([archive, Buffer.from('token=opensesame')])),
    'an unknown compression': Buffer.concat([
      packed(join(directory, 'tree'), clean),
      Buffer.from('hsqs'.repeat(99)),
    ]),
  };
  for (const [name, content] of Object.entries(odd)) {
    writeFileSync(file, content);
    await t.rejects(
      redactInitrd(file, output, redactor()),
      { name: 'UnavailableError', place: file },
      name,
    );
    t.notOk(existsSync(output));
  }
  writeFileSync(file, Buffer.concat([gz, Buffer.alloc(512)]));
  t.ok((await redactInitrd(file, output, redactor())).blanked.length > 0, 'zeros after gzip');
  const { PATH } = process.env;
  t.teardown(() => (process.env['PATH'] = PATH));
  process.env['PATH'] = directory;
  writeFileSync(file, Buffer.from('894c5a4f000d0a1a0a', 'hex'));
  await t.rejects(
    redactInitrd(file, output, redactor()),
    { name: 'UnavailableError' },
    'a missing tool',
  );
});
