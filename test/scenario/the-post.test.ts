import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { findScenarios } from '../../src/cli/find-scenarios.ts';
import { outcomeIds } from '../../src/model/vocabulary.ts';

const page = readFileSync(
  fileURLToPath(new URL('../../docs/the-post.md', import.meta.url)),
  'utf8',
);

t.test('every row of the page about the post names a scenario that ends as the row says', (t) => {
  const scenarios = findScenarios(['all']);
  const rows = page
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) => line.split('|').map((cell) => cell.trim()));
  t.ok(rows.length > 15, `${rows.length} rows`);
  for (const [, passage, scenarioCell = '', outcomeCell = ''] of rows) {
    const name = scenarioCell.replaceAll('`', '');
    const outcome = outcomeCell.replaceAll('`', '');
    t.ok((outcomeIds as readonly string[]).includes(outcome), `${outcome} is an outcome`);
    const scenario = scenarios.find((each) => each.name === name);
    const expected = Object.values(scenario?.perArch ?? {}).map(({ expect }) => expect.outcome);
    t.ok(expected.includes(outcome as never), `${passage}: ${name} ends as ${outcome}`);
  }
  t.end();
});

t.test('every scenario told of by the post is on the page', (t) => {
  for (const { name } of findScenarios(['post'])) t.match(page, `\`${name}\``);
  t.end();
});
