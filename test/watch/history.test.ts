import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { UsageError } from '../../src/errors.ts';
import { entryOf, historyOf, readHistory, writeHistory } from '../../src/watch/history.ts';
import { cell, hang as hangingCell, table } from '../pairs/tables.ts';
import { temporaryDirectory } from '../qemu/machine-fixtures.ts';
import { bookworm, entry, hang, kernel } from './entries.ts';

t.test('a history is written to a new directory, and read again', async (t) => {
  const file = join(temporaryDirectory(t), 'new/history.json');
  t.same(await readHistory(file), historyOf([]), 'no file yet');
  const history = historyOf([entry(kernel('sid', '7.2.13-1'), hang)]);
  await writeHistory(file, history);
  t.same(await readHistory(file), history);
  t.same(readdirSync(join(file, '..')), ['history.json'], 'nothing else is left');
});

t.test('the order of entries does not depend on the order of boots', async (t) => {
  const directory = temporaryDirectory(t);
  const entries = ['7.2.9-1', '7.2.10-1', '7.3-1'].map((version) => entry(kernel('sid', version)));
  const [one, other] = [join(directory, 'one'), join(directory, 'other')];
  await writeHistory(one, historyOf(entries));
  await writeHistory(other, historyOf(entries.toReversed()));
  t.equal(readFileSync(one, 'utf8'), readFileSync(other, 'utf8'));
  t.match(readFileSync(one, 'utf8'), /7\.2\.9-1[^]*7\.2\.10-1[^]*7\.3-1/);
});

t.test('a pair is in the history once: the last result counts', (t) => {
  const to = kernel('sid', '7.2.13-1');
  const { entries } = historyOf([entry(to), entry({ ...to, suite: 'experimental' }, hang)]);
  t.match(entries, [{ outcome: 'bye-hang' }]);
  t.equal(entries.length, 1);
  t.end();
});

t.test('files that are not histories', async (t) => {
  const directory = temporaryDirectory(t);
  const texts = ['hello', '{"schema":"kexec-lab/pairs@1","tables":[]}', '{}', ''];
  for (const [index, text] of texts.entries()) {
    const file = join(directory, `${index}.json`);
    writeFileSync(file, text);
    await t.rejects(readHistory(file), UsageError, text);
  }
  mkdirSync(join(directory, 'directory'));
  await t.rejects(readHistory(join(directory, 'directory')), UsageError);
  await t.rejects(writeHistory(join(directory, '0.json/history'), historyOf([])), UsageError);
});

t.test('a failure keeps the line that proves it', (t) => {
  const kernels = { from: bookworm, to: kernel('sid', '7.2.13-1') };
  const failed = entryOf(table([], []), kernels, cell('6.1', '7.2', hangingCell));
  t.match(failed, { verdict: 'fail', outcome: 'bye-hang', cause: { text: 'Bye!' }, ...kernels });
  t.equal(entryOf(table([], []), kernels, cell('6.1', '7.2')).cause, null);
  t.end();
});
