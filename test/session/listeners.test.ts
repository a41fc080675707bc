import t from 'tap';
import { createBootObserver } from '../../src/boot/observer.ts';
import type { StageTime } from '../../src/model/result.ts';
import type { Stage } from '../../src/model/vocabulary.ts';
import { statesOf } from '../../src/run/verdict.ts';
import { EntropyClock, StageClock, bootPrice } from '../../src/session/listeners.ts';
import type { StageReading } from '../../src/session/listeners.ts';
import { readLog } from '../boot/recorded-logs.ts';

const stageTimes = (readings: StageReading[]) => {
  const clock = new StageClock();
  for (const reading of readings) clock.onReading(reading);
  return clock.times();
};

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

/** What the clock has gathered of a recorded console. */
function timesOf(log: Buffer) {
  const observer = createBootObserver();
  const clock = new EntropyClock();
  for (let from = 0; from < log.length;) {
    const newline = log.indexOf(10, from);
    const to = newline === -1 ? log.length : newline + 1;
    for (const seen of observer.feed(log.subarray(from, to))) {
      clock.onSignal(seen, observer.position);
    }
    from = to;
  }
  return clock.times();
}

t.test('each kernel’s own: the first had a seed, the kexec’ed one made its entropy', (t) => {
  t.same(timesOf(readLog('aarch64-tutorial.log')), [
    { generation: 1, crngReady: 0, getrandom: null },
    { generation: 2, crngReady: 13.605322, getrandom: 1.11 },
  ]);
  t.end();
});

t.test('a kernel that says nothing of it, and one that never gets there', (t) => {
  t.same(timesOf(readLog('aarch64-kexec-to-distro.log')), [
    { generation: 1, crngReady: 0, getrandom: null },
    { generation: 2, crngReady: null, getrandom: null },
  ]);
  const blocked =
    '[    0.000000] Booting Linux on physical CPU 0x0\nkexec-lab: getrandom=blocked\n';
  t.same(timesOf(Buffer.from(blocked)), [{ generation: 1, crngReady: null, getrandom: 'blocked' }]);
  t.end();
});

t.test('firmware has no random numbers, and the first word of a kernel counts', (t) => {
  const clock = new EntropyClock();
  const ready = (guestSeconds: number) => {
    return { signature: 'crng-ready', line: 1, text: '', captures: {}, guestSeconds };
  };
  clock.onSignal(ready(1), { generation: 0 });
  clock.onSignal(ready(2), { generation: 1 });
  clock.onSignal(ready(3), { generation: 1 });
  t.same(clock.times(), [{ generation: 1, crngReady: 2, getrandom: null }]);
  t.end();
});
