import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import t from 'tap';
import { findQemu, listQemus, parseQemuVersion } from '../../src/qemu/find-qemu.ts';
import { temporaryDirectory } from './machine-fixtures.ts';

/** Directories with a qemu-system-arm each, which says it is of that version; put on PATH for the test. */
function installed(t: Test, versions: string[]): string[] {
  const root = temporaryDirectory(t);
  const directories = versions.map((version, index) => {
    const directory = join(root, `${index}`, 'bin');
    mkdirSync(directory, { recursive: true });
    program(join(directory, 'qemu-system-arm'), `echo "QEMU emulator version ${version} (Debian)"`);
    return directory;
  });
  const path = process.env['PATH'] ?? '';
  process.env['PATH'] = [...directories, path].join(':');
  t.teardown(() => {
    process.env['PATH'] = path;
  });
  return directories;
}

function program(file: string, script: string): void {
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

t.test('the newest wins, and 10 is newer than 9', async (t) => {
  const [, , newest = ''] = installed(t, ['90.2.0', '90.10.0', '100.0.2', '99.0.0']);
  t.match(await findQemu('arm'), {
    binary: join(newest, 'qemu-system-arm'),
    version: '100.0.2',
    accelerator: 'tcg',
    options: [],
  });
});

t.test('a chosen directory is the only one that is searched', async (t) => {
  const [old = ''] = installed(t, ['7.2.0', '100.0.0']);
  t.match(await findQemu('arm', old), { version: '7.2.0' });
  await t.rejects(findQemu('aarch64', old), {
    name: 'UnavailableError',
    message: new RegExp(`\\bqemu-system-aarch64\\b.* ${old}`),
    hint: /--qemu-dir/,
  });
});

t.test('unusable programs are skipped, and named if there is no other', async (t) => {
  const [directory = ''] = installed(t, ['6.2.0']);
  const binary = join(directory, 'qemu-system-arm');
  const named = (problem: string) => ({
    name: 'UnavailableError',
    message: new RegExp(`\\bqemu-system-arm\\b.* ${directory}\\b.*; ${binary}: ${problem}`),
  });
  await t.rejects(findQemu('arm', directory), named('.*\\b6\\.2\\.0\\b.*\\b7\\.2\\.0'));
  program(binary, 'echo "error while loading shared libraries" >&2; exit 127');
  await t.rejects(
    findQemu('arm', directory),
    named('.*\\b127\\b.*: error while loading shared libraries'),
  );
  program(binary, 'echo hello');
  await t.rejects(findQemu('arm', directory), named('(?!.*\\d).+'));
});

t.test('one QEMU by two names is one', async (t) => {
  const [directory = ''] = installed(t, ['100.0.0']);
  const alias = temporaryDirectory(t);
  symlinkSync(join(directory, 'qemu-system-arm'), join(alias, 'qemu-system-arm'));
  process.env['PATH'] = `${alias}:${process.env['PATH'] ?? ''}`;
  const listed = await listQemus('arm');
  t.equal(listed.filter(({ binary }) => binary.startsWith(directory)).length, 1);
});

t.test('an unpacked QEMU is told where its data are', async (t) => {
  const [directory = ''] = installed(t, ['100.0.0']);
  const data = join(directory, '../share/qemu');
  mkdirSync(data, { recursive: true });
  t.same((await findQemu('arm', directory)).options, ['-L', data]);
});

t.test('the installed one says its version', async (t) => {
  t.match(await findQemu('aarch64'), { version: /^\d+\.\d+\.\d+$/ });
  t.equal(parseQemuVersion('QEMU emulator version 10.0.2 (Debian 1:10.0.2+ds-2)\n'), '10.0.2');
  t.equal(parseQemuVersion('qemu-img version 7.2.22'), undefined);
});
