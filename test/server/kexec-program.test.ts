import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import t from 'tap';
import { elfNeeds } from '../../src/formats/executable.ts';
import { kexecDirectory, kexecProgramOf, kexecWrapper } from '../../src/server/kexec-program.ts';
import { captured } from './captured-of.ts';

/** A program of this host, its libraries and its loader, as ldd finds them. */
const program = realpathSync('/bin/cat');
const needed = execFileSync('ldd', [program], { encoding: 'utf8' }).match(/\/\S+\.so\S*/g) ?? [];

void t.test('the captured kexec is started with the captured libraries', (t) => {
  const libraries = Object.fromEntries(
    needed.map((file) => [`/lib/some/${basename(file)}`, readFileSync(file)]),
  );
  const found = kexecProgramOf(captured(t, { '/sbin/kexec': readFileSync(program), ...libraries }));
  t.ok(found);
  if (found === null) return t.end();
  t.same([...found.libraries.keys()].sort(), needed.map((file) => basename(file)).sort());
  // Does it run? In a directory of the test instead of the one in the system.
  const directory = join(t.testdir({}), 'server');
  mkdirSync(directory);
  for (const file of needed) copyFileSync(file, join(directory, basename(file)));
  copyFileSync(program, join(directory, 'kexec'));
  const wrapper = join(directory, '..', 'wrapper');
  writeFileSync(wrapper, kexecWrapper(found).replaceAll(kexecDirectory, directory));
  t.equal(execFileSync('sh', [wrapper, '-'], { input: 'a word', encoding: 'utf8' }), 'a word');
  t.end();
});

void t.test('without all that it needs, it is not used', (t) => {
  const whole = readFileSync(program);
  const loader = basename(elfNeeds(whole)?.interpreter ?? '');
  t.equal(kexecProgramOf(captured(t, {})), null);
  t.equal(kexecProgramOf(captured(t, { '/sbin/kexec': whole })), null);
  t.equal(kexecProgramOf(captured(t, { '/sbin/kexec': whole, [`/lib/${loader}`]: 'x' })), null);
  t.equal(kexecProgramOf(captured(t, { '/sbin/kexec': '#!/bin/sh\n' })), null, 'a script');
  for (const length of [10, 64, 100, 700])
    t.equal(kexecProgramOf(captured(t, { '/sbin/kexec': whole.subarray(0, length) })), null);
  t.end();
});

void t.test('a static program needs nothing', (t) => {
  // The header of an ELF file without segments.
  const bare = Buffer.alloc(64);
  bare.write('\x7fELF\x02\x01\x01', 'latin1');
  const found = kexecProgramOf(captured(t, { '/usr/local/sbin/kexec': bare }));
  t.match(found, { loader: null });
  if (found !== null)
    t.match(kexecWrapper(found), new RegExp(`^exec ${kexecDirectory}/kexec "\\$@"$`, 'm'));
  t.end();
});
