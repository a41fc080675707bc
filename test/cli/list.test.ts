import { join } from 'node:path';
import t from 'tap';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { least, writeFiles } from '../scenario/files.ts';
import { kexecLab } from './kexec-lab.ts';
// Every test here starts the program, and a machine may be slow.
t.setTimeout(1_200_000);

t.test('a table of every scenario', async (t) => {
  const { stdout, exitCode } = await kexecLab(['list']);
  t.equal(exitCode, 0);
  const [head, ...rows] = stdout.split('\n');
  t.match(head, /^NAME +ARCH +EXPECTED +LABELS +TITLE$/);
  t.match(
    rows.find((row) => row.startsWith('kexec-to-distro')),
    /aarch64 arm +booted +/,
  );
  const columns = [head, ...rows].map((row) => /^\S+ +/.exec(row ?? '')?.[0].length);
  t.equal(new Set(columns).size, 1, 'the columns are aligned');
});

t.test('as JSON, only what is asked for', async (t) => {
  const { stdout } = await kexecLab(['list', 'kexec-to-distro', '--json']);
  const scenarios = JSON.parse(stdout) as Scenario[];
  t.match(scenarios, [
    { name: 'kexec-to-distro', perArch: { arm: { setup: { machine: 'arm' } } } },
  ]);
  t.equal(scenarios.length, 1);
});

t.test('scenarios of the user’s own stand beside the built-in ones', async (t) => {
  const directory = writeFiles(t, { 'mine.yaml': least, 'deeper/other.yaml': least });
  const all = await kexecLab(['list', '--scenarios', directory]);
  t.match(all.stdout, /^mine +aarch64 arm +booted/m);
  t.match(all.stdout, /^kexec-to-distro/m);
  const one = await kexecLab(['list', join(directory, 'deeper/other.yaml')]);
  t.match(one.stdout, /^other /m);
  t.notMatch(one.stdout, /^kexec-to-distro/m);
});

t.test('mistakes in a scenario: each with its place, exit code 2', async (t) => {
  const directory = writeFiles(t, { 'mine.yaml': `${least}limit: { total: 5 }\n`, 'b.yaml': '' });
  const { stdout, stderr, exitCode } = await kexecLab(['list', '--scenarios', directory]);
  t.equal(exitCode, 2);
  t.equal(stdout, '');
  t.match(stderr.replaceAll(`${directory}/`, '').split('\n'), [
    /^b\.yaml:1:1: /,
    /^mine\.yaml:5:1: .*"limit".*"limits"/,
  ]);
});

t.test('nothing selected: exit code 4, with what may have been meant', async (t) => {
  const { stderr, exitCode } = await kexecLab(['list', 'kexec-to-ditsro']);
  t.equal(exitCode, 4);
  t.match(stderr, /"kexec-to-ditsro".*"kexec-to-distro"/);
});

t.test('the name of a case, as runs print it, is told how to be written', async (t) => {
  const { stderr, exitCode } = await kexecLab(['list', 'arm/kexec-to-distro#2']);
  t.equal(exitCode, 2);
  t.match(stderr, /^arm\/kexec-to-distro#2 .*\n.* kexec-to-distro --arch arm\b/);
});

t.setTimeout(1_200_000);

type Matrix = {
  include: { arch: string; shard: number; shards: number; name: string; images: string }[];
};

t.test('--json is one line that GitHub takes as a matrix', async (t) => {
  const { stdout, exitCode } = await kexecLab(['matrix', 'all', '--shards', '2', '--json']);
  t.equal(exitCode, 0);
  t.equal(stdout.split('\n').length, 1);
  const { include } = JSON.parse(stdout) as Matrix;
  t.strictSame(
    include.map(({ arch, shard, shards, name }) => ({ arch, shard, shards, name })),
    ['aarch64', 'arm'].flatMap((arch) =>
      [1, 2].map((shard) => ({ arch, shard, shards: 2, name: `${arch}-${shard}-of-2` })),
    ),
  );
  for (const { images } of include) t.match(images, /^[0-9a-f]{16}$/);
});

t.test('no job without a case, and a name without a number where there is one shard', async (t) => {
  const few = await kexecLab(['matrix', 'kexec-to-distro', '--shards', '9', '--json']);
  const { include } = JSON.parse(few.stdout) as Matrix;
  t.strictSame(
    include.map(({ name }) => name),
    ['aarch64', 'arm'],
  );
  t.not(include[0]?.images, include[1]?.images, 'each architecture boots images of its own');
  const one = await kexecLab(['matrix', 'quick', '--arch', 'arm']);
  t.match(one.stdout, /^arm +\d+ .* \d+ .* [0-9a-f]{16}$/);
});
