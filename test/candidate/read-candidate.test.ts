import { truncateSync, readFileSync, symlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { readCandidate } from '../../src/candidate/read-candidate.ts';
import { deb, image, initramfs, kernelFiles, writeTree, zImage } from './files.ts';

const cacheDir = t.testdir({});
const read = (words: Parameters<typeof readCandidate>[0]) => readCandidate(words, { cacheDir });

void t.test('a suite is for both architectures, a package for the one in its name', async (t) => {
  t.match(await read({ kernel: 'debian:sid' }), {
    kernel: { suite: 'sid', package: { arm: 'linux-image-armmp-lpae' } },
    arches: ['aarch64', 'arm'],
  });
  const name = 'linux-image-6.12.95+deb12-armmp-lpae';
  t.match(await read({ kernel: `debian:bookworm-backports/${name}` }), {
    kernel: { suite: 'bookworm-backports', package: { arm: name } },
    arches: ['arm'],
  });
  t.match(await read({ kexecTools: 'debian:trixie' }), {
    kernel: { suite: 'bookworm' },
    tools: { suite: 'trixie' },
  });
});

void t.test('a first kernel restricts the architectures to its own', async (t) => {
  const firstKernel = 'debian:bookworm/linux-image-6.1.0-10-cloud-arm64';
  t.match(await read({ kernel: 'debian:sid', firstKernel }), {
    kernel: { suite: 'sid' },
    firstKernel: { suite: 'bookworm', package: { aarch64: 'linux-image-6.1.0-10-cloud-arm64' } },
    arches: ['aarch64'],
    label: { firstKernel },
  });
});

void t.test('packages are kept as they are, in their order', async (t) => {
  const directory = t.testdir({});
  const all = kernelFiles();
  const binary = deb(directory, 'linux-binary', { 'usr/lib/modules/6.9-test/vmlinuz': image() });
  const modules = deb(directory, 'linux-modules', { 'usr/lib/modules/6.9-test/kernel/empty': '' });
  const classic = deb(directory, 'linux-image', all);
  const one = await read({ kernel: classic });
  t.match(one, { arches: ['aarch64'], label: { kernel: classic, initrd: null } });
  const { debs } = (await read({ kernel: `${binary},${modules}` })).kernel as { debs: string[] };
  t.equal(debs.length, 2);
  for (const sha256 of debs) t.match(sha256, /^[0-9a-f]{64}$/);
  t.same(
    readFileSync(join(cacheDir, 'candidates', debs[0] ?? '')),
    readFileSync(binary),
    'the cache has a copy',
  );
  t.same(await read({ kernel: classic }), one, 'the same is the same');
});

void t.test('what is wrong with a package is one line', async (t) => {
  const directory = t.testdir({ 'text.deb': 'no package', 'empty.deb': '' });
  const foreign = deb(directory, 'foreign', kernelFiles(), 'amd64');
  const arm = deb(directory, 'arm', kernelFiles(), 'armhf');
  const arm64 = deb(directory, 'arm64', kernelFiles());
  const without = deb(directory, 'without', { 'usr/share/doc/x': 'text' });
  const cut = deb(directory, 'cut', kernelFiles({ 'boot/filler': Buffer.alloc(100_000, 'x') }));
  truncateSync(cut, statSync(cut).size - 200);
  const incomplete = { cause: { name: 'UsageError', cause: { name: 'ToolFailure' } } };
  const wrong: Record<string, object> = {
    [foreign]: { message: /: .*\bamd64\b.*\barm64\b.*\barmhf\b/ },
    [`${arm},${arm64}`]: { message: /: .*\barmhf\b.*\barm64\b/ },
    [without]: { message: without, hint: /\blinux-binary-….*\blinux-modules-…/ },
    [cut]: incomplete,
    [join(directory, 'text.deb')]: incomplete,
    [join(directory, 'empty.deb')]: {
      place: `--kernel ${join(directory, 'empty.deb')}`,
      cause: undefined,
    },
    [join(directory, 'missing.deb')]: { cause: { code: 'ENOENT' } },
    [join(directory, 'missing')]: { cause: { code: 'ENOENT' } },
  };
  for (const [kernel, refusal] of Object.entries(wrong))
    await t.rejects(read({ kernel }), { name: 'UsageError', ...refusal }, kernel);
  await t.rejects(read({ kernel: arm64, kexecTools: arm64 }), {
    exitCode: 2,
    message: `--kexec-tools ${arm64}: `,
  });
});

void t.test('a directory is what a kernel was installed into', async (t) => {
  const directory = writeTree(t.testdir({}), kernelFiles());
  const plain = await read({ kernel: directory });
  t.match(plain, { kernel: { snapshot: /^[0-9a-f]{64}$/ }, initrd: null, arches: ['aarch64'] });
  symlinkSync('boot/vmlinuz-6.9-test', join(directory, 'vmlinuz'));
  t.same((await read({ kernel: directory })).kernel, plain.kernel, 'a link is the same kernel');
  writeTree(directory, { 'boot/initrd.img-6.9-test': initramfs([]) });
  t.match(await read({ kernel: directory }), {
    initrd: /^[0-9a-f]{64}$/,
    label: { initrd: join(directory, 'boot/initrd.img-6.9-test') },
  });
  writeTree(directory, { 'lib/modules/6.9-test/kernel/empty': 'not so empty' });
  const { kernel: other } = await read({ kernel: directory });
  t.notSame(other, plain.kernel, 'modules count');

  writeTree(directory, { 'boot/vmlinuz-6.10-test': image() });
  await t.rejects(read({ kernel: directory }), {
    exitCode: 2,
    message: /: boot\/vmlinuz-6\.10-test, boot\/vmlinuz-6\.9-test\b/,
  });
  const empty = t.testdir({});
  await t.rejects(read({ kernel: empty }), { exitCode: 2, message: `--kernel ${empty}: ` });
});

void t.test('modules of another kernel are not taken', async (t) => {
  const directory = writeTree(t.testdir({}), {
    vmlinuz: image('6.9-test'),
    'lib/modules/6.8/kernel/empty': '',
  });
  await t.rejects(read({ kernel: directory }), {
    exitCode: 2,
    message: / 6\.8\b.* 6\.9-test\b/,
  });
});

void t.test('a bare image needs its initramfs, and tells what it is for', async (t) => {
  const directory = writeTree(t.testdir({}), {
    image: image(),
    zimage: zImage(),
    text: 'hello',
    initrd: initramfs([]),
    x86: Buffer.concat([Buffer.alloc(0x202), Buffer.from('HdrS'), Buffer.alloc(64)]),
  });
  const [kernel, initrd] = [join(directory, 'image'), join(directory, 'initrd')];
  t.match(await read({ kernel, initrd }), { arches: ['aarch64'], initrd: String });
  t.match(await read({ kernel: join(directory, 'zimage'), initrd }), { arches: ['arm'] });
  await t.rejects(read({ kernel }), {
    exitCode: 2,
    message: `--kernel ${kernel}: `,
    hint: /--initrd FILE/,
  });
  await t.rejects(read({ kernel, initrd: join(directory, 'missing') }), {
    exitCode: 2,
    place: /^--initrd /,
    cause: { code: 'ENOENT' },
  });
  await t.rejects(read({ kernel: join(directory, 'text'), initrd }), {
    exitCode: 2,
    message: /\/text: .*\barm\b.*\baarch64\b(?!.*x86)/,
  });
  await t.rejects(read({ kernel: join(directory, 'x86'), initrd }), {
    exitCode: 2,
    message: /\/x86: .*\barm\b.*\baarch64\b.*\bx86\b/,
  });
});

void t.test('a program kexec must be for the kernel’s architecture', async (t) => {
  const elf = Buffer.alloc(64);
  elf.write('\x7fELF', 'latin1');
  elf.writeUInt16LE(183, 18);
  const directory = writeTree(t.testdir({}), {
    kexec: elf,
    image: image(),
    zimage: zImage(),
    initrd: initramfs([]),
    text: 'hello',
  });
  const initrd = join(directory, 'initrd');
  const kexecTools = join(directory, 'kexec');
  const tested = await read({ kernel: join(directory, 'image'), initrd, kexecTools });
  t.match(tested.tools, { program: /^[0-9a-f]{64}$/ });
  await t.rejects(read({ kernel: join(directory, 'zimage'), initrd, kexecTools }), {
    exitCode: 2,
    message: /\/kexec .*\baarch64 \(arm64\).*\barm\b/,
  });
  await t.rejects(read({ kexecTools: join(directory, 'text') }), {
    exitCode: 2,
    message: /\/text: .*\.deb\b.*\barm\b.*\baarch64\b/,
  });
});

void t.test('a directory of packages is the kernel in them', async (t) => {
  const directory = t.testdir({});
  const one = join(directory, 'one');
  writeTree(one, { readme: 'built' });
  deb(one, 'linux-image-6.9-test', kernelFiles());
  deb(one, 'linux-headers-6.9-test', { 'usr/src/x': '' });
  t.match(await read({ kernel: one }), { arches: ['aarch64'], kernel: { debs: { length: 1 } } });
  deb(one, 'linux-image-6.10', kernelFiles({}, '6.10'));
  await t.rejects(read({ kernel: one }), { exitCode: 2, message: '6.10, 6.9-test' });
  const none = join(directory, 'none');
  writeTree(none, { readme: 'nothing was built' });
  deb(none, 'linux-headers-6.9-test', { 'usr/src/x': '' });
  await t.rejects(read({ kernel: none }), { exitCode: 2, message: none });
});
