import t from 'tap';
import type { Bisection } from '../../src/model/bisect.ts';
import { bisectSchema } from '../../src/model/bisect.ts';
import { answerOf } from '../../src/bisect/answer.ts';
import type { Search } from '../../src/bisect/run-search.ts';
import { bisectText } from '../../src/report/bisect-text.ts';
import { createStyle } from '../../src/report/style.ts';

const kernels = ['6.1', '6.12', '6.16', '7.2'].map((version) => ({
  ...{ word: `debian:sid/linux-image-${version}-arm64`, label: `${version}-arm64` },
  version: `${version}-1`,
}));

const untried = { passes: 0, fails: 0, others: 0 };

const search: Search = {
  tallies: [
    untried,
    { ...untried, passes: 6 },
    { ...untried, others: 1 },
    { ...untried, fails: 6 },
  ],
  step: { kind: 'found', good: 1, bad: 3, risk: 0.00073 },
  failure: {
    ...{ outcome: 'bye-hang', meaning: 'The second kernel never spoke.', cure: 'Try earlycon.' },
    evidence: [{ line: 10, text: 'Bye!', signature: 'kexec-bye' }],
    directory: 'runs/one/aarch64/kexec-to-distro',
  },
  seconds: null,
};

const changelog = ['7.2', '6.16', '6.12']
  .map((version) => `linux (${version}-1) sid; urgency=medium\n\n  * Change of ${version}\n`)
  .join('\n');

function bisection(change: Partial<Search> = {}): Promise<Bisection> {
  const factsOf = (kernel: number) =>
    Promise.resolve({
      config: `CONFIG_EFI=${kernel === 3 ? 'y' : 'n'}\n`,
      package: { version: kernels[kernel]?.version ?? '', changelog },
    });
  return answerOf({ ...search, ...change }, kernels, factsOf).then((answer) => ({
    ...{ schema: 'kexec-lab/bisect@1', arch: 'aarch64', scenario: 'kexec-to-distro' },
    ...answer,
  }));
}

t.test('the answer', async (t) => {
  const found = await bisection();
  t.same(bisectSchema.parse(found), found);
  t.same(
    found.kernels.map(({ judgement }) => judgement),
    ['untried', 'good', 'other', 'bad'],
  );
  t.matchSnapshot(bisectText(found, createStyle({ columns: 80 })));
});

t.test('a search for guest time', async (t) => {
  const found = await bisection({ failure: null, seconds: { good: 1.7, bad: 3.8 } });
  t.match(bisectText(found, createStyle()), 'guest time  1.700 s before, 3.800 s at the bad end');
  const end = { kind: 'found', good: 0, bad: 1, risk: 0 } as const;
  const first = await bisection({ failure: null, seconds: { good: 1.7, bad: 3.8 }, step: end });
  t.notMatch(bisectText(first, createStyle()), 'by your word');
});

t.test('the good end by word, and no answer', async (t) => {
  const assumed = await bisection({ step: { kind: 'found', good: 0, bad: 1, risk: 0 } });
  t.match(bisectText(assumed, createStyle()), 'it is good by your word');
  const none = await bisection({ step: { kind: 'not-bad', boots: 6 }, failure: null });
  t.equal(none.result, null);
  t.match(bisectText(none, createStyle()), 'no answer');
});
