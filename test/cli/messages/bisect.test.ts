import t from 'tap';
import { writeFiles } from '../../scenario/files.ts';
import { snapshots } from './transcript.ts';

t.setTimeout(1_200_000);

t.test('bisect', async (t) => {
  const say = snapshots(t, { directory: writeFiles(t, { 'one/x': '', 'two/x': '' }) });
  await say('bisect');
  await say('bisect --good debian:bookworm');
  await say('bisect ./one --bad debian:sid');
  await say('bisect --good ./one --bad debian:sid');
  await say('bisect ./one ./two');
  await say('bisect ./missing ./two');
  await say('bisect ./one ./two --scenario quick');
  await say('bisect ./one ./two --scenario nothing');
  await say('bisect ./one ./two --rate 2');
  await say('bisect ./one ./two --arch riscv');
});
