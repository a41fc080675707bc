import t from 'tap';
import { createBootObserver } from '../../src/boot/observer.ts';
import { EntropyClock } from '../../src/lab/entropy-clock.ts';
import { readLog } from '../boot/recorded-logs.ts';

/** What the clock has gathered of a recorded console. */
function timesOf(log: Buffer) {
  const observer = createBootObserver();
  const clock = new EntropyClock();
  for (let from = 0; from < log.length;) {
    const newline = log.indexOf(10, from);
    const to = newline === -1 ? log.length : newline + 1;
    for (const seen of observer.feed(log.subarray(from, to))) {
      clock.add(seen, observer.position.generation);
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
  clock.add(ready(1), 0);
  clock.add(ready(2), 1);
  clock.add(ready(3), 1);
  t.same(clock.times(), [{ generation: 1, crngReady: 2, getrandom: null }]);
  t.end();
});
