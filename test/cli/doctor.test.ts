import { execa } from 'execa';
import t from 'tap';
import { fakeQemuDirectory, temporaryDirectory } from '../qemu/machine-fixtures.ts';
import { kexecLabCommand } from './kexec-lab.ts';

async function doctor(
  argv: string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ exitCode: number | undefined; stdout: string }> {
  const [node = '', ...rest] = kexecLabCommand;
  const command = execa(node, [...rest, 'doctor', ...argv], { env, reject: false });
  const { exitCode, stdout } = await command;
  return { exitCode, stdout };
}

t.test('a host that has everything', async (t) => {
  const { exitCode, stdout } = await doctor([]);
  t.equal(exitCode, 0);
  t.match(stdout, /^ {2}✓ setpriv +\d+\.\d+/m);
  t.match(stdout, /^ {2}✓ aarch64 +\d+\.\d+\.\d+ +\/.*qemu-system-aarch64$/m);
  t.match(stdout, /^ {4}aarch64: .*\(sleep=off\)/m);
  t.match(stdout, /^ {4}arm: .*\(sleep=off\)/m);
  t.notMatch(stdout, '\x1b', 'no colour in a pipe');
});

t.test('colour where it is wanted', async (t) => {
  t.match((await doctor([], { FORCE_COLOR: '1' })).stdout, '\x1b[32m✓');
});

t.test('for machines', async (t) => {
  const cache = temporaryDirectory(t);
  const { exitCode, stdout } = await doctor(['--json', '--qemu-dir', fakeQemuDirectory], {
    KEXEC_LAB_CACHE: `${cache}/not/yet/there`,
  });
  t.equal(exitCode, 0);
  const report = JSON.parse(stdout) as { requirements: { name: string }[] };
  t.match(report, {
    schema: 'kexec-lab/doctor@1',
    able: true,
    node: process.version,
    qemus: {
      aarch64: [
        {
          version: '10.0.2',
          accelerator: 'tcg',
          idleSkipping: { time: 'sleep=off', certainty: 'proved', detail: '' },
        },
      ],
      arm: [{ version: '10.0.2', idleSkipping: { time: 'sleep=off' } }],
    },
    cache: { directory: `${cache}/not/yet/there`, usedBytes: 0, freeBytes: Number },
    install: null,
  });
  t.notOk(report.requirements.some(({ name }) => name.startsWith('qemu-system')));
});

t.test('a QEMU that cannot skip idle time', async (t) => {
  const { exitCode, stdout } = await doctor(['--qemu-dir', fakeQemuDirectory], {
    KEXEC_LAB_CACHE: temporaryDirectory(t),
    FAKE_QEMU_PLAY: JSON.stringify({ trial: 'sleep=on' }),
  });
  t.equal(exitCode, 0);
  t.match(stdout, /^ {4}arm: .*\(sleep=on\)/m);
});

t.test('a host that lacks almost everything', async (t) => {
  const { exitCode, stdout } = await doctor([], { PATH: temporaryDirectory(t) });
  t.equal(exitCode, 5);
  t.match(stdout, /^ {2}✗ cpio .*\bcpio\b/m);
  t.match(stdout, /^ {2}✓ mke2fs /m, 'the administrator’s tools are found');
  t.match(stdout, /\n(sudo )?apt-get update && .* cpio [^\n]*$/);
});

t.test('no usable QEMU', async (t) => {
  const { exitCode, stdout } = await doctor(['--qemu-dir', fakeQemuDirectory], {
    FAKE_QEMU_PLAY: JSON.stringify({ version: '6.2.0' }),
  });
  t.equal(exitCode, 5);
  t.match(stdout, /✗ arm .*qemu-system-arm: .*6\.2\.0.*7\.2\.0/);
  t.match(stdout, /^.*QEMU.*\baarch64\b.*\barm\b.*7\.2\.0/m);
});

t.test('no usable QEMU, and something else is missing', async (t) => {
  const { exitCode, stdout } = await doctor(['--qemu-dir', temporaryDirectory(t)], {
    PATH: temporaryDirectory(t),
  });
  t.equal(exitCode, 5);
  t.match(stdout, /\n.*QEMU.*\baarch64\b.*\barm\b[^\n]*\n.*--with-deps/);
});
