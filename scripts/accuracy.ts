import { readFileSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';
import type { OutcomeId } from '../src/model/vocabulary.ts';
import { outcomeIds } from '../src/model/vocabulary.ts';
import { diagnose, judge, knownLogs, tryOne } from './mutate/mutate.ts';

/** Writes docs/accuracy.md: how often a diagnosis is right, on which logs. */

const mutated = { from: 1_000_000, count: 60_000 };

type Answer = { truth: readonly OutcomeId[]; got: OutcomeId };

function consoles(): { name: string; bytes: Buffer; truth: OutcomeId[] }[] {
  const directory = new URL('../test/consoles/', import.meta.url);
  return readFileSync(new URL('index.tsv', directory), 'utf8')
    .split('\n')
    .filter((row) => row !== '')
    .map((row) => {
      const [name = '', outcomes = ''] = row.split('\t');
      const bytes = readFileSync(new URL(name, directory));
      return { name, bytes, truth: outcomes.split('|') as OutcomeId[] };
    });
}

async function answers(logs: { bytes: Buffer; truth: OutcomeId[] }[]): Promise<Answer[]> {
  const found: Answer[] = [];
  for (const { bytes, truth } of logs)
    found.push({ truth, got: (await diagnose(bytes)).outcome.id });
  return found;
}

/** The row of an outcome: its logs, precision and recall. */
function row(id: OutcomeId, all: readonly Answer[]): string {
  const named = all.filter(({ got }) => got === id);
  const right = named.filter(({ truth }) => truth.includes(id));
  const shown = all.filter(
    ({ truth, got }) => truth[0] === id || (truth.includes(id) && got === id),
  );
  const percent = (part: number, whole: number): string =>
    whole === 0 ? '–' : `${((100 * part) / whole).toFixed(2)} %`;
  return `| \`${id}\` | ${shown.length} | ${percent(right.length, named.length)} | ${percent(right.length, shown.length)} |`;
}

function table(all: readonly Answer[]): string {
  const used = outcomeIds.filter((id) =>
    all.some(({ truth, got }) => got === id || truth.includes(id)),
  );
  const right = all.filter(({ truth, got }) => truth.includes(got)).length;
  return `${right} of ${all.length} are right.\n\n| outcome | logs | precision | recall |\n| --- | ---: | ---: | ---: |\n${used.map((id) => row(id, all)).join('\n')}\n`;
}

const known = knownLogs();
const recorded = await answers(known.map(({ bytes, outcome }) => ({ bytes, truth: [outcome] })));
const small = await answers(consoles());
const changed: Answer[] = [];
const kinds = new Map<string, { tried: number; lost: number; wrong: number }>();
const worst = new Map<string, number>();
for (let seed = mutated.from; seed < mutated.from + mutated.count; seed += 1) {
  const trial = await tryOne(seed, known);
  if (trial === null) continue;
  changed.push(trial);
  const verdict = judge(trial);
  worst.set(verdict, (worst.get(verdict) ?? 0) + 1);
  const kind = kinds.get(trial.mutation) ?? { tried: 0, lost: 0, wrong: 0 };
  kind.tried += 1;
  if (verdict === 'lost') kind.lost += 1;
  else if (verdict !== 'right') kind.wrong += 1;
  kinds.set(trial.mutation, kind);
}
const count = (verdict: string): number => worst.get(verdict) ?? 0;
const page = `# How often a diagnosis is right

This page is made by \`npm run accuracy\` (seeds ${mutated.from} to ${mutated.from + mutated.count - 1}); only its
sentences are written by hand.

**Precision** of an outcome: the share of diagnoses with this outcome that are right. **Recall**: the share of logs with this
outcome that are diagnosed as such. If a log has several right outcomes, it counts for the one that was diagnosed, otherwise
for the first.

## The consoles of \`test/logs\`

Recorded by this lab, or written by hand from the messages of programs. The recogniser was developed with them.

${table(recorded)}
## The consoles of \`test/consoles\`

Small logs of many machines, recorders and faults, written in sets by authors who did not know the recogniser. Each set was first
diagnosed with the recogniser as it was; the recogniser was corrected afterwards. The results of these first diagnoses, in order:

| set | right at first | false \`booted\` | good boots called a failure |
| --- | ---: | ---: | ---: |
| 1 | 96 of 105 | 1 | 5 |
| 2 | 101 of 135 | 5 | not counted |
| 3 | 86 of 94 | 2 | 1 |
| 4, servers | 87 of 100 | 1 | 1 |
| 5, boards and recorders | 87 of 100 | 1 | 1 |
| 6, everything | 121 of 131 | 2 | 0 |
| 7, kind by kind | 114 of 126 | 2 | 1 |
| 8, forums | 95 of 100 | 1 | 0 |
| 9, kind by kind | 99 of 106 | 0 | 0 |
| 10, everything | 107 of 112 | 1 | 1 |
| 11, kexec | 92 of 100 | 0 | 0 |
| 12, everything | 108 of 109 | 0 | 1 |
| 13, everyday | 105 of 109 | 0 | 0 |

In set 11, six more have the right outcome and a wrong generation. Two more sets, of logs that people had posted in public (mails,
issues, forums), are not part of this repository: 125 of 154 and 125 of 145 were right at first (1 and 0 false \`booted\`); many of them
are incomplete.

${table(small)}
## Changed consoles

Each is a log of \`test/logs\` with a random change whose effect on the outcome is known (\`npm run mutate -- --help\`): changes by
recorders, terminals and mail programs, missing tails, quoted failures, added resets. **${count('false-booted')} false successes and ${count('false-failure')} false
failures** in ${changed.length}; ${count('lost')} are \`unknown\` although the log shows an outcome, ${count('wrong')} are another failure.

${table(changed)}
| change | tried | lost | wrong |
| --- | ---: | ---: | ---: |
${[...kinds]
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, { tried, lost, wrong }]) => `| ${name} | ${tried} | ${lost} | ${wrong} |`)
  .join('\n')}

## Limits of these numbers

- They do not show how often each outcome occurs in practice. The logs were chosen for variety.
- They do not cover machines, boot loaders and distributions without a log here. For those, the first diagnoses of
  \`test/consoles\` are the best estimate.
- They do not show whether meanings and cures help. Only the outcome, and the generation where it is known, is compared.
- They do not cover live runs, which also sample the CPUs.
`;
const file = new URL('../docs/accuracy.md', import.meta.url);
writeFileSync(
  file,
  await format(page, { parser: 'markdown', printWidth: 120, proseWrap: 'preserve' }),
);
