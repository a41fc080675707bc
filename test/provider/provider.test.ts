import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Test } from 'tap';
import t from 'tap';
import { processState } from '../../src/host/processes.ts';
import type { Provider, ProviderOptions } from '../../src/provider/provider.ts';
import { startProvider } from '../../src/provider/provider.ts';
import { temporaryDirectory } from '../qemu/machine-fixtures.ts';
import { request } from './request.ts';

async function start(t: Test, options: Partial<ProviderOptions> = {}): Promise<Provider> {
  const provider = await startProvider({ tags: {}, commercialType: 'C1', ...options });
  t.teardown(() => provider.stop());
  return provider;
}

const socketOf = ({ forwards }: Provider, port: number): string =>
  forwards.find((forward) => forward.port === port)?.socket ?? '';
const metadata = (provider: Provider) => socketOf(provider, 80);
const volume = (provider: Provider) => `nbd+unix:///root?socket=${socketOf(provider, 4448)}`;

/** A raw image of one MiB that begins with `text`. */
function image(t: Test, text: string): string {
  const file = join(temporaryDirectory(t), 'disk');
  writeFileSync(file, Buffer.concat([Buffer.from(text), Buffer.alloc((1 << 20) - text.length)]));
  return file;
}

const io = (uri: string, ...commands: string[]) =>
  execa('qemu-io', ['-f', 'raw', ...commands.flatMap((c) => ['-c', c]), uri], { all: true });

t.test('tags can be changed while it runs', async (t) => {
  const provider = await start(t, { tags: { A: 'old' } });
  t.match((await request(metadata(provider), '/conf')).body, 'TAGS_0=A=old\n');
  provider.setTags({ A: 'new' });
  t.match((await request(metadata(provider), '/conf')).body, 'TAGS_0=A=new\n');
});

t.test('states that were reported, after a while of being too busy', async (t) => {
  const provider = await start(t, { faults: { busy: 2 } });
  const statuses = [];
  for (const state of ['kernel-started', 'kernel-started', 'kernel-started', 'booted']) {
    const body = JSON.stringify({ state_detail: state });
    const { status } = await request(metadata(provider), '/state', { method: 'PATCH', body });
    statuses.push(status);
  }
  t.same(statuses, [429, 429, 200, 200]);
  t.same(
    provider.reported.map(({ state }) => state),
    ['kernel-started', 'booted'],
  );
  t.ok(provider.reported.every(({ atMs }, index, all) => atMs >= (all[index - 1]?.atMs ?? 0)));
});

t.test('an outage: nothing listens', async (t) => {
  const provider = await start(t, { faults: { down: true } });
  await t.rejects(request(metadata(provider), '/conf'), { code: 'ENOENT' });
});

t.test('a volume that cannot be written is read all the same', async (t) => {
  const uri = volume(await start(t, { disk: image(t, 'original'), readOnly: true }));
  await t.rejects(io(uri, 'write -P 0x42 0 512'), /Permission denied/);
  const { all } = await execa('qemu-io', ['-r', '-f', 'raw', '-c', 'read -P 0x6f 0 1', uri], {
    all: true,
  });
  t.match(all, /read 1\/1 bytes/, 'an o');
});

t.test('a volume: several clients see what one writes, the image never does', async (t) => {
  const disk = image(t, 'original');
  const provider = await start(t, { disk });
  const uri = volume(provider);
  const info = await execa('qemu-img', ['info', '--output=json', uri]);
  t.match(JSON.parse(info.stdout), { 'virtual-size': 1 << 20 });
  t.match((await request(metadata(provider), '/conf')).body, 'VOLUMES_0_SIZE=1048576\n');

  await io(uri, 'write -P 0x42 0 512');
  await Promise.all([io(uri, 'read -P 0x42 0 512'), io(uri, 'read -P 0x42 0 512')]);
  t.match(await io(uri, 'read -P 0x41 0 512').catch(String), 'Pattern verification');
  t.equal(readFileSync(disk).subarray(0, 8).toString(), 'original');

  await provider.killDisk();
  await provider.killDisk();
  await t.rejects(io(uri, 'read 0 512'), 'it can go away');
  t.match(await request(metadata(provider), '/conf'), { status: 200 }, 'and the rest stays');
});

t.test('a volume that cannot be served', async (t) => {
  const missing = join(temporaryDirectory(t), 'missing');
  await t.rejects(startProvider({ tags: {}, commercialType: 'C1', disk: missing }), {
    name: 'UnavailableError',
    place: missing,
    cause: { code: 'ENOENT' },
  });
  await t.rejects(startProvider({ tags: {}, commercialType: 'C1', disk: dirname(missing) }), {
    name: 'UnavailableError',
    message: /^qemu-nbd\b.*: .*regular file/s,
  });
});

t.test('stop leaves nothing, however often it is called', async (t) => {
  const provider = await startProvider({ tags: {}, commercialType: 'C1', disk: image(t, '') });
  const directory = dirname(metadata(provider));
  await Promise.all([provider.stop(), provider.stop()]);
  await provider.stop();
  t.notOk(existsSync(directory));
});

t.test("the volume's server ends with the lab, even if the lab is killed", async (t) => {
  const holder = fileURLToPath(new URL('../fixtures/hold-provider.ts', import.meta.url));
  const lab = spawn(
    process.execPath,
    ['--import=tsx', holder, image(t, ''), temporaryDirectory(t)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const [said] = (await once(lab.stdout, 'data')) as [Buffer];
  const pid = Number(said.toString());
  t.ok(existsSync(`/proc/${pid}`));
  lab.kill('SIGKILL');
  await once(lab, 'close');
  // The test's own timeout is the limit.
  while (isAlive(pid)) await sleep(20);
  t.pass('it is gone');
});

/** A zombie is dead: it only waits for somebody to ask how it ended. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

t.test(
  "a volume's server that is killed is a problem of the lab; one that a step ends is not",
  async (t) => {
    const children = async (): Promise<number[]> => {
      const { stdout } = await execa('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)]);
      return stdout
        .split('\n')
        .filter((line) => line.includes('qemu-nbd'))
        .map((line) => Number(line.trim().split(' ')[0]));
    };
    const before = await children();
    const pidOf = async (): Promise<number> =>
      (await children()).find((pid) => !before.includes(pid)) ?? 0;

    const asked = await start(t, { disk: image(t, 'original') });
    await asked.mustBeWhole();
    await asked.killDisk();
    await asked.mustBeWhole();

    const provider = await start(t, { disk: image(t, 'original') });
    const pid = await pidOf();
    process.kill(pid, 'SIGSTOP');
    while ((await processState(pid)) !== 'T') await sleep(5);
    await t.rejects(provider.mustBeWhole(), {
      name: 'UnavailableError',
      message: /^qemu-nbd\b(?!.*SIG)/,
    });
    process.kill(pid, 'SIGCONT');
    process.kill(pid, 'SIGKILL');
    await t.rejects(provider.trouble, {
      name: 'UnavailableError',
      message: /^qemu-nbd\b.*\bSIGKILL\b/,
    });
    await t.rejects(provider.mustBeWhole(), { name: 'UnavailableError' });
  },
);

t.test('a socket that somebody removes is trouble', async (t) => {
  const provider = await start(t);
  await provider.mustBeWhole();
  const place = metadata(provider);
  rmSync(place);
  await t.rejects(provider.mustBeWhole(), { name: 'UnavailableError', place });
});
