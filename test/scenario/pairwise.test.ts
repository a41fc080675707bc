import fc from 'fast-check';
import t from 'tap';
import type { Shape } from '../../src/qemu/shape.ts';
import { combinationsOf, pairwiseShapes } from '../../src/scenario/pairwise.ts';

const cpus = [1, 2, 4, 8].map((number) => ({ cpus: number }));
const memory = [512, 1024, 2048].map((mebibytes) => ({ memory: mebibytes }));
const gic = [{ gic: 2 }, { gic: 3, its: true }, { gic: 3, its: false }] as const;
const el2 = [{ el2: false }, { el2: true }];
const any = () => true;

/** Every pair of alternatives of two dimensions, as text. */
function pairsIn(vary: readonly (readonly Shape[])[], shape: Shape): string[] {
  const has = (part: Shape) =>
    Object.entries(part).every(([key, value]) => shape[key as keyof Shape] === value);
  const chosen = vary.map((alternatives) => alternatives.findIndex(has));
  return chosen.flatMap((one, a) =>
    chosen.slice(a + 1).map((other, b) => [a, one, a + b + 1, other].join(' ')),
  );
}

/** All combinations, in another way than the code does it. */
function combinations([first, ...others]: readonly (readonly Shape[])[]): Shape[] {
  if (first === undefined) return [{}];
  return combinations(others).flatMap((rest) => first.map((one) => ({ ...rest, ...one })));
}

t.test('every possible pair occurs, and no shape that is not possible', (t) => {
  const dimension = (key: keyof Shape, values: readonly unknown[]) =>
    fc
      .uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 4 })
      .map((chosen) => chosen.map((value): Shape => ({ [key]: value })));
  const vary = fc.tuple(
    dimension('cpus', [1, 2, 4, 8]),
    dimension('memory', [512, 1024, 2048]),
    dimension('numa', [1, 2, 4]),
    dimension('el2', [true, false]),
    dimension('disks', ['nvme', 'usb', 'virtio-pci']),
  );
  fc.assert(
    fc.property(vary, fc.nat(100), (dimensions, seed) => {
      const isPossible = ({ cpus: c = 0, memory: m = 0, numa: n = 0, disks = 'usb' }: Shape) =>
        n <= c && (c * 31 + m + n * 7 + disks.length * 13 + seed) % 5 !== 0;
      const chosen = pairwiseShapes({ vary: dimensions, exclude: [] }, isPossible);
      const possible = combinations(dimensions).filter(isPossible);
      const wanted = new Set(possible.flatMap((shape) => pairsIn(dimensions, shape)));
      const covered = new Set(chosen.flatMap((shape) => pairsIn(dimensions, shape)));
      return (
        chosen.every(isPossible) &&
        [...wanted].every((pair) => covered.has(pair)) &&
        new Set(chosen.map((shape) => JSON.stringify(shape))).size === chosen.length
      );
    }),
    { numRuns: 60 },
  );
  t.end();
});

t.test('few shapes are enough, and always the same', (t) => {
  const shapes = { vary: [cpus, memory, gic, el2], exclude: [] };
  t.equal(combinationsOf(shapes), 72);
  const chosen = pairwiseShapes(shapes, any);
  // The two longest lists have twelve pairs.
  t.ok(chosen.length >= 12 && chosen.length <= 14, String(chosen.length));
  t.same(pairwiseShapes(shapes, any), chosen);
  t.end();
});

t.test('what is excluded does not occur, and the other pairs do', (t) => {
  const exclude = [{ gic: 3, its: true, el2: true }] as const;
  const chosen = pairwiseShapes({ vary: [gic, el2, cpus], exclude }, any);
  t.notOk(chosen.some((shape) => shape.its === true && shape.el2 === true));
  t.ok(chosen.some((shape) => shape.its === false && shape.el2 === true));
  t.ok(chosen.some((shape) => shape.its === true && shape.el2 === false));
  t.end();
});

t.test('one list is tried value by value; none is the machine as it is', (t) => {
  t.same(pairwiseShapes({ vary: [cpus], exclude: [] }, any), cpus);
  t.same(pairwiseShapes({ vary: [], exclude: [] }, any), []);
  t.same(
    pairwiseShapes({ vary: [cpus], exclude: [] }, () => false),
    [],
  );
  t.end();
});
