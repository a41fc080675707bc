import t from 'tap';
import {
  consoleLimit,
  exceededLimit,
  recordingLimit,
  BootClock,
} from '../../src/session/boot-clock.ts';
const says = (seconds: number) => () => Promise.resolve(seconds);

t.test('every byte begins another silence, on both clocks', async (t) => {
  let now = 5000;
  const clock = new BootClock(() => now);
  await clock.readGuest(says(1000));
  now += 2000;
  clock.hear();
  now += 500;
  await clock.readGuest(says(1005));
  await clock.readGuest(says(1025));
  t.same(clock.guest, { total: 25, silence: 20 });
  t.same(clock.host, { total: 2.5, silence: 0.5 });
  t.equal(clock.quiet, 500);
  clock.hear();
  t.same(clock.guest, { total: 25, silence: 0 }, 'without another reading');
  await clock.readGuest(says(1030));
  t.same(clock.guest, { total: 30, silence: 0 });
  await clock.readGuest(says(1031));
  t.same(clock.guest, { total: 31, silence: 1 });
});

t.test(
  'a byte that comes while the clock is read makes the reading say nothing of the silence',
  async (t) => {
    const clock = new BootClock();
    await clock.readGuest(says(0));
    await clock.readGuest(() => {
      clock.hear();
      return Promise.resolve(10);
    });
    t.same(clock.guest, { total: 10, silence: 0 });
    await clock.readGuest(says(50));
    t.same(clock.guest, { total: 50, silence: 0 }, 'the silence is known from the next one on');
    await clock.readGuest(says(51));
    t.same(clock.guest, { total: 51, silence: 1 });
  },
);

t.test('time in which the machine stood still counts nowhere', async (t) => {
  let now = 0;
  const clock = new BootClock(() => now);
  await clock.readGuest(says(100));
  now += 1000;
  t.notOk(await clock.readGuest(says(101)));
  // QEMU is stopped for 20 s; the guest's clock, where it is the host's, goes on.
  const stood = await clock.readGuest(() => {
    now += 20_000;
    return Promise.resolve(121);
  });
  t.ok(stood);
  t.same(clock.host, { total: 1, silence: 0 });
  t.same(clock.guest, { total: 1, silence: 0 });
  now += 500;
  await clock.readGuest(says(122));
  t.same(clock.host, { total: 1.5, silence: 0.5 });
  t.same(clock.guest, { total: 2, silence: 0 });
});

const limits = { total: 300, silence: 60 };
const progress = {
  bytes: 0,
  recorded: 0,
  becomingCertain: false,
  host: { total: 10, silence: 0 },
  guest: { total: 10, silence: 0 },
};

t.test('a limit in guest time also needs its share of host time', (t) => {
  const silent = { ...progress, guest: { total: 100, silence: 61 } };
  t.equal(exceededLimit({ ...silent, host: { total: 20, silence: 14 } }, limits), undefined);
  t.match(exceededLimit({ ...silent, host: { total: 20, silence: 16 } }, limits), /\b60 s\b/);
  const old = { ...progress, guest: { total: 301, silence: 0 } };
  t.equal(exceededLimit({ ...old, host: { total: 299, silence: 0 } }, limits), undefined);
  t.match(exceededLimit({ ...old, host: { total: 301, silence: 0 } }, limits), /\b300 s\b/);
  t.end();
});

t.test('a silence that is about to prove something lasts longer, but not for ever', (t) => {
  const silentFor = (guest: number, host: number) => ({
    ...progress,
    becomingCertain: true,
    host: { total: 40, silence: host },
    guest: { total: 150, silence: guest },
  });
  t.equal(exceededLimit(silentFor(119, 40), limits), undefined);
  t.equal(exceededLimit(silentFor(121, 29), limits), undefined);
  t.match(exceededLimit(silentFor(121, 31), limits), /\b120 s\b/);
  t.end();
});

t.test('a guest whose clock stands still is bounded by the host', (t) => {
  const frozen = { ...progress, guest: { total: 0, silence: 0 } };
  t.equal(exceededLimit({ ...frozen, host: { total: 899, silence: 899 } }, limits), undefined);
  t.match(exceededLimit({ ...frozen, host: { total: 901, silence: 901 } }, limits), /\b900 s\b/);
  t.end();
});

t.test('a flood is bounded', (t) => {
  t.equal(exceededLimit({ ...progress, bytes: consoleLimit }, limits), undefined);
  t.match(exceededLimit({ ...progress, bytes: consoleLimit + 1 }, limits), '64 MiB');
  t.equal(exceededLimit({ ...progress, recorded: recordingLimit }, limits), undefined);
  t.match(exceededLimit({ ...progress, recorded: recordingLimit + 1 }, limits), '1024 MiB');
  t.end();
});
