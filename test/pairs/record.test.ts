import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { UsageError } from '../../src/errors.ts';
import {
  knownCells,
  mergePairs,
  readEarlier,
  tablesName,
  tablesOf,
  writePairs,
} from '../../src/pairs/record.ts';
import { temporaryDirectory } from '../qemu/machine-fixtures.ts';
import { cell, hang, kernel, table } from './tables.ts';

const key = (digit: string) => digit.repeat(16);

t.test('what was written is read again, and nothing else is left', async (t) => {
  const directory = temporaryDirectory(t);
  const pairs = tablesOf([table(['6.1', '7.2'], [cell('6.1', '7.2'), cell('7.2', '6.1', hang)])]);
  t.same(await readEarlier(directory, []), tablesOf([]), 'no file yet');
  writePairs(join(directory, tablesName), pairs);
  t.same(await readEarlier(directory, []), pairs);
});

t.test('the results of other files are taken over, with the way to their records', async (t) => {
  const directory = temporaryDirectory(t);
  for (const shard of ['one', 'two']) mkdirSync(join(directory, shard));
  const first = table(['6.1', '7.2'], [cell('6.1', '7.2', { key: key('1') })]);
  const second = table(['6.1', '7.2'], [cell('7.2', '6.1', { key: key('2') })]);
  writePairs(join(directory, 'one', tablesName), tablesOf([first]));
  writePairs(join(directory, 'two', tablesName), tablesOf([second]));
  const files = ['one', 'two'].map((shard) => join(directory, shard, tablesName));
  const { tables } = await readEarlier(directory, files);
  t.same(
    tables.flatMap(({ cells }) => cells.map(({ run }) => run)),
    ['one/runs/one', 'two/runs/one'],
  );
  t.equal(tables.length, 1);
});

t.test('a newer result of a pair replaces the older one', (t) => {
  const old = tablesOf([table(['6.1', '7.2'], [cell('6.1', '7.2'), cell('6.1', '6.1')])]);
  const recent = tablesOf([table(['6.1', '7.3'], [cell('6.1', '7.3'), cell('6.1', '6.1', hang)])]);
  const [merged] = mergePairs(old, recent).tables;
  t.same(
    merged?.to.map(({ word }) => word),
    ['6.1', '7.2', '7.3'].map((release) => kernel(release).word),
  );
  t.equal(merged?.cells.length, 3);
  t.equal(merged?.cells.find(({ to }) => to === kernel('6.1').word)?.outcome, 'bye-hang');
  t.end();
});

t.test('tables of different machines or kexec-tools stay apart', (t) => {
  const plain = table(['6.1'], [cell('6.1', '6.1')]);
  for (const change of [{ machine: 'aarch64 gic=3' }, { kexecTools: 'debian:sid' }, { cure: true }])
    t.equal(mergePairs(tablesOf([plain]), tablesOf([{ ...plain, ...change }])).tables.length, 2);
  t.end();
});

t.test('known results are found by their keys', (t) => {
  const known = knownCells(tablesOf([table(['6.1'], [cell('6.1', '6.1', { key: key('a') })])]));
  t.equal(known.get(key('a'))?.outcome, 'booted');
  t.end();
});

t.test('a file that is not one of pairs is refused and kept', async (t) => {
  for (const text of ['{', '{"schema":"kexec-lab/run@1"}', '{"schema":"kexec-lab/pairs@1"}']) {
    const directory = temporaryDirectory(t);
    const file = join(directory, tablesName);
    writeFileSync(file, text);
    await t.rejects(readEarlier(directory, []), UsageError);
    t.equal(readFileSync(file, 'utf8'), text);
  }
  await t.rejects(readEarlier(temporaryDirectory(t), ['missing.json']), UsageError);
});
