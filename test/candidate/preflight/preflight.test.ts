import { join } from 'node:path';
import t from 'tap';
import { preflight, refuseUnusable } from '../../../src/candidate/preflight/preflight.ts';
import { readCandidate } from '../../../src/candidate/read-candidate.ts';
import type { Shape } from '../../../src/qemu/shape.ts';
import type { Kexec } from '../../../src/candidate/preflight/load-facts.ts';
import { kexecOf } from '../../../src/candidate/preflight/load-facts.ts';
import { kexecLab } from '../../cli/kexec-lab.ts';
import { least } from '../../scenario/files.ts';
import { deb, image, initramfs, kernelFiles, signedImage, writeTree } from '../files.ts';

const cacheDir = t.testdir({});

/** What preflight finds, as `severity id`. */
async function findings(words: Parameters<typeof readCandidate>[0], cmdline?: string) {
  const candidate = await readCandidate(words, { cacheDir });
  const options = { cacheDir, ...(cmdline !== undefined && { cmdline }) };
  const { findings: found } = await preflight(candidate, 'aarch64', options);
  return found.map(({ severity, id }) => `${severity} ${id}`);
}

const modules = (release: string, ...names: string[]) =>
  names.map((name) => `usr/lib/modules/${release}/kernel/${name}.ko.xz`);

void t.test('nothing is wrong with a good kernel', async (t) => {
  t.same(await findings({ kernel: deb(t.testdir({}), 'good', kernelFiles()) }), []);
});

void t.test('a truncated image', async (t) => {
  const cut = signedImage().subarray(0, 3000);
  const kernel = deb(t.testdir({}), 'cut', kernelFiles({ 'boot/vmlinuz-6.9-test': cut }));
  t.same(await findings({ kernel }), ['stop image-damaged']);
  const candidate = await readCandidate({ kernel }, { cacheDir });
  await t.rejects(refuseUnusable(candidate, 'aarch64', { cacheDir }), {
    exitCode: 2,
    message: /3000 .*4096/,
  });
  const whole = deb(
    t.testdir({}),
    'whole',
    kernelFiles({ 'boot/vmlinuz-6.9-test': signedImage() }),
  );
  t.same(await findings({ kernel: whole }), []);
});

void t.test('a kernel without kexec', async (t) => {
  const config = { 'boot/config-6.9-test': '# CONFIG_KEXEC is not set\n' };
  const kernel = deb(t.testdir({}), 'no-kexec', kernelFiles(config));
  t.same(await findings({ kernel }), ['stop no-kexec']);
});

void t.test('a kernel, or an initramfs, without virtio', async (t) => {
  const directory = t.testdir({});
  const builtIn = {
    'lib/modules/6.9-test/modules.builtin': 'kernel/virtio_pci.ko\nkernel/ext4.ko\n',
    'boot/config-6.9-test': 'CONFIG_KEXEC=y\nCONFIG_VIRTIO_BLK=m\n',
  };
  const kernel = deb(directory, 'modular', kernelFiles(builtIn));
  t.same(await findings({ kernel }), ['stop no-virtio-blk'], 'no module, and not built in');
  const write = (name: string, names: string[]) => {
    writeTree(directory, { [name]: initramfs(names) });
    return join(directory, name);
  };
  const bare = write('bare', ['init', ...modules('6.9-test', 'ext4')]);
  t.same(await findings({ kernel, initrd: bare }), ['stop no-virtio-blk']);
  const good = write('good', ['init', ...modules('6.9-test', 'virtio_blk')]);
  t.same(await findings({ kernel, initrd: good }), []);
  const other = write('other', ['init', ...modules('6.8', 'virtio_blk')]);
  t.same(await findings({ kernel, initrd: other }), ['stop initrd-other-release']);
});

void t.test('an image alone: what cannot be known is a warning or a note', async (t) => {
  const directory = writeTree(t.testdir({}), {
    image: image(),
    initrd: initramfs(['init']),
    text: 'text',
  });
  const kernel = join(directory, 'image');
  t.same(await findings({ kernel, initrd: join(directory, 'initrd') }), [
    'warn no-virtio-blk',
    'warn no-virtio-pci',
    'warn no-ext4',
    'note config-unknown',
  ]);
  const list = 'kernel/virtio_blk.ko\nkernel/virtio_pci.ko\nkernel/fs/ext4/ext4.ko\n';
  const builtIn = (release: string) =>
    initramfs(['init'], { [`usr/lib/modules/${release}/modules.builtin`]: list });
  writeTree(directory, { listed: builtIn('6.9-test'), foreign: builtIn('6.8') });
  const listed = await findings({ kernel, initrd: join(directory, 'listed') });
  t.same(listed, ['note config-unknown'], 'modules.builtin of the initramfs counts');
  const foreign = await findings({ kernel, initrd: join(directory, 'foreign') });
  t.match(foreign, ['warn no-virtio-blk'], 'that of another kernel does not');
  const damaged = await findings({ kernel, initrd: join(directory, 'text') });
  t.same(damaged, ['stop initrd-damaged', 'note config-unknown']);
});

void t.test('a good kernel with the wrong root', async (t) => {
  const kernel = deb(t.testdir({}), 'good', kernelFiles());
  t.same(await findings({ kernel }, 'root=/dev/vda1 root=/dev/vda'), [
    'stop root-is-the-whole-disk',
  ]);
  t.same(await findings({ kernel }, 'root=/dev/vda2'), ['stop root-not-there']);
});

void t.test('the rules about machines are applied to each machine', async (t) => {
  const large = image();
  large.writeUInt32LE(0b1100, 24);
  const kernel = deb(t.testdir({}), 'large', kernelFiles({ 'boot/vmlinuz-6.9-test': large }));
  const candidate = await readCandidate({ kernel }, { cacheDir });
  const on = (shape: Shape) => kexecOf({ machine: 'aarch64', shape, cmdline: '', tags: {} });
  const examined = async (...kexecs: Kexec[]) => {
    const { findings: found, rules } = await preflight(candidate, 'aarch64', { cacheDir, kexecs });
    const unchecked = rules.filter(({ notChecked }) => notChecked !== null);
    return {
      found: found.map(({ id, source }) => `${id} ${source.replace(/.*machine /, '')}`),
      unchecked: unchecked.map(({ name }) => name),
    };
  };
  const [small, server, its] = [on({}), on({ cpu: 'neoverse-n1' }), on({ gic: 3 })];
  t.same((await examined(server)).found, []);
  t.same((await examined(server, small, small)).found, ['page-size aarch64'], 'each once');
  t.same((await examined(small, its)).found, [
    'page-size aarch64',
    'page-size aarch64 gic=3',
    'lpi-tables aarch64 gic=3: virt,gic-version=3',
  ]);
  t.ok((await examined()).unchecked.includes('page size'));
  t.notOk((await examined(small)).unchecked.includes('page size'));
  t.ok((await examined(server, on({ cpu: 'unheard-of' }))).unchecked.includes('page size'));
});

void t.test('the disk of each machine needs its drivers and the right root=', async (t) => {
  const kernel = deb(t.testdir({}), 'good', kernelFiles());
  const candidate = await readCandidate({ kernel }, { cacheDir });
  const found = async (...machines: [Shape, string?][]) => {
    const kexecs = machines.map(([shape, append]) =>
      kexecOf({
        ...{ machine: 'aarch64', shape, cmdline: '' },
        tags: append === undefined ? {} : { KEXEC_APPEND: append },
      }),
    );
    const { findings } = await preflight(candidate, 'aarch64', { cacheDir, kexecs });
    return findings.map(({ severity, id }) => `${severity} ${id}`);
  };
  t.same(await found([{}], [{}, 'root=/dev/vda1']), [], 'the first partition is the default');
  t.same(await found([{}], [{ disks: 'nvme' }]), ['stop no-nvme']);
  t.same(
    await found([{ disks: 'usb' }], [{ disks: 'nvme' }], [{ disks: 'nvme', cpus: 2 }]),
    ['stop no-xhci-pci', 'stop no-usb-storage', 'stop no-sd-mod', 'stop no-nvme'],
    'each driver once',
  );
  const roots = await found([{}, 'root=/dev/vda1'], [{ disks: 'virtio-mmio' }, 'root=/dev/vda']);
  t.same(roots, ['stop no-virtio-mmio', 'stop root-is-the-whole-disk']);
});

void t.test('the command exits with 7 where something cannot work', async (t) => {
  const directory = t.testdir({});
  const kernel = deb(directory, 'good', kernelFiles());
  const run = (...words: string[]) =>
    kexecLab(['preflight', '--kernel', kernel, ...words], { KEXEC_LAB_CACHE: cacheDir });
  const good = await run();
  t.match(good, {
    exitCode: 0,
    stdout:
      /^aarch64 .*good\.deb: [^\n]*\n {2}checked {2}image format, image length, kexec support,.*root=\n {2}not checked {2}system call: .*\n {2}not checked {2}interrupt tables: .*\n {2}not checked {2}page size: .*\n {2}not checked {2}initramfs archive: none/,
  });
  const wrong = await run('--root-device', '/dev/vda');
  t.match(wrong, {
    exitCode: 7,
    stdout: /\n {2}stop {2}root=\/dev\/vda /,
  });
  writeTree(directory, {
    'mine.yaml': `${least.replace(', arm', '')}boot:\n  second-kernel: ./good.deb\n  tags: { KEXEC_APPEND: root=/dev/vda }\n`,
    'none.yaml': `${least}boot: { disk: null }\n`,
    'server.yaml': `${least.replace(', arm', '')}boot:\n  second-kernel: ./good.deb\n  shape: { gic: 3 }\n`,
  });
  const examine = (name: string, ...words: string[]) =>
    kexecLab(['preflight', join(directory, name), ...words], { KEXEC_LAB_CACHE: cacheDir });
  t.match(await examine('mine.yaml'), {
    exitCode: 7,
    stdout: /good\.deb: .*\n {2}stop {2}root=\/dev\/vda /,
  });
  t.match(await examine('none.yaml'), { exitCode: 2, stderr: 'none.yaml' });
  t.match(await examine('server.yaml'), { exitCode: 0, stdout: /\(lpi-tables\)\n/ });
  const large = image();
  large.writeUInt32LE(0b1100, 24);
  const shaped = `${least.replace(', arm', '')}boot:\n  second-kernel: ./large.deb\n`;
  deb(directory, 'large', kernelFiles({ 'boot/vmlinuz-6.9-test': large }));
  writeTree(directory, {
    'small-pages.yaml': shaped,
    'server-cpu.yaml': `${shaped}  shape: { cpu: neoverse-n1 }\n`,
  });
  t.match(await examine('small-pages.yaml'), { exitCode: 7, stdout: /\n {2}stop .*\(page-size\)/ });
  t.notMatch((await examine('server-cpu.yaml')).stdout, 'page size:', 'checked');
  t.match(await examine('server-cpu.yaml'), { exitCode: 0 });
  writeTree(directory, {
    'nvme.yaml': `${shaped.replace('large', 'good')}  shape: { disks: nvme }\n  tags: { KEXEC_APPEND: root=/dev/nvme0n1p1 }\n`,
  });
  t.match(await examine('nvme.yaml'), {
    exitCode: 7,
    stdout: /^(?![^]*root-not-there)[^]*\(no-nvme\)/,
  });
  t.match(await examine('mine.yaml', '--kernel', kernel), { exitCode: 2, stderr: '--kernel' });
  const json = await run('--root-device', '/dev/vda', '--json');
  t.equal(json.exitCode, 7);
  t.match(JSON.parse(json.stdout), {
    stops: true,
    found: [
      {
        arch: 'aarch64',
        findings: [{ id: 'root-is-the-whole-disk', severity: 'stop' }],
        rules: [{ name: 'image format', notChecked: null }],
      },
    ],
  });
  t.match(await run('--arch', 'arm'), {
    exitCode: 2,
    stderr: /--arch arm: .*aarch64/,
  });
});
