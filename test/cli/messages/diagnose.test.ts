import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { outcomeIds } from '../../../src/model/vocabulary.ts';
import { logDirectory, recordedLogs } from '../../boot/recorded-logs.ts';
import { writeFiles } from '../../scenario/files.ts';
import { snapshots } from './transcript.ts';

t.setTimeout(1_200_000);

const bye = readFileSync(join(logDirectory, 'post-c1-bye.log'));
const booted = readFileSync(join(logDirectory, 'vps-kexec-booted.log'));

t.test('one log of each outcome: meaning, evidence, cure', async (t) => {
  const logs = outcomeIds.flatMap((id) => {
    const recorded = recordedLogs.find(({ outcome }) => outcome === id);
    return recorded === undefined ? [] : [[`${id}.log`, recorded.log] as const];
  });
  const contents = logs.map(([name, log]) => [name, readFileSync(join(logDirectory, log))]);
  const directory = writeFiles(t, Object.fromEntries(contents) as Record<string, Buffer>);
  const say = snapshots(t, { directory });
  for (const [name] of logs) await say(`diagnose ${name}`);
});

t.test('in other forms', async (t) => {
  const directory = writeFiles(t, { 'bye.log': bye, 'booted.log': booted });
  const say = snapshots(t, { directory });
  await say('diagnose --signals bye.log');
  await say('diagnose --explain-signals bye.log');
  await say('diagnose --exit-code bye.log booted.log');
});

t.test('what cannot be read', async (t) => {
  const directory = writeFiles(t, {
    'bye.log': bye,
    'program.log': Buffer.from('7f454c4602010100', 'hex'),
    'packed.log.xz': Buffer.from('fd377a585a000000', 'hex'),
    'damaged.log.gz': Buffer.concat([Buffer.from('1f8b0800', 'hex'), Buffer.alloc(100, 0xff)]),
    'layers.log.gz': Array.from({ length: 9 }).reduce<Buffer>((inner) => gzipSync(inner), bye),
  });
  const say = snapshots(t, { directory });
  await say('diagnose');
  await say('diagnose missing.log bye.log');
  await say('diagnose .');
  await say('diagnose program.log');
  await say('diagnose packed.log.xz');
  await say('diagnose damaged.log.gz');
  await say('diagnose layers.log.gz');
  await say('diagnose /dev/zero');
  await say('diagnose - -');
  await say('diagnose -');
  await say('diagnose bye.log --json --signals');
  await say('diagnose bye.log --html no/such/page.html');
});
