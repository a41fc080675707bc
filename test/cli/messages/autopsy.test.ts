import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { dumpFile } from '../../autopsy/dumps.ts';
import { writeFiles } from '../../scenario/files.ts';
import { snapshots } from './transcript.ts';

t.setTimeout(1_200_000);

const dumps = [
  'aarch64-console-lost-sid',
  'aarch64-device-tree-without-memory',
  'aarch64-truncated-kernel',
  'arm-arm-device-tree-overwritten',
  'arm-not-a-kernel',
];

t.test('why a machine is silent', async (t) => {
  const directory = writeFiles(t, {
    'console.log':
      '[    0.000000] Linux version 5.10.0-32-armmp-lpae (debian)\r\n[    2.5] Bye!\r\n',
  });
  const say = snapshots(t, { directory });
  for (const name of dumps) {
    copyFileSync(dumpFile(t, name), join(directory, `${name}.elf`));
    await say(`autopsy ${name}.elf`);
  }
  await say('autopsy arm-arm-device-tree-overwritten.elf --console console.log');
});

t.test('what cannot be read', async (t) => {
  const dump = readFileSync(dumpFile(t, 'aarch64-truncated-kernel'));
  const directory = writeFiles(t, {
    'empty.elf': '',
    'broken.elf': '\x7fELF\x02\x01',
    'text.raw': 'hello',
    'dump.gz': gzipSync(dump),
    'saved.img': 'LibvirtQemudSave\x02',
    'cut.elf': dump,
    'whole.elf': dump,
  });
  truncateSync(join(directory, 'cut.elf'), dump.length - 2 ** 19);
  const misleading = Buffer.alloc(2 ** 20);
  misleading.write('OSRELEASE=6.1\nSYMBOL(prb)=0xff\n', 4096);
  writeFileSync(join(directory, 'misleading.raw'), misleading);
  copyFileSync(process.execPath, join(directory, 'program'));
  const say = snapshots(t, { directory });
  await say('autopsy');
  await say('autopsy missing.elf');
  await say('autopsy .');
  await say('autopsy empty.elf');
  await say('autopsy broken.elf');
  await say('autopsy program');
  await say('autopsy dump.gz');
  await say('autopsy saved.img');
  await say('autopsy text.raw');
  await say('autopsy misleading.raw');
  await say('autopsy cut.elf');
  await say('autopsy /dev/zero');
  await say('autopsy whole.elf --base x');
  await say('autopsy whole.elf --console missing.log');
  await say('autopsy whole.elf --json --log');
});
