import t from 'tap';
import { writeFiles } from '../../scenario/files.ts';
import { snapshots } from './transcript.ts';

t.setTimeout(1_200_000);

/** What is installed differs from host to host. */
const host: [RegExp, string][] = [
  // Only ordinary users need it.
  [/^ {2}[✓✗] newuidmap .*\n/gm, ''],
  [/^( {2}✓ \S+) +(?:found|[\d.]+) +/gm, '$1  FOUND  '],
  [/^( {2}✗ \S+) +missing +/gm, '$1  MISSING  '],
  [/\b\d+(?:\.\d+)? [KMGT]iB\b/g, 'N MiB'],
  [/^(?:sudo )?(?:env )?apt-get .*$/gm, 'APT-GET …'],
];

t.test('doctor', async (t) => {
  const directory = writeFiles(t, { 'empty/x': '' });
  const say = (play: object) =>
    snapshots(t, { directory, instead: host, env: { FAKE_QEMU_PLAY: JSON.stringify(play) } });
  await say({})('doctor');
  await say({ trial: 'sleep=on' })('doctor --arch arm');
  await say({ trial: 'sleep=on' })('doctor');
  await say({ version: '6.2.0' })('doctor');
  await say({})('doctor --qemu-dir empty');
  const bare = { PATH: `${directory}/empty`, KEXEC_LAB_QEMU_DIR: `${directory}/empty` };
  await snapshots(t, { directory, instead: host, env: bare })('doctor');
});
