import t from 'tap';
import { goodBoot } from '../../run/cases.ts';
import { fakeRun } from '../fake-run.ts';
import { snapshots } from './transcript.ts';

t.setTimeout(1_200_000);

/** Cases are told in the order in which they ran, which differs from time to time. */
const instead: [RegExp, string][] = [[/^[…✓] aarch64\/.*\n/gm, '']];

const half = 'run mine.yaml other.yaml --arch aarch64 --no-checkpoint --jobs 1';

t.test('merge', async (t) => {
  const { directory, env } = fakeRun(t, { text: goodBoot });
  const say = snapshots(t, { directory, env, instead });
  await say(`${half} --shard 1/2 --out first`);
  await say('merge first --out merged');
  await say(`${half} --shard 2/2 --out second`);
  await say('merge first second --out merged');
  await say('merge first first --out merged');
  await say('merge merged --out again');
  await say('merge');
  await say('merge nowhere');
  await say('merge runs');
  await say('merge mine.yaml');
  await say('merge first second --out /dev/null/merged');
});
