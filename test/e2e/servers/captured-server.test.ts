import { readFileSync } from 'node:fs';
import { copyFile, cp, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Test } from 'tap';
import t from 'tap';
import { runReportSchema } from '../../../src/model/run.ts';
import { temporaryDirectory } from '../../qemu/machine-fixtures.ts';

// Whole Debians are captured while they run, and booted again from their files alone. Then something is broken, and `check` must
// hold. KEXEC_LAB_SERVERS names servers of test/servers, such as script:arm,lvm; all: each of them. KEXEC_LAB_OTHER_CACHE: another
// cache for what is made of the files. KEXEC_LAB_KEEP: a directory for all files.

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const program = join(repository, 'dist/cli/main.js');

/** What `check` must say of a broken version: the reason for HOLD. */
type Broken = {
  /** root: the server's settings name another root; driver: the kernel has no driver for the disk; cut: half a kernel. */
  how: 'root' | 'driver' | 'cut';
  reason: RegExp;
};

const servers: Record<string, Broken> = {
  'script:aarch64': { how: 'driver', reason: /root-missing/ },
  'script:arm': { how: 'root', reason: /root-mount-failed/ },
  'uuid-boot:aarch64': { how: 'root', reason: /root-missing/ },
  'vps:aarch64': { how: 'cut', reason: /bye-hang/ },
  'lvm:aarch64': { how: 'root', reason: /root-missing/ },
  'grub-xfs:aarch64': { how: 'cut', reason: /firmware-stuck/ },
  'grub-lvm:aarch64': { how: 'root', reason: /root-mount-failed/ },
  'systemd-boot-btrfs:aarch64': { how: 'root', reason: /root-missing/ },
  'systemctl-kexec:aarch64': { how: 'root', reason: /root-missing/ },
  'c1:arm': { how: 'cut', reason: /bye-hang|kexec-load-failed/ },
};

const wanted = process.env.KEXEC_LAB_SERVERS ?? 'grub-lvm';
const names =
  wanted === 'all'
    ? Object.keys(servers)
    : wanted.split(',').map((name) => (name.includes(':') ? name : `${name}:aarch64`));

for (const name of names) {
  t.test(`${name} boots from its file as it booted, and is held when broken`, async (t) => {
    const broken = servers[name];
    if (broken === undefined) throw new Error(`unknown server ${name}`);
    const [server = '', arch = ''] = name.split(':');
    const directory = await directoryOf(t, server, arch);

    const original = await boot(directory, 'original', ['./server/original.yaml', '--arch', arch]);
    t.match(original.result, { verdict: 'pass', outcome: 'booted' }, original.output);
    const output = join(original.directory, 'output.img');
    const file = await captured(directory, 'web1', output, 0);
    t.notOk(readFileSync(file).includes('sixteen-geese'), 'passwords are removed');

    const copy = await boot(directory, 'copy', ['--server', file]);
    t.match(copy.result, { verdict: 'pass', outcome: 'booted' }, copy.output);
    t.same(await factsOf(copy), await factsOf(original), 'what the two boots show is the same');
    if (server === 'grub-lvm')
      t.match(
        copy.result?.server?.likeness.find(({ what }) => what === 'mounts'),
        { how: 'not here', detail: '/srv' },
        'a disk that is missing is named',
      );

    await lab(directory, 'server', 'unpack', file, 'unpacked');
    const kernel = await kernelDirectory(directory, broken.how);
    const other =
      broken.how === 'root'
        ? await captured(join(directory, 'changed'), 'web1', output, half)
        : file;
    const check = await lab(
      directory,
      ...['check', '--server', other, '--kernel', kernel, '--repeat', '1', '--json'],
      ...['--against', copy.run],
    );
    t.comment(check.all);
    t.equal(check.exitCode, 7, 'HOLD');
    const { reasons } = JSON.parse(check.stdout) as { reasons: string[] };
    t.match(reasons.join('\n'), broken.reason, 'for the right reason');
  });
}

type Boot = Awaited<ReturnType<typeof boot>>;

/**
 * What must be the same. A machine id is replaced in the file.
 * kexec's options: the command line is that of --append, the kernel's banner and the size of its initrd name the files.
 */
async function factsOf({ result, directory }: Boot): Promise<object> {
  const { release, root, cmdline } = result?.captures ?? {};
  const console = await readFile(join(directory, 'console.log'), 'utf8');
  return {
    outcome: result?.outcome,
    generation: result?.generation,
    release,
    root,
    cmdline: cmdline?.replace(/\b[\da-f]{32}\b/g, 'MACHINE-ID'),
    kernel: console.match(/(?<=\] )Linux version .*(?=\r?$)/gm)?.at(-1),
    initrd: console.match(/(?<=\] )Freeing initrd memory: \d+K/g)?.at(-1),
  };
}

/** The files of the server, and the overlays that servers share. */
async function directoryOf(t: Test, server: string, arch: string): Promise<string> {
  const keep = process.env.KEXEC_LAB_KEEP;
  const directory = keep === undefined ? temporaryDirectory(t) : join(keep, `${server}-${arch}`);
  if (keep !== undefined) await rm(directory, { recursive: true, force: true });
  const own = join(directory, 'server');
  await mkdir(join(own, 'capture'), { recursive: true });
  await cp(join(repository, 'test/servers', server), own, { recursive: true });
  await copyFile(join(repository, 'assets/capture.sh'), join(own, 'capture/capture.sh'));
  for (const overlay of ['boot-sh', 'kexec-service'])
    await cp(join(repository, `images/debian-${overlay}`), join(own, overlay), { recursive: true });
  return directory;
}

function lab(cwd: string, ...args: string[]) {
  const cache = process.env.KEXEC_LAB_OTHER_CACHE;
  const isCopy = !args.includes('./server/original.yaml');
  return execa(process.execPath, [program, ...args], {
    cwd,
    reject: false,
    all: true,
    env: cache !== undefined && isCopy ? { XDG_CACHE_HOME: cache } : {},
  });
}

async function boot(directory: string, name: string, words: string[]) {
  const report = `${name}.json`;
  const run = await lab(
    directory,
    ...['run', ...words, '--out', `runs-${name}`],
    ...['--reporter', 'plain', '--reporter', `json=${report}`],
  );
  const text = await readFile(join(directory, report), 'utf8').catch(() => '');
  const [result] = text === '' ? [] : runReportSchema.parse(JSON.parse(text)).results;
  const latest = join(directory, `runs-${name}/latest`);
  return { result, output: run.all, run: latest, directory: join(latest, result?.directory ?? '') };
}

/** Where the second capture is on the output disk, that of the changed server. Bytes. */
const half = 256 * 2 ** 20;

/** Makes a server file of a capture on the output disk. */
async function captured(
  directory: string,
  name: string,
  output: string,
  offset: number,
): Promise<string> {
  await mkdir(directory, { recursive: true });
  const raw = join(directory, `${name}.raw`);
  const bytes = Buffer.alloc(half);
  const handle = await open(output);
  await handle.read(bytes, 0, half, offset).finally(() => handle.close());
  await writeFile(raw, bytes);
  const file = join(directory, `${name}.server.tar`);
  const { exitCode, all } = await lab(directory, 'capture', '--from', raw, '-o', file);
  if (exitCode !== 0) throw new Error(all);
  return file;
}

/** The server's own kernel as a kernel under test, broken or whole. */
async function kernelDirectory(directory: string, how: Broken['how']): Promise<string> {
  const kernels = join(directory, 'unpacked/kernels');
  const find = async (...words: string[]) =>
    (await execa('find', [kernels, ...words])).stdout.split('\n');
  const [kernel = ''] = await find('-path', '*/boot/vmlinuz-*');
  const release = basename(kernel).replace('vmlinuz-', '');
  const candidate = join(directory, 'candidate');
  await mkdir(join(candidate, 'lib/modules'), { recursive: true });
  for (const file of [kernel, join(dirname(kernel), `config-${release}`)])
    await copyFile(file, join(candidate, basename(file)));
  const [modules = ''] = await find('-path', `*/lib/modules/${release}`);
  await cp(modules, join(candidate, 'lib/modules', release), { recursive: true });
  if (how === 'cut') {
    const file = join(candidate, basename(kernel));
    const whole = await readFile(file);
    await writeFile(file, whole.subarray(0, whole.length / 3));
  }
  if (how === 'driver')
    for (const file of await find('-name', 'virtio_blk.ko*'))
      await rm(file.replace(dirname(modules), join(candidate, 'lib/modules')));
  return candidate;
}
