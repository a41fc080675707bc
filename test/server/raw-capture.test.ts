import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { UsageError } from '../../src/errors.ts';
import { capture, listCapture } from '../../src/server/capture.ts';
import { readServerFile } from '../../src/server/server-file.ts';
import { file, link, rawCapture, text } from './planted.ts';

const records = [
  text('user', '0'),
  text('/proc/cmdline', 'root=/dev/vda1'),
  file('/etc/fstab', '/dev/vda1 / ext4\n'),
  file('/etc/fstab.copy', '/dev/vda1 / ext4\n'),
  link('/vmlinuz', 'boot/vmlinuz-6.1'),
  file('/boot.sh', '', '755'),
];
const good = rawCapture(records);
const changed = (from: string, to: string) => good.toString().replace(from, to);

const damaged: Record<string, [content: string | Buffer, message: RegExp]> = {
  empty: ['', /not the output of capture.sh/],
  text: ['hello\n', /not the output/],
  'another version': [changed('capture 1', 'capture 2'), /not the output/],
  'CRLF by a terminal': [
    good.toString().replaceAll('\n', '\r\n'),
    /line ends of this capture were changed/,
  ],
  'too long a banner': ['x\n'.repeat(40_000) + good.toString(), /not the output/],
  'junk after the end': [`${good.toString()}logout\n`, /goes on after its end/],
  'junk behind zeros': [
    Buffer.concat([good, Buffer.alloc(200_000), Buffer.from('x')]),
    /goes on after its end/,
  ],
  'two captures': [Buffer.concat([good, good]), /goes on after its end/],
  'wrong count': [changed('end 6', 'end 7'), /records are missing/],
  'no end': [changed('end 6\n', ''), /ends before its last record/],
  'wrong size': [changed('14 /proc', '13 /proc'), /another size/],
  'negative size': [changed('14 /proc', '-14 /proc'), /does not begin/],
  'huge size': [changed('14 /proc', '9999999999 /proc'), /does not begin/],
  'size above the limit': [changed('14 /proc', '536870913 /proc'), /does not begin/],
  'a size that never comes': [changed('14 /proc', '536870912 /proc'), /in the middle of a record/],
  'unknown mode': [changed('file 755', 'file 777'), /does not begin/],
  'unknown kind': [changed('link', 'pipe'), /does not begin/],
  'no name': [changed('/proc/cmdline', ''), /does not begin/],
  'link without target': [rawCapture([link('/vmlinuz', '')]), /does not begin/],
  'very long line': [changed('/etc/fstab', `/${'x'.repeat(9000)}`), /does not begin/],
  'very long path': [changed('/etc/fstab', `/${'x'.repeat(4200)}`), /does not begin/],
  'very long target': [rawCapture([link('/vmlinuz', 'x'.repeat(4097))]), /does not begin/],
  'unknown reason': ['kexec-lab-capture 1\nlack why /x\nend 1\n', /does not begin/],
  'too many records': [
    `kexec-lab-capture 1\n${'lack larger /x\n'.repeat(20_001)}end 20001\n`,
    /more than 20000/,
  ],
};

void t.test('a damaged capture gets one clear line; no file is written or replaced', async (t) => {
  const directory = t.testdir({ 'old.tar': 'old' });
  const raw = join(directory, 'server.raw');
  const refuse = async (name: string, content: string | Buffer, message: RegExp) => {
    writeFileSync(raw, content);
    for (const output of ['new.tar', 'old.tar']) {
      const error: unknown = await take(directory, output).catch((error: unknown) => error);
      t.ok(error instanceof UsageError && error.place === raw, `${name}: ${String(error)}`);
      t.match((error as UsageError).message, message, name);
    }
    t.strictSame(readdirSync(directory).sort(), ['cache', 'old.tar', 'server.raw'], name);
    t.strictSame(readdirSync(join(directory, 'cache')), [], name);
    t.equal(readFileSync(join(directory, 'old.tar'), 'utf8'), 'old');
  };
  for (const [name, [content, message]] of Object.entries(damaged))
    await refuse(name, content, message);
  for (let length = 0; length < good.length; length += length < 60 ? 7 : 3)
    await refuse(
      `first ${length} bytes`,
      good.subarray(0, length),
      /not the output|damaged at byte/,
    );
});

void t.test('a banner of the login is skipped', async (t) => {
  const directory = t.testdir({
    'server.raw': `Welcome to web1!\r\nkexec-lab-capture 1 is not yet here\n\n${good.toString()}`,
  });
  const { entries, asRoot } = await take(directory, 'a.tar');
  t.equal(entries.length, 5);
  t.equal(asRoot, true);
});

void t.test('what is left of a disk behind a capture is skipped', async (t) => {
  const directory = t.testdir({ 'server.raw': Buffer.concat([good, Buffer.alloc(200_000)]) });
  t.equal((await take(directory, 'a.tar')).entries.length, 5);
});

void t.test('odd names become entries that a server file may have', async (t) => {
  const raw = rawCapture([
    file('/boot/a\tb.conf', 'x'),
    file('/boot/\u202egnp', 'x'),
    file('/boot/../../etc/x', 'x'),
    file('relative', 'x'),
    file('/same', 'x'),
    file('/same', 'y'),
    text('same', 'x'),
    text('same', 'x'),
    text('odd\u001b', 'x'),
    link('/l', 'a\nb'),
    file('/', 'x'),
  ]);
  const directory = t.testdir({ 'server.raw': raw });
  const { entries } = await take(directory, 'a.tar');
  t.strictSame(
    entries.map((entry) => `${entry.kind} ${'path' in entry ? entry.path : entry.name}`),
    [
      'lack /boot/a?b.conf',
      'lack /boot/?gnp',
      'lack /etc/x',
      'lack /relative',
      'file /same',
      'file /same~2',
      'text same',
      'text same~2',
      'text odd?',
      'lack /l',
      'lack /?',
    ],
  );
  t.strictSame(
    (await readServerFile(join(directory, 'a.tar'), join(directory, 'b'))).manifest.entries,
    entries,
  );
});

void t.test('the same capture gives the same bytes; content is stored once', async (t) => {
  const directory = t.testdir({ 'server.raw': good });
  const manifest = await take(directory, 'a.tar');
  await take(directory, 'b.tar');
  const archive = readFileSync(join(directory, 'a.tar'));
  t.ok(archive.equals(readFileSync(join(directory, 'b.tar'))));
  t.equal(archive.toString('latin1').split('/dev/vda1 / ext4\n').length, 2, 'once');
  const read = await readServerFile(join(directory, 'a.tar'), join(directory, 'blobs'));
  t.strictSame(read.manifest, manifest);
  for (const entry of manifest.entries) {
    if (!('sha256' in entry)) continue;
    const content = readFileSync(read.contentOf(entry.sha256));
    t.equal(createHash('sha256').update(content).digest('hex'), entry.sha256);
    t.equal(content.length, entry.size);
  }
  t.strictSame(readdirSync(join(directory, 'blobs')).length, 3, 'nothing else is kept');
});

void t.test('a list', async (t) => {
  const heads =
    'kexec-lab-capture 1\ntext 3 uname\nfile 644 5 /a b\nlink 1 /l\nlack larger /x\nend 4\n';
  const directory = t.testdir({ list: heads, cut: heads.slice(0, -6) });
  t.strictSame(await listCapture({ file: join(directory, 'list') }), [
    { kind: 'text', name: 'uname', size: 3 },
    { kind: 'file', name: '/a b', size: 5 },
    { kind: 'link', name: '/l', size: 1 },
    { kind: 'lack', name: '/x', size: 0 },
  ]);
  await t.rejects(listCapture({ file: join(directory, 'cut') }), UsageError);
});

function take(directory: string, output: string) {
  return capture({ file: join(directory, 'server.raw') }, join(directory, output), {
    cache: join(directory, 'cache'),
    today: '2026-11-28',
  });
}
