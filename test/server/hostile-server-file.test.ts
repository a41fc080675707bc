import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { execaSync } from 'execa';
import fc from 'fast-check';
import t from 'tap';
import { UsageError } from '../../src/errors.ts';
import { openCaptured } from '../../src/server/captured.ts';
import { openServer } from '../../src/server/open-server.ts';
import { readServerFile } from '../../src/server/server-file.ts';
import { kexecLab } from '../cli/kexec-lab.ts';
import { digestOf } from './planted.ts';
import { header, manifestOf, serverTar, tar } from './server-tar.ts';

t.setTimeout(600_000);

const digest = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');
const one = { kind: 'text', name: 'uname', size: 3, sha256: digest('abc') };
const blob = { name: `blobs/${digest('abc')}`, content: 'abc' };
const withEntry = (change: object) => serverTar([{ ...one, ...change }], [blob]);
const manifest = { name: 'server.json', content: manifestOf([one]) };
const raw = (content: string | Buffer) => tar([{ name: 'server.json', content }]);
const good = serverTar([one], [blob]);
/** Changes a field of the first header and corrects its checksum. */
const patched = (at: number, bytes: Buffer | string) => {
  const copy = Buffer.from(good);
  Buffer.from(bytes as string).copy(copy, at);
  header.sum(copy.subarray(0, 512));
  return copy;
};
const huge = Buffer.alloc(12, 0xff);
const pax = (record: string) => ({ name: 'pax', type: 'x', content: record });
const path = (path: string) => withEntry({ kind: 'file', path, program: false, name: undefined });

/** What each file is, and what the message must contain. */
const hostile: Record<string, [content: Buffer | string, message: RegExp]> = {
  empty: ['', /empty/],
  text: ['hello\n'.repeat(200), /not a server file/],
  'short text': ['hello\n', /not a server file/],
  gzip: [gzipSync(good), /not a server file/],
  deb: [
    `!<arch>\ndebian-binary   1342943816  0     0     100644  4         \n2.0\n${'x'.repeat(600)}`,
    /not a server file/,
  ],
  zeros: [Buffer.alloc(10240), /empty/],
  'plain tar': [tar([{ name: 'a', content: 'b' }]), /does not begin with server.json/],
  'climbing name': [
    tar([manifest, { name: '../../x', content: 'abc' }]),
    /"\.\.\/\.\.\/x" does not belong/,
  ],
  'climbing name first': [tar([{ name: '../../x', content: 'abc' }, manifest]), /does not begin/],
  'absolute name': [tar([manifest, { name: '/etc/x', content: 'abc' }]), /does not belong/],
  symlink: [
    tar([manifest, { name: blob.name, type: '2', target: '/etc/passwd' }]),
    /does not belong/,
  ],
  'hard link': [
    tar([manifest, { name: blob.name, type: '1', target: '/etc/passwd' }]),
    /does not belong/,
  ],
  device: [tar([manifest, { name: blob.name, type: '3' }]), /does not belong/],
  'block device': [tar([manifest, { name: blob.name, type: '4' }]), /does not belong/],
  fifo: [tar([manifest, { name: blob.name, type: '6' }]), /does not belong/],
  directory: [tar([manifest, { name: 'blobs/', type: '5' }, blob]), /does not belong/],
  'unknown type': [tar([manifest, { ...blob, type: 'Z' }]), /unknown type/],
  'sparse file': [tar([manifest, { ...blob, type: 'S' }]), /unknown type/],
  'manifest that is a link': [
    tar([{ name: 'server.json', type: '2', target: 'x' }]),
    /does not begin/,
  ],
  'two manifests': [tar([manifest, manifest, blob]), /"server.json" does not belong/],
  'two blobs': [tar([manifest, blob, blob]), /does not belong/],
  'wrong digest': [tar([manifest, { ...blob, content: 'abd' }]), /other content/],
  'wrong size': [tar([manifest, { ...blob, content: 'abcd' }]), /another size/],
  'missing blob': [tar([manifest]), /is missing/],
  'unreferenced blob': [
    tar([manifest, blob, { name: `blobs/${digest('x')}`, content: 'x' }]),
    /does not belong/,
  ],
  'blob first': [tar([blob, manifest]), /does not begin/],
  'odd member name': [tar([manifest, { name: 'a\x1b[31m\u202e', content: '' }]), /does not belong/],
  'not JSON': [raw('{"schema":\n\x1b[31m'), /not JSON/],
  'empty manifest': [raw(''), /not JSON/],
  null: [raw('null'), /not valid/],
  list: [raw('[]'), /not valid/],
  'deep nesting': [raw('['.repeat(500_000)), /not JSON/],
  'deep nesting that is JSON': [raw('['.repeat(200_000) + ']'.repeat(200_000)), /not valid/],
  'deep entry': [
    raw(manifestOf([]).replace('[]', `[${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}]`)),
    /entries\.0/,
  ],
  'huge manifest': [raw(' '.repeat(16 * 2 ** 20 + 1)), /does not begin|too large/],
  'newer version': [raw(manifestOf([]).replace('server@1', 'server@2')), /server@2/],
  'no version': [raw(manifestOf([]).replace('server@1', 'x')), /schema/],
  'unknown key': [raw(manifestOf([]).replace('{', '{"extra":1,')), /extra/],
  'unknown key with control characters': [
    raw(manifestOf([]).replace('{', '{"ex\\u001b[31m\\n\\u202e":1,')),
    /not valid/,
  ],
  'prototype key': [raw(manifestOf([]).replace('{', '{"__proto__":{"polluted":1},')), /__proto__/],
  'prototype key in an entry': [
    raw(manifestOf([one]).replace('"kind"', '"__proto__":{"polluted":1},"kind"')),
    /__proto__/,
  ],
  'constructor key': [
    raw(manifestOf([]).replace('{', '{"constructor":{"prototype":{"polluted":1}},')),
    /constructor/,
  ],
  'prototype in counts': [
    raw(manifestOf([one]).replace('"kind"', '"removed":{"__proto__":1},"kind"')),
    /__proto__/,
  ],
  'path with ..': [path('/boot/../etc'), /absolute path/],
  'relative path': [path('boot/x'), /absolute path/],
  'path with //': [path('/boot//x'), /absolute path/],
  'empty path': [path(''), /path/],
  'long path': [path(`/${'x'.repeat(5000)}`), /path/],
  'control character': [path('/boot/\x1b[2J'), /control characters/],
  'line feed': [path('/boot/a\nb'), /control characters/],
  NUL: [path('/boot/a\0b'), /control characters/],
  bidi: [path('/boot/\u202egnp.exe'), /control characters/],
  'C1 control': [path('/boot/\u009b31m'), /control characters/],
  'unknown kind': [withEntry({ kind: 'device' }), /kind/],
  'size 2^53': [withEntry({ size: 2 ** 53 }), /size/],
  'size 1e400': [raw(manifestOf([one]).replace('"size":3', '"size":1e400')), /size/],
  'negative size': [withEntry({ size: -1 }), /size/],
  'fractional size': [withEntry({ size: 2.5 }), /size/],
  'text for a size': [withEntry({ size: '3' }), /size/],
  'digest with ..': [withEntry({ sha256: '../../../../etc/passwd' }), /SHA-256/],
  'digest in capitals': [withEntry({ sha256: digest('abc').toUpperCase() }), /SHA-256/],
  'a path twice': [
    serverTar(
      [
        { kind: 'link', path: '/a', target: '/b' },
        { kind: 'lack', path: '/a', reason: 'larger' },
      ],
      [],
    ),
    /names \/a twice/,
  ],
  'a text twice': [serverTar([one, one], [blob]), /twice/],
  'two sizes': [serverTar([one, { ...one, name: 'b', size: 4 }], [blob]), /two sizes/],
  '20,001 entries': [
    serverTar(
      Array.from({ length: 20_001 }, (_, at) => ({
        kind: 'lack',
        path: `/${at}`,
        reason: 'larger',
      })),
      [],
    ),
    /at most 20000/,
  ],
  'odd date': [raw(manifestOf([]).replace('2026-11-28', '2026-02-31')), /capturedOn/],
  'terabytes in base 256': [patched(124, huge), /does not begin|invalid/],
  'negative octal size': [patched(124, '-0000000001\0'), /invalid/],
  'letters as a size': [patched(124, 'zzzzzzzzzzz\0'), /invalid/],
  'terabytes in octal': [patched(124, '777777777777'), /does not begin/],
  'pax size': [tar([pax('30 size=99999999999999999\n'), manifest]), /invalid/],
  'pax size that is no number': [tar([pax('30 size=1e3x\n'), manifest]), /invalid/],
  'negative pax size': [tar([pax('30 size=-512\n'), manifest]), /invalid/],
  'pax path': [tar([manifest, pax('30 path=../../x\n'), blob]), /does not belong/],
  'very long name': [
    tar([{ name: '././@LongLink', type: 'L', content: 'x'.repeat(70_000) }, manifest]),
    /too long/,
  ],
  'wrong checksum': [
    Buffer.concat([good.subarray(0, 148), Buffer.from('0000000\0'), good.subarray(156)]),
    /not a server file/,
  ],
};

/** A cache directory with content, and what is around it. */
function surroundings(t: { testdir(): string }) {
  const directory = t.testdir();
  mkdirSync(join(directory, 'cache', 'servers', 'blobs'), { recursive: true });
  writeFileSync(join(directory, 'cache', 'servers', 'blobs', digest('kept')), 'kept');
  return directory;
}

/** One line and one hint, with the place and without control characters. */
function isClear(error: unknown, file: string): error is UsageError {
  return (
    error instanceof UsageError &&
    error.place === file &&
    error.hint !== undefined &&
    !/[\p{Cc}\p{Cf}]/u.test(`${error.message}${error.hint}`) &&
    error.message.length < 400
  );
}

void t.test('each hostile file gets one clear line, and nothing is written', async (t) => {
  const directory = surroundings(t);
  const cache = join(directory, 'cache');
  const file = join(directory, 'file.tar');
  for (const [name, [content, message]] of Object.entries(hostile)) {
    writeFileSync(file, content);
    const before = withoutTimes(directory);
    const error: unknown = await readServerFile(file, join(cache, 'servers', 'blobs')).catch(
      (error: unknown) => error,
    );
    t.ok(isClear(error, file), `${name}: ${String(error)}`);
    t.match((error as Error).message, message, name);
    t.equal(withoutTimes(directory), before, `${name}: nothing is written`);
  }
  t.equal(({} as { polluted?: number }).polluted, undefined);
});

void t.test('a new cache is not left behind', async (t) => {
  const directory = t.testdir({ 'x.tar': 'x' });
  const blobs = join(directory, 'a', 'b', 'c');
  await t.rejects(readServerFile(join(directory, 'x.tar'), blobs));
  t.strictSame(names(directory), ['x.tar']);
});

void t.test('truncated anywhere', async (t) => {
  const directory = surroundings(t);
  const file = join(directory, 'file.tar');
  const lengths = [1, 100, 257, 511, 512, 513, 600, 1023, 1024, 1025, 1200, 1535, 1536, 1537, 1538];
  for (const length of lengths) {
    writeFileSync(file, good.subarray(0, length));
    const before = withoutTimes(directory);
    const error: unknown = await readServerFile(
      file,
      join(directory, 'cache', 'servers', 'blobs'),
    ).catch((error: unknown) => error);
    t.ok(isClear(error, file), `${length}: ${String(error)}`);
    t.equal(withoutTimes(directory), before, String(length));
  }
});

void t.test('any change of a few bytes gives the same content or one clear error', async (t) => {
  const directory = t.testdir();
  const expected = JSON.stringify(JSON.parse(manifestOf([one])));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 })), {
        minLength: 1,
        maxLength: 3,
      }),
      fc.boolean(),
      async (changes, corrects) => {
        const copy = Buffer.from(good);
        for (const [at, bits] of changes) copy[at] = (copy[at] ?? 0) ^ bits;
        if (corrects) for (const at of [0, 1024]) header.sum(copy.subarray(at, at + 512));
        const file = join(directory, 'file.tar');
        writeFileSync(file, copy);
        const blobs = mkdtempSync(join(directory, 'blobs-'));
        try {
          const { manifest } = await readServerFile(file, blobs);
          // No digest protects server.json: an `x` for a `y` in it is another name.
          const isOther = changes.some(([at]) => at >= 512 && at < 1024);
          return isOther || JSON.stringify(manifest) === expected;
        } catch (error) {
          return isClear(error, file) && names(blobs).length === 0;
        }
      },
    ),
    { seed: 20261128, numRuns: 300 },
  );
  t.pass();
});

void t.test('what is not a file at all', async (t) => {
  const directory = surroundings(t);
  execaSync('mkfifo', [join(directory, 'pipe')]);
  mkdirSync(join(directory, 'directory'));
  for (const name of ['pipe', 'directory', 'missing']) {
    const file = join(directory, name);
    const before = withoutTimes(directory);
    const error: unknown = await readServerFile(file, join(directory, 'new')).catch(
      (error: unknown) => error,
    );
    t.ok(isClear(error, file), `${name}: ${String(error)}`);
    t.equal(withoutTimes(directory), before);
  }
});

void t.test('through the command line', async (t) => {
  const directory = surroundings(t);
  const chosen = [
    'empty',
    'text',
    'gzip',
    'climbing name',
    'symlink',
    'wrong digest',
    'missing blob',
    'not JSON',
    'unknown key with control characters',
    'odd member name',
    'bidi',
    'terabytes in base 256',
  ];
  for (const name of chosen)
    writeFileSync(join(directory, `${name}.tar`), hostile[name]?.[0] ?? '');
  writeFileSync(join(directory, 'secret.tar'), good);
  chmodSync(join(directory, 'secret.tar'), 0);
  const before = withoutTimes(directory);
  const files = [...chosen.map((name) => `${name}.tar`), 'missing.tar', 'cache'];
  if (process.getuid?.() !== 0) files.push('secret.tar');
  for (const name of files) {
    const { exitCode, stdout, stderr } = await kexecLab(['server', 'show', join(directory, name)], {
      KEXEC_LAB_CACHE: join(directory, 'cache'),
    });
    t.equal(exitCode, 2, name);
    t.equal(stdout, '');
    t.equal(stderr.split('\n').length, 2, stderr);
    t.ok(stderr.includes(join(directory, name)), name);
    t.notMatch(stderr, /\x1b|\u202e/);
  }
  t.equal(withoutTimes(directory), before);
});

void t.test('valid files with strange content', async (t) => {
  const directory = surroundings(t);
  const file = join(directory, 'file.tar');
  const open = async (
    contents: Record<string, string | Buffer>,
    links: Record<string, string> = {},
  ) => {
    const entries = [
      ...Object.entries(contents).map(([name, content]) => ({
        ...(name.startsWith('/')
          ? { kind: 'file', path: name, program: true }
          : { kind: 'text', name }),
        size: Buffer.byteLength(content),
        sha256: digest(content),
      })),
      ...Object.entries(links).map(([path, target]) => ({ kind: 'link', path, target })),
    ];
    const blobs = new Map(Object.values(contents).map((content) => [digest(content), content]));
    writeFileSync(
      file,
      serverTar(
        entries,
        [...blobs].map(([sha256, content]) => ({ name: `blobs/${sha256}`, content })),
      ),
    );
    return openServer(file, join(directory, 'cache'));
  };
  const usual = {
    uname: 'Linux 6.1.0 #1 SMP aarch64',
    lsblk:
      'NAME="vda" KNAME="vda" TYPE="disk" SIZE="100"\nNAME="vda1" KNAME="vda1" PKNAME="vda" TYPE="part" SIZE="90" MOUNTPOINT="/"\n',
    '/boot/vmlinuz-6.1.0': 'this is not a kernel',
  };
  t.match(await open(usual), { arch: 'aarch64', kexec: { by: 'none' } });
  const circles = {
    '/vmlinuz': '/a',
    '/a': '/b',
    '/b': '/vmlinuz',
    '/c': 'c',
    '/d': '../../../../d',
  };
  t.match(await open(usual, circles), { defaultKernel: { release: '6.1.0' } });
  const long = await open({ ...usual, '/etc/os-release': `PRETTY_NAME="${'x'.repeat(2 ** 24)}"` });
  t.ok(long.distribution.name.length < 200);
  const blanks = `[Service]\nExecStart=${' '.repeat(2 ** 20)}x${' '.repeat(2 ** 20)}y\n`;
  t.match(
    await open(
      { ...usual, '/u/kexec.service': blanks },
      { '/e/a.wants/kexec.service': '/u/kexec.service' },
    ),
    { kexec: { by: 'none' } },
  );
  const parents =
    'NAME="a" KNAME="a" PKNAME="b" TYPE="lvm" MOUNTPOINT="/"\nNAME="b" KNAME="b" PKNAME="a" TYPE="lvm"\n';
  for (const [name, changed] of Object.entries({
    'devices in a circle': { ...usual, lsblk: parents },
    'no kernel': { uname: usual.uname, lsblk: usual.lsblk },
    'another architecture': { ...usual, uname: 'Linux 6.1.0 x86_64' },
    'no lsblk': { ...usual, lsblk: 'junk' },
    'an architecture of 16 MB': { ...usual, uname: 'x'.repeat(2 ** 24) },
    'control characters in texts': { ...usual, uname: 'Linux \x1b[2J \u202e x86' },
  })) {
    const error: unknown = await open(changed).catch((error: unknown) => error);
    t.ok(error instanceof UsageError, `${name}: ${String(error).slice(0, 200)}`);
    t.ok((error as Error).message.length < 400, name);
  }
});

void t.test('links lead in circles', (t) => {
  const entries = Array.from({ length: 50 }, (_, at) => ({
    kind: 'link' as const,
    path: `/l${at}`,
    target: `l${at + 1}`,
  }));
  const last = {
    kind: 'file' as const,
    path: '/l50',
    program: false,
    size: 1,
    sha256: 'a'.repeat(64),
  };
  const captured = openCaptured({
    manifest: {
      schema: 'kexec-lab/server@1',
      capturedBy: 'x',
      capturedOn: '2026-11-28',
      asRoot: true,
      entries: [...entries, last, { kind: 'link', path: '/self', target: 'self' }],
    },
    contentOf: () => '/nonexistent',
  });
  t.equal(captured.file('/self'), null);
  t.equal(captured.file('/l0'), null, 'more than 40 links, as Linux');
  t.equal(captured.file('/l20')?.path, '/l50');
  t.equal(captured.read('/missing'), null);
  t.equal(captured.text('missing'), null);
  t.strictSame(captured.texts('x'), []);
  t.strictSame(captured.files('/l'), [], 'a directory, not the beginning of a name');
  t.end();
});

/** Reading a directory changes nothing, but making a temporary directory in it changes its times. */
function withoutTimes(directory: string): string {
  return digestOf(directory, { times: false });
}

function names(directory: string): string[] {
  return execaSync('find', ['.', '-mindepth', '1'], { cwd: directory })
    .stdout.split('\n')
    .filter(Boolean)
    .map((name) => name.slice(2));
}
