import { readFileSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { outcomeIds } from '../src/boot/outcome.ts';
import type { OutcomeId } from '../src/boot/outcome.ts';
import { diagnose, judge, knownLogs, tryOne } from './mutate/mutate.ts';

/** Writes docs/accuracy.md: how often the recogniser is right, on what, and what that does not say. */

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

/** Of an outcome: how many answers name it, how many of those are right, and how many logs show it. */
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

This page is made by \`npm run accuracy\` (seeds ${mutated.from} to ${mutated.from + mutated.count - 1}); nothing on it is written by hand but
the sentences.

**Precision** of an outcome: of all answers that name it, how many are right. **Recall**: of all logs that show it, how many are
called so. A log may have several right answers; it counts for the first, or for the one that was given.

## The consoles of \`test/logs\`

Recorded by this lab, or typed after what programs print; the recogniser was written with them in view.

${table(recorded)}
## The consoles of \`test/consoles\`

Small logs of many machines, recorders and faults, written by somebody who did not know the recogniser. It called 283 of these
334 rightly when it first saw them (96 of 105, 101 of 135 and 86 of 94, each before it was taught what the ones before had got
wrong); what it got wrong then it has been taught.

${table(small)}
## Changed consoles

Each is a log of \`test/logs\`, changed at random in a way whose truth is known (\`npm run mutate -- --help\`): what recorders, terminals
and mail programs do, tails cut off, failures quoted, resets put in. **${count('false-booted')} false successes and ${count('false-failure')} false
failures** in ${changed.length}; ${count('lost')} say \`unknown\` though the log shows more, ${count('wrong')} name another failure.

${table(changed)}
| change | tried | lost | wrong |
| --- | ---: | ---: | ---: |
${[...kinds]
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, { tried, lost, wrong }]) => `| ${name} | ${tried} | ${lost} | ${wrong} |`)
  .join('\n')}

## What this does not say

- How often each outcome occurs out there. The logs here are chosen for their variety, so the shares mean nothing.
- How right the answers are on machines, boot loaders and distributions that no log here is from. The first answers on
  \`test/consoles\` are the best guess there is.
- Whether the sentences and cures help. Only the outcome, and the generation where one is known, is compared.
- Anything about live runs, which look at the CPUs as well.
`;
const file = new URL('../docs/accuracy.md', import.meta.url);
writeFileSync(
  file,
  await format(page, { parser: 'markdown', printWidth: 120, proseWrap: 'preserve' }),
);
