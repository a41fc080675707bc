import t from 'tap';
import { stageTimes } from '../../src/lab/stage-clock.ts';
import type { Stage } from '../../src/model/vocabulary.ts';

const at = (generation: number, stage: Stage, hostMs: number, guestSeconds: number | null) => ({
  generation,
  stage,
  hostMs,
  guestSeconds,
});

t.test('stages follow each other without a gap, in both times', (t) => {
  const times = stageTimes([
    at(1, 'kernel', 100, 0),
    at(1, 'kernel', 900, 2.5),
    at(1, 'initramfs', 1000, 3),
    at(1, 'kexec', 1500, 4),
    at(1, 'kexec', 1600, 4.25),
    at(2, 'kernel', 4000, 0),
    at(2, 'kernel', 5000, 1.5),
  ]);
  t.same(times, [
    { name: 'kernel', generation: 1, hostSeconds: 0.9, guestSeconds: 3 },
    { name: 'initramfs', generation: 1, hostSeconds: 0.5, guestSeconds: 1 },
    { name: 'kexec', generation: 1, hostSeconds: 2.5, guestSeconds: 0.25 },
    { name: 'kernel', generation: 2, hostSeconds: 1, guestSeconds: 1.5 },
  ]);
  t.end();
});

t.test('guest time that was never shown is null, not zero', (t) => {
  t.same(stageTimes([at(0, 'firmware', 0, null), at(0, 'firmware', 500, null)]), [
    { name: 'firmware', generation: 0, hostSeconds: 0.5, guestSeconds: null },
  ]);
  t.same(stageTimes([]), []);
  t.end();
});
