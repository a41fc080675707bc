import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { readThreads, watchForStandstill } from '../../src/qemu/standstill.ts';
import { startFake } from './machine-fixtures.ts';

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

t.test('a QEMU that nobody lets go on is found', async (t) => {
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
