import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import type { Pulse, ThreadPulse } from '../../src/qemu/standstill.ts';
import {
  readThreads,
  watchForStandstill,
  findStandstill,
  usualPatience,
} from '../../src/qemu/standstill.ts';
import { startFake } from './machine-fixtures.ts';

/** States and accounts as /proc told them of QEMU 8.2.2, the main thread first; `second` is the number of the look. */
type Look = (second: number) => { threads: ThreadPulse[]; askedAt?: number | null };

const thread = (tid: number, state: string, cpuMs: number, turns: number): ThreadPulse => ({
  tid,
  state,
  cpuMs,
  turns,
});

const row = (look: Look, looks: number, every = 1000): Pulse[] =>
  Array.from({ length: looks }, (_, second) => {
    const { threads, askedAt = 500 } = look(second);
    return { at: second * every + 1000, askedAt, threads };
  });

const judge = (look: Look, looks: number, every?: number) =>
  findStandstill(row(look, looks, every), usualPatience);

const main = thread(26824, 'S', 43.786393, 131);
const worker = thread(26826, 'S', 0.54276, 30);

/** Recorded with sleep=off at a disk's answer. */
const lockHeld: Look = (second) => ({
  threads: [main, worker, thread(26830, 'R', 418.99 + 700 * second, 198 + 100 * second)],
});

/** Recorded with sleep=off where the lab told it to stop, on a host with 14 processes in its queue. */
const roundAndRound: Look = (second) => ({
  threads: [
    thread(10633, 'R', 1030.7 + 213 * second, 1500 + 170 * second),
    thread(10645, 'S', 1119.36, 1726),
  ],
});

const halves: [string, Look][] = [
  ['the main thread waits for a lock that is never given back', lockHeld],
  ['the main thread goes round in one command', roundAndRound],
];
for (const [name, look] of halves) {
  t.test(`QEMU stands still: ${name}`, (t) => {
    t.equal(judge(look, 9), null, 'not yet');
    t.equal(judge(look, 12), 'spinning');
    t.equal(judge(look, 60), 'spinning');
    t.end();
  });
}

t.test('QEMU stands still: nothing runs', (t) => {
  const look: Look = () => ({ threads: [main, worker] });
  t.equal(judge(look, 15), null);
  t.equal(judge(look, 22), 'asleep');
  t.end();
});

t.test('QEMU does not stand still', (t) => {
  const never = (name: string, look: Look, every?: number) => {
    t.equal(judge(look, 120, every), null, name);
  };
  never('it answers', (second) => ({ ...lockHeld(second), askedAt: null }));
  never('every question is answered in the end', (second) => ({
    ...roundAndRound(second),
    askedAt: 1000 * Math.floor(second / 8),
  }));
  never('the guest is halted for good: nothing runs, but it answers', () => ({
    threads: [main, worker],
    askedAt: null,
  }));
  never('the main thread waits for a host CPU', (second) => ({
    threads: [thread(26824, 'R', 43.8, 131), ...lockHeld(second).threads.slice(1)],
  }));
  never('the main thread waits for the disk', (second) => ({
    threads: [thread(26824, 'D', 43.8, 131), ...lockHeld(second).threads.slice(1)],
  }));
  never('a worker waits for the disk', () => ({ threads: [main, thread(26826, 'D', 0.5, 30)] }));
  never('the main thread gets turns, if few', (second) => ({
    threads: [
      thread(26824, 'S', 43.8 + second / 100, 131 + Math.floor(second / 5)),
      ...lockHeld(second).threads.slice(1),
    ],
  }));
  never('the lab itself is stopped between the looks', lockHeld, 8000);
  never('its process is gone', () => ({ threads: [] }));
  t.end();
});

t.test('a process that is stopped', (t) => {
  const stopped: Look = () => ({
    threads: [
      { ...main, state: 'T' },
      { ...worker, state: 'T' },
    ],
  });
  t.equal(judge(stopped, 25), null, 'it may go on');
  t.equal(judge(stopped, 62), 'stopped');
  const goesOn: Look = (second) => (second < 20 ? stopped(second) : lockHeld(second));
  t.equal(judge(goesOn, 28), null, 'the time it was stopped does not count');
  t.equal(judge(goesOn, 32), 'spinning');
  const traced: Look = () => ({ threads: [{ ...main, state: 't' }] });
  t.equal(judge(traced, 100), null, 'a debugger may take its time');
  t.end();
});

const never = new AbortController().signal;
const patience = { spinning: 1000, asleep: 1500, stopped: 1000 };
const quick = { patience, every: 50, signal: never };

for (const freezes of ['spinning', 'asleep'] as const) {
  t.test(`a QEMU that stands still is found and ended: ${freezes}`, async (t) => {
    const machine = await startFake(t, { freezes });
    const found = watchForStandstill(machine, quick);
    await machine.continue();
    t.equal(await found, freezes);
    const { signal } = await machine.stop();
    t.equal(signal, 'SIGKILL', 'it heard neither quit nor SIGTERM');
  });
}

t.test('a QEMU that answers is watched to its end', async (t) => {
  const machine = await startFake(t, { then: 'hang' });
  const stop = new AbortController();
  await machine.continue();
  const found = watchForStandstill(machine, { ...quick, signal: stop.signal });
  t.equal(await Promise.race([found, sleep(2500, 'nothing found')]), 'nothing found');
  stop.abort();
  t.equal(await found, null);
  const again = watchForStandstill(machine, quick);
  await machine.stop();
  t.equal(await again, null);
});

t.test('a QEMU that is stopped by a signal for a while goes on', async (t) => {
  const machine = await startFake(t, { then: 'hang' });
  await machine.continue();
  const stop = new AbortController();
  const found = watchForStandstill(machine, {
    patience: { spinning: 1000, asleep: 1000, stopped: 60_000 },
    every: 50,
    signal: stop.signal,
  });
  process.kill(machine.pid, 'SIGSTOP');
  t.equal(await Promise.race([found, sleep(2500, 'nothing found')]), 'nothing found');
  t.equal((await readThreads(machine.pid))[0]?.state, 'T');
  process.kill(machine.pid, 'SIGCONT');
  await machine.guestSeconds();
  stop.abort();
  t.equal(await found, null);
});

t.test('a QEMU that stays stopped is found', async (t) => {
  // It hears neither quit nor SIGTERM before it is killed.
  const machine = await startFake(t, { then: 'hang' }, { patience: 200 });
  await machine.continue();
  process.kill(machine.pid, 'SIGSTOP');
  t.equal(await watchForStandstill(machine, quick), 'stopped');
});

t.test('the threads of a process that is gone', async (t) => {
  const machine = await startFake(t, {});
  t.ok((await readThreads(machine.pid)).length > 0);
  await machine.stop();
  t.strictSame(await readThreads(machine.pid), []);
});
