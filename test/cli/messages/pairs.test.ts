import t from 'tap';
import { writeFiles } from '../../scenario/files.ts';
import { snapshots } from './transcript.ts';

t.setTimeout(1_200_000);

t.test('pairs', async (t) => {
  const directory = writeFiles(t, {
    'text.json': 'hello',
    'other.json': '{"schema":"kexec-lab/run@1"}',
    'damaged/pairs.json': '{"schema":"kexec-lab/pairs@1"}',
    file: '',
  });
  const say = snapshots(t, { directory });
  await say('pairs');
  await say('pairs --from debian:bookworm');
  await say('pairs debian:Bookworm');
  await say('pairs --from ./linux.deb --to debian:sid');
  await say('pairs debian:sid/linux-image-armmp --arch aarch64');
  await say('pairs debian:bookworm,debian:sid --arch aarch64 --no-boot');
  await say('pairs debian:bookworm --arch aarch64 --no-boot --json --out other');
  await say('pairs debian:bookworm --arch aarch64 --known missing.json');
  await say('pairs debian:bookworm --arch aarch64 --known text.json');
  await say('pairs debian:bookworm --arch aarch64 --known other.json');
  await say('pairs debian:bookworm --arch aarch64 --out damaged');
  await say('pairs debian:bookworm --arch aarch64 --out file --no-boot');
  await say('pairs debian:bookworm --shard 3/2');
  await say('pairs debian:bookworm --machine potato');
});
