import t from 'tap';
import { writeFiles } from '../../scenario/files.ts';
import { snapshots } from './transcript.ts';

t.setTimeout(1_200_000);

t.test('images', async (t) => {
  const directory = writeFiles(t, {
    'cache/images/old/file': 'x',
    'cache/debs/a.deb': 'x',
    'text.txt': 'hello',
  });
  const say = snapshots(t, { directory });
  await say('images list mini-disk --arch arm');
  await say('images bulid');
  await say('images build mini-dsik');
  await say('images build x --arch mips');
  await say('images verify mini-disk');
  await say('images prune --dry-run');
  await say('images prune');
  await say('images prune');
  await say('images path mini-dsik');
  await say('images refresh --kernel text.txt');
});
