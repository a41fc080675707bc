import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { dumpFile } from '../autopsy/dumps.ts';
import { kexecLab } from './kexec-lab.ts';

// Every test here starts the program, and a machine may be slow.
t.setTimeout(1_200_000);

void t.test('for people: the reason, and what the console never showed', async (t) => {
  const dump = dumpFile(t, 'aarch64-console-lost-sid');
  const { stdout, exitCode } = await kexecLab(['autopsy', dump]);
  t.equal(exitCode, 0);
  t.match(stdout, `${dump}: console-lost\n`);
  t.match(stdout, '\nkernel 7.2.13+deb14-cloud-arm64\n');
  t.match(stdout, '    [  248.820222] random: crng init done');
  t.notMatch(stdout, 'Booting Linux', 'only what matters');
  const whole = await kexecLab(['autopsy', dump, '--log']);
  t.match(whole.stdout, '    [    0.000000] Booting Linux on physical CPU 0x0000000000');
});

void t.test(
  'with the console, the kernel that was heard is told from the one that was not',
  async (t) => {
    const dump = dumpFile(t, 'arm-arm-device-tree-overwritten');
    const log = join(t.testdir(), 'console.log');
    writeFileSync(
      log,
      '[    0.000000] Linux version 5.10.0-32-armmp-lpae (debian)\r\n[    2.5] Bye!\r\n',
    );
    const reasonWith = async (...words: string[]): Promise<unknown> => {
      const { stdout } = await kexecLab(['autopsy', dump, '--json', ...words]);
      return (JSON.parse(stdout) as { reason: unknown }).reason;
    };
    t.equal(await reasonWith(), null);
    t.equal(await reasonWith('--console', log), 'device-tree-lost');
  },
);

void t.test('for machines', async (t) => {
  const { stdout } = await kexecLab(['autopsy', dumpFile(t, 'aarch64-truncated-kernel'), '--json']);
  t.match(JSON.parse(stdout), {
    schema: 'kexec-lab/autopsy@1',
    reason: 'image-damaged',
    images: [{}, { address: 0x41800000 }],
    deviceTrees: [{ memory: 536870912, bootargs: /is_in_kexec=yes/ }],
  });
});

void t.test('what cannot be read is one message and exit 2', async (t) => {
  const directory = t.testdir({ empty: '', 'broken.elf': '\x7fELF\x02\x01', 'text.raw': 'hello' });
  const refused = async (...words: string[]) => kexecLab(['autopsy', ...words]);
  t.match(await refused(join(directory, 'missing')), {
    exitCode: 2,
    stderr: `${join(directory, 'missing')}: `,
  });
  t.match(await refused(directory), { exitCode: 2, stderr: `${directory}: ` });
  t.match(await refused(join(directory, 'empty')), { exitCode: 2, stderr: /empty: / });
  t.match(await refused(join(directory, 'broken.elf')), {
    exitCode: 2,
    stderr: /broken\.elf: .*ELF/,
  });
  t.match(await refused(process.execPath), { exitCode: 2, stderr: `${process.execPath}: ` });
  t.match(await refused(process.execPath, '--base', 'x'), {
    exitCode: 2,
    stderr: /--base <address>.*'x'/,
  });
  const dump = dumpFile(t, 'aarch64-truncated-kernel');
  t.match(await refused(dump, '--console', join(directory, 'missing')), {
    exitCode: 2,
    stderr: /missing: /,
  });
  t.match(await refused(join(directory, 'text.raw')), {
    exitCode: 0,
    stdout: /text\.raw/,
  });
});

void t.test('a file that is known to hold no memory is called what it is', async (t) => {
  const gzip = (file: string) => gzipSync(readFileSync(file));
  const dump = dumpFile(t, 'aarch64-truncated-kernel');
  const directory = t.testdir({ 'dump.gz': gzip(dump), 'saved.img': 'LibvirtQemudSave\x02' });
  const refused = async (name: string) => kexecLab(['autopsy', join(directory, name)]);
  t.match(await refused('dump.gz'), {
    exitCode: 2,
    stderr: /dump\.gz: .*gzip/,
  });
  t.match(await refused('saved.img'), {
    exitCode: 2,
    stderr: /saved\.img: .*\n.*virsh dump --memory-only/,
  });
});

void t.test(
  'the core of a program, which knows no physical addresses, is none of a machine',
  async (t) => {
    const dump = dumpFile(t, 'aarch64-truncated-kernel');
    const bytes = readFileSync(dump);
    // elf(5): where the program headers are, how many, and p_paddr in each.
    const [at, count] = [Number(bytes.readBigUInt64LE(32)), bytes.readUInt16LE(56)];
    for (let index = 0; index < count; index += 1) bytes.writeBigUInt64LE(0n, at + index * 56 + 24);
    writeFileSync(dump, bytes);
    t.match(await kexecLab(['autopsy', dump]), {
      exitCode: 2,
      stderr: `${dump}: `,
    });
  },
);

void t.test('a dump that is cut short is read as far as it goes, and that is said', async (t) => {
  const dump = dumpFile(t, 'aarch64-truncated-kernel');
  truncateSync(dump, statSync(dump).size - 2 ** 19);
  const { stdout, exitCode } = await kexecLab(['autopsy', dump]);
  t.equal(exitCode, 0);
  t.match(stdout, '0.5 MiB');
  const { stdout: json } = await kexecLab(['autopsy', dump, '--json']);
  t.match(JSON.parse(json), { missingBytes: 2 ** 19 });
});

void t.test(
  'what waits for a writer or has no end is refused, as dump and as console',
  async (t) => {
    const directory = t.testdir();
    const pipe = join(directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const dump = dumpFile(t, 'aarch64-truncated-kernel');
    for (const file of [pipe, '/dev/zero']) {
      t.match(await kexecLab(['autopsy', file]), { exitCode: 2, stderr: `${file}: ` });
      t.match(await kexecLab(['autopsy', dump, '--console', file]), {
        exitCode: 2,
        stderr: `${file}: `,
      });
    }
  },
);

void t.test('what a guest wrote to mislead is named, and the rest is read', async (t) => {
  const file = join(t.testdir(), 'memory.raw');
  const bytes = Buffer.alloc(2 ** 20);
  bytes.write('OSRELEASE=6.1\nSYMBOL(prb)=0xff\n', 4096);
  writeFileSync(file, bytes);
  t.match(await kexecLab(['autopsy', file]), {
    exitCode: 0,
    stdout: /kernel 6\.1: SYMBOL\(prb\)/,
  });
  const { stdout } = await kexecLab(['autopsy', file, '--json']);
  t.match(JSON.parse(stdout), { logs: [], unreadable: [/SYMBOL\(prb\)/] });
});
