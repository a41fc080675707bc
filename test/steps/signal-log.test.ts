import t from 'tap';
import type { Signal } from '../../src/model/boot.ts';
import { SignalLog } from '../../src/steps/signal-log.ts';

const signal = (signature: string): Signal => {
  return { signature, line: 1, text: '', captures: {}, guestSeconds: null };
};
const named = (wanted: string) => (entry: { signature: string }) => entry.signature === wanted;

t.test(
  'a wait ends at a signal that was seen before, and the next wait starts after it',
  async (t) => {
    const log = new SignalLog();
    const { signal: never } = new AbortController();
    log.add(signal('login-prompt'), 1);
    log.add(signal('kexec-bye'), 1);
    await log.next(named('login-prompt'), never);
    let second = false;
    const waiting = log.next(named('login-prompt'), never).then(() => (second = true));
    log.add(signal('kernel-booting'), 2);
    await new Promise(setImmediate);
    t.notOk(second, 'one prompt is not two');
    log.add(signal('login-prompt'), 2);
    await waiting;
    t.ok(second);
  },
);

t.test('what was said before is forgotten on request', async (t) => {
  const log = new SignalLog();
  log.add(signal('kexec-bye'), 1);
  log.skip();
  const cancel = new AbortController();
  const waiting = log.next(named('kexec-bye'), cancel.signal);
  cancel.abort(new Error('stopped'));
  await t.rejects(waiting, { message: 'stopped' });
});

t.test('a guest that repeats itself endlessly does not fill the memory', async (t) => {
  const log = new SignalLog();
  for (let i = 0; i < 100_000; i += 1) log.add(signal('systemd-unit'), 1);
  log.add(signal('login-prompt'), 1);
  await log.next(named('login-prompt'), new AbortController().signal);
  t.pass('and the newest is still there');
});
