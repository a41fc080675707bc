import t from 'tap';
import { consoleLimit, exceededLimit, recordingLimit } from '../../src/session/boot-clock.ts';

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
  t.match(
    exceededLimit({ ...silent, host: { total: 20, silence: 16 } }, limits),
    'silent for 60 s',
  );
  const old = { ...progress, guest: { total: 301, silence: 0 } };
  t.equal(exceededLimit({ ...old, host: { total: 299, silence: 0 } }, limits), undefined);
  t.match(
    exceededLimit({ ...old, host: { total: 301, silence: 0 } }, limits),
    'within 300 s of guest',
  );
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
  t.match(exceededLimit(silentFor(121, 31), limits), 'silent for 120 s');
  t.end();
});

t.test('a guest whose clock stands still is bounded by the host', (t) => {
  const frozen = { ...progress, guest: { total: 0, silence: 0 } };
  t.equal(exceededLimit({ ...frozen, host: { total: 899, silence: 899 } }, limits), undefined);
  t.match(exceededLimit({ ...frozen, host: { total: 901, silence: 901 } }, limits), 'within 900 s');
  t.end();
});

t.test('a flood is bounded', (t) => {
  t.equal(exceededLimit({ ...progress, bytes: consoleLimit }, limits), undefined);
  t.match(exceededLimit({ ...progress, bytes: consoleLimit + 1 }, limits), '64 MiB');
  t.equal(exceededLimit({ ...progress, recorded: recordingLimit }, limits), undefined);
  t.match(
    exceededLimit({ ...progress, recorded: recordingLimit + 1 }, limits),
    'the recording passed 1024 MiB',
  );
  t.end();
});
