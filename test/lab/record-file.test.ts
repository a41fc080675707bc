import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { UnavailableError } from '../../src/errors.ts';
import { openRecord, writeRecord } from '../../src/lab/record-file.ts';
import { temporaryDirectory } from '../qemu/machine-fixtures.ts';

t.test('what was written is there before the record is closed', (t) => {
  const file = join(temporaryDirectory(t), 'record');
  const record = openRecord(file);
  record.write('ünd ');
  record.write(Uint8Array.of(0xff, 0x00));
  t.same(readFileSync(file), Buffer.from([...Buffer.from('ünd '), 0xff, 0x00]));
  record.close();
  t.end();
});

t.test('a disk that takes no more is the lab’s trouble, with its place', (t) => {
  const record = openRecord('/dev/full');
  t.throws(() => {
    record.write('x');
  }, UnavailableError);
  record.close();
  t.throws(() => {
    writeRecord('/dev/full', 'x');
  }, UnavailableError);
  const missing = join(temporaryDirectory(t), 'not', 'there');
  try {
    openRecord(missing);
    t.fail('it opened');
  } catch (error) {
    t.match(error, { place: missing });
  }
  t.end();
});
