import t from 'tap';
import { writeFiles } from '../../scenario/files.ts';
import { snapshots } from './transcript.ts';

t.setTimeout(1_200_000);

t.test('kexec-lab itself', async (t) => {
  const say = snapshots(t, { directory: t.testdir() });
  await say('lsit');
  await say('--bogus');
  await say('help bogus');
  await say(['']);
});

t.test('completion', async (t) => {
  const say = snapshots(t, { directory: t.testdir() });
  await say('completion');
  await say('completion tcsh');
});

t.test('init', async (t) => {
  const directory = writeFiles(t, { 'in-the-way/machines': 'a file' });
  const say = snapshots(t, { directory });
  await say('init tests');
  await say('init tests');
  await say('init in-the-way');
  await say('init one two');
});

t.test('matrix', async (t) => {
  const say = snapshots(t, { directory: t.testdir() });
  await say('matrix');
  await say('matrix kexec-to-distro --shards 2');
  await say('matrix all --shards 0');
  await say('matrix kexec-to-ditsro');
});

t.test('rewind', async (t) => {
  const directory = writeFiles(t, { 'case/x': '', 'damaged/recording.json': '{}' });
  const say = snapshots(t, { directory });
  await say('rewind');
  await say('rewind case');
  await say('rewind nowhere');
  await say('rewind damaged');
  await say('rewind case --at kexec-bye');
});

t.test('schema', async (t) => {
  const say = snapshots(t, { directory: t.testdir() });
  await say('schema');
  await say('schema raport');
});
