import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { arches } from '../../src/arch.ts';
import type { Case } from '../../src/scenario/scenario.ts';
import { shardOf, weightOf } from '../../src/scenario/select.ts';
import { caseOf } from '../run/cases.ts';

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
