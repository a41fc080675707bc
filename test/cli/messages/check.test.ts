import t from 'tap';
import { fakeRun } from '../fake-run.ts';
import { snapshots } from './transcript.ts';

t.setTimeout(1_200_000);

t.test('check', async (t) => {
  const { directory } = fakeRun(t, {});
  const say = snapshots(t, { directory });
  await say('check');
  await say('check --kexec-tools debian:sid');
  await say('check --kernel missing.deb');
  await say('check --kernel text.txt');
  await say('check --kernel debian:sid --arch mips');
  await say('check --kernel debian:sid --baseline debian:trixie --against x');
  await say('check --kernel debian:sid --against missing.json');
  await say('check --kernel debian:sid kexec-to-ditsro');
  await say('check --kernel debian:sid --fail-on worse');
});
