import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import t from 'tap';
import { diagnoseLog } from '../../src/boot/diagnose.ts';
import { decoded } from '../../src/cli/read-log.ts';

const directory = new URL('../consoles/', import.meta.url);

/** Small consoles of many machines, recorders and faults: `file`, outcomes that are right, generation or `-`, and why. */
const rows = readFileSync(new URL('index.tsv', directory), 'utf8')
  .split('\n')
  .filter((row) => row !== '')
  .map(
    (row) => row.split('\t') as [file: string, outcomes: string, generation: string, why: string],
  );

t.test('each console shows what the index says', async (t) => {
  for (const [file, outcomes, generation, why] of rows) {
    const bytes = readFileSync(new URL(file, directory));
    const { outcome } = await diagnoseLog(decoded(Readable.from([bytes]), file));
    t.ok(
      outcomes.split('|').includes(outcome.id),
      `${file}: ${outcomes}, not ${outcome.id}: ${why}`,
    );
    if (generation !== '-') t.equal(String(outcome.generation), generation, `${file}: generation`);
  }
});
