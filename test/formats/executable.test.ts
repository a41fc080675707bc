import { readFile } from 'node:fs/promises';
import t from 'tap';
import { elfMachine, elfNeeds, segmentBytes } from '../../src/formats/executable.ts';
import { elfFile } from './elf-file.ts';

for (const wide of [false, true])
  t.test(`an ELF file of ${wide ? 64 : 32} bits says what it needs`, (t) => {
    const file = elfFile(wide, '/lib/ld-linux.so.3', ['libc.so.6', 'libz.so.1']);
    t.same(elfNeeds(file), {
      interpreter: '/lib/ld-linux.so.3',
      libraries: ['libc.so.6', 'libz.so.1'],
    });
    t.end();
  });

t.test('a real program', async (t) => {
  const needs = elfNeeds(await readFile('/bin/ls'));
  t.match(needs?.interpreter, /^\/lib.*\/ld-/);
  t.ok(needs?.libraries.includes('libc.so.6'));
});

t.test('other files need nothing', (t) => {
  t.equal(elfNeeds(Buffer.from('#!/bin/sh\n')), null);
  t.equal(elfNeeds(Buffer.alloc(0)), null);
  t.end();
});

t.test('the machine of a file, and the size of its program headers', (t) => {
  const header = Buffer.alloc(64);
  header.write('\x7fELF\x02\x01', 'latin1');
  header.writeUInt16LE(183, 18);
  t.equal(elfMachine(header), 183);
  t.equal(elfMachine(header.subarray(0, 20)), 183);
  t.equal(elfMachine(header.subarray(0, 19)), null, 'truncated');
  t.equal(elfMachine(Buffer.alloc(64)), null);
  t.strictSame([segmentBytes({ wide: true }), segmentBytes({ wide: false })], [56, 32]);
  t.end();
});
