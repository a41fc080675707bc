import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import type { Arch } from '../../src/arch.ts';
import { arches } from '../../src/arch.ts';
import { NothingSelectedError } from '../../src/errors.ts';
import type { Case, Scenario } from '../../src/scenario/scenario.ts';
import { shardOf, weightOf, expandCases, selectScenarios } from '../../src/scenario/select.ts';
import { caseOf } from '../run/cases.ts';

function scenario(name: string, labels: string[], arches: Arch[]): Scenario {
  const setup = {
    kernel: 'provider-kernel',
    initramfs: 'provider-initramfs',
    disk: 'mini-disk',
    cmdline: '',
    tags: {},
    onReset: 'exit',
  } as const;
  return {
    name,
    title: name,
    story: '',
    file: `${name}.yaml`,
    labels,
    arches,
    perArch: Object.fromEntries(
      arches.map((arch) => [
        arch,
        {
          setup: { ...setup, machine: arch },
          expect: { outcome: 'booted' },
          limits: { total: 9, silence: 9 },
        },
      ]),
    ),
  };
}

const scenarios = [
  scenario('arm-bye', ['post'], ['arm']),
  scenario('arm-corrupt', [], ['arm']),
  scenario('kexec', ['quick'], ['arm', 'aarch64']),
  scenario('quick', [], ['aarch64']),
  scenario('slow', ['post', 'quick'], ['aarch64']),
];

const select = (...words: string[]) => selectScenarios(scenarios, words).map(({ name }) => name);

t.test('words select by name, glob and label, in the order of the scenarios', (t) => {
  t.strictSame(select('all'), ['arm-bye', 'arm-corrupt', 'kexec', 'quick', 'slow']);
  t.strictSame(select('slow', 'kexec', 'slow'), ['kexec', 'slow']);
  t.strictSame(select('arm-*'), ['arm-bye', 'arm-corrupt']);
  t.strictSame(select('?low'), ['slow']);
  t.strictSame(select('post'), ['arm-bye', 'slow']);
  t.strictSame(select('quick'), ['quick'], 'a name wins over a label');
  t.end();
});

t.test('a file with shapes is selected by its own name, which no scenario has', (t) => {
  const shaped = ['mine-01', 'mine-02'].map((name) => ({
    ...scenario(name, [], ['aarch64']),
    file: '/somewhere/mine.yaml',
  }));
  const names = (word: string) =>
    selectScenarios([...scenarios, ...shaped], [word]).map(({ name }) => name);
  t.strictSame(names('mine'), ['mine-01', 'mine-02']);
  t.strictSame(names('mine-02'), ['mine-02']);
  t.throws(() => names('somewhere'), NothingSelectedError);
  t.end();
});

t.test('a word that means nothing is refused, even beside one that does', (t) => {
  t.throws(() => select('all', 'kexce'), {
    constructor: NothingSelectedError,
    message: /"kexce".*"kexec"/,
  });
  t.throws(() => select('.*'), { message: /"\.\*"/ });
  t.throws(() => select('kexe'), { message: /"kexe".*"kexec"/ });
  t.throws(() => select('x*'), NothingSelectedError);
  t.end();
});

t.test('cases: by scenario, architecture and repeat', (t) => {
  const ids = (...options: Parameters<typeof expandCases>) =>
    expandCases(...options).map(({ id }) => id);
  const some = selectScenarios(scenarios, ['kexec', 'slow']);
  t.strictSame(ids(some, {}), ['aarch64/kexec', 'arm/kexec', 'aarch64/slow']);
  t.strictSame(ids(some, { only: ['arm'] }), ['arm/kexec']);
  t.strictSame(ids(some, { only: ['arm'], repeat: 2 }), ['arm/kexec#1', 'arm/kexec#2']);
  t.match(expandCases(some, { only: ['arm'], repeat: 2 })[1], {
    arch: 'arm',
    repeat: 2,
    setup: { machine: 'arm' },
    expect: { outcome: 'booted' },
    limits: { total: 9 },
  });
  t.throws(() => ids(selectScenarios(scenarios, ['slow']), { only: ['arm'] }), {
    constructor: NothingSelectedError,
    message: /\barm\b/,
  });
  t.end();
});

const anyCases = fc
  .array(fc.record({ arch: fc.constantFrom(...arches), total: fc.integer({ min: 1, max: 900 }) }), {
    maxLength: 40,
  })
  .map((wishes) =>
    wishes.map(({ arch, total }, at): Case => ({
      ...caseOf({ limits: { total } }, `n${at}`),
      id: `${arch}/n${at}`,
      arch,
    })),
  );

const weightsOf = (cases: Case[], count: number) =>
  Array.from({ length: count }, (_, at) =>
    shardOf(cases, { index: at + 1, count }).reduce((sum, case_) => sum + weightOf(case_), 0),
  );

t.test('every case is in exactly one shard, for any number of shards, in its order', (t) => {
  fc.assert(
    fc.property(anyCases, fc.integer({ min: 1, max: 50 }), (cases, count) => {
      const shards = Array.from({ length: count }, (_, at) =>
        shardOf(cases, { index: at + 1, count }),
      );
      assert.deepEqual(new Set(shards.flat()), new Set(cases));
      assert.equal(shards.flat().length, cases.length);
      for (const shard of shards) {
        assert.deepEqual(
          shard,
          cases.filter((case_) => shard.includes(case_)),
        );
      }
    }),
  );
  t.end();
});

t.test('the order in which cases are named changes nothing', (t) => {
  fc.assert(
    fc.property(anyCases, fc.integer({ min: 1, max: 5 }), (cases, count) => {
      const ids = (of: Case[]) => shardOf(of, { index: 1, count }).map(({ id }) => id);
      assert.deepEqual(ids(cases.toReversed()).sort(), ids(cases).sort());
    }),
  );
  t.end();
});

t.test('no shard has more to do than another by more than one case', (t) => {
  fc.assert(
    fc.property(anyCases, fc.integer({ min: 1, max: 8 }), (cases, count) => {
      const weights = weightsOf(cases, count);
      const heaviest = Math.max(0, ...cases.map(weightOf));
      assert.ok(Math.max(...weights) - Math.min(...weights) <= heaviest);
    }),
  );
  t.end();
});
