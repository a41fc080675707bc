import { execa } from 'execa';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';

// Downloads from a real Debian mirror: nothing else shows that apt, its signatures and the archive are as expected.

const root = fileURLToPath(new URL('../..', import.meta.url));
const cache = t.testdir({});

/** Runs `kexec-lab images …` in the test's own cache; what it says is on standard error. */
function images(...args: string[]) {
  return execa('node', ['--import=tsx', 'src/cli/main.ts', 'images', ...args], {
    cwd: root,
    env: { KEXEC_LAB_CACHE: cache },
    reject: false,
    all: true,
  });
}

const recipe = ['provider-initramfs-bare', '--arch', 'aarch64'];

void t.test('of two who build the same at once, one builds and the other waits', async (t) => {
  const both = await Promise.all([images('build', ...recipe), images('build', ...recipe)]);
  t.same(
    both.map(({ exitCode }) => exitCode),
    [0, 0],
    both.map(({ all }) => all).join('\n'),
  );
  const told = (text: string) => both.filter(({ all }) => all.includes(text)).length;
  t.equal(told('packing the initramfs'), 1);
  t.equal(told('waiting for another kexec-lab'), 1);
});

void t.test(
  'who is killed while building leaves the old image and no half of a new one',
  async (t) => {
    const before = await images('list', '--json', ...recipe);
    const builder = images('refresh', ...recipe);
    for await (const line of builder.iterable({ from: 'all' }))
      if (line.includes('unpacking packages')) builder.kill('SIGKILL');
    t.equal((await builder).signal, 'SIGKILL');
    t.not(readdirSync(`${cache}/tmp`).length, 0, 'it was in the middle of it');
    t.equal((await images('list', '--json', ...recipe)).stdout, before.stdout);

    const after = await images('refresh', ...recipe);
    t.equal(after.exitCode, 0, after.all);
    t.same(readdirSync(`${cache}/tmp`), []);
    const packages = (json: string) =>
      (JSON.parse(json) as { manifest: { packages: unknown } }[]).map(
        ({ manifest }) => manifest.packages,
      );
    const refreshed = await images('list', '--json', ...recipe);
    t.not(refreshed.stdout, before.stdout, 'it was built anew');
    t.same(packages(refreshed.stdout), packages(before.stdout), 'from the packages there are');
  },
);
