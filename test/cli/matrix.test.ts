import t from 'tap';
import { kexecLab } from './kexec-lab.ts';

t.setTimeout(120_000);

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
  t.match(one.stdout, /^arm +\d+ cases {2}weight +\d+ {2}images [0-9a-f]{16}$/);
});
