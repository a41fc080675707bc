import t from 'tap';
import { writeFiles } from '../../scenario/files.ts';
import { snapshots } from './transcript.ts';

t.setTimeout(1_200_000);

t.test('watch', async (t) => {
  const directory = writeFiles(t, {
    'text.json': 'hello',
    'pairs.json': '{"schema":"kexec-lab/pairs@1","tables":[]}',
    'damaged.json': '{"schema":"kexec-lab/history@1","entries":[{"arch":"mips"}]}',
  });
  const say = snapshots(t, { directory });
  await say('watch --history text.json');
  await say('watch --history pairs.json');
  await say('watch --history damaged.json');
  await say('watch --history .');
  await say('watch --to ./linux.deb');
  await say('watch --to debian:Sid');
  await say('watch --machine potato');
  await say('watch kernels');
});
