import t from 'tap';
import type { Outcome } from '../../src/model/boot.ts';
import { outcomeIds } from '../../src/model/vocabulary.ts';
import { diagnose, readLog, recordedLogs } from './recorded-logs.ts';

/** The text with the names of captures for what they captured, so that logs that differ in nothing else count once. */
function withoutCaptures(text: string, { captures }: Outcome): string {
  return Object.entries(captures)
    .filter(([, value]) => value.length > 3 && !/^[a-z]+$/.test(value))
    .reduce((before, [name, value]) => before.replaceAll(value, `{${name}}`), text)
    .replaceAll(/\bline \d+/g, 'line N');
}

t.test('the meanings and cures of recorded logs', (t) => {
  const outcomes = recordedLogs.map(({ log }) => diagnose([readLog(log)]).outcome);
  const blocks = outcomeIds.map((id) => {
    const own = outcomes.filter((outcome) => outcome.id === id);
    const unique = (texts: string[]): string[] => [...new Set(texts)].filter(Boolean).sort();
    const meanings = unique(own.map((outcome) => withoutCaptures(outcome.meaning, outcome)));
    const cures = unique(own.map((outcome) => withoutCaptures(outcome.cure, outcome)));
    return [
      id,
      ...meanings.map((text) => `  meaning  ${text}`),
      ...cures.map((text) => `  cure     ${text}`),
    ].join('\n');
  });
  t.matchSnapshot(blocks.join('\n'), 'by outcome');
  t.end();
});
