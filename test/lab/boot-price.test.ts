import t from 'tap';
import { bootPrice } from '../../src/lab/boot-price.ts';
import { statesOf } from '../../src/lab/verdict.ts';
import type { StageTime } from '../../src/model/result.ts';

const stage = (generation: number, hostSeconds: number): StageTime => {
  return { name: 'kernel', generation, hostSeconds, guestSeconds: null };
};

t.test('what booting twice costs, before the last kernel took over and after', (t) => {
  const stages = [stage(0, 1), stage(1, 2.5), stage(1, 3), stage(2, 4), stage(2, 0.25)];
  t.same(bootPrice(stages), { beforeHandover: 6.5, afterHandover: 4.25 });
  t.equal(bootPrice([stage(0, 1), stage(1, 2)]), null, 'one kernel has no price');
  t.equal(bootPrice([]), null);
  t.end();
});

t.test('a state told twice in a row is one report', (t) => {
  const states = ['kernel-started', 'kernel-started', 'booted', 'kernel-started'];
  const reported = states.map((state) => ({ state, atMs: 0 }));
  t.same(statesOf(reported), ['kernel-started', 'booted', 'kernel-started']);
  t.end();
});
