import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { UnavailableError } from '../../src/errors.ts';
import { openRecord, writeRecord } from '../../src/host/files.ts';
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

t.test('a full disk is a problem of the lab, with its place', (t) => {
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

t.test('what comes after the end goes nowhere, least of all into another file', (t) => {
  const directory = temporaryDirectory(t);
  const record = openRecord(join(directory, 'record'));
  record.write('all');
  record.close();
  // It gets the descriptor that has just become free.
  const other = openRecord(join(directory, 'other'));
  record.write('late');
  record.close();
  other.write('its own');
  other.close();
  t.equal(readFileSync(join(directory, 'record'), 'utf8'), 'all');
  t.equal(readFileSync(join(directory, 'other'), 'utf8'), 'its own');
  t.end();
});
