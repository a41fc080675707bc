import t from 'tap';
import { catchInterrupts, outputEvents } from '../../src/cli/interrupt.ts';

/** Signals are sent to this process itself, through the events Node turns them into. */
function watched() {
  let now = 0;
  const left: number[] = [];
  const interrupt = catchInterrupts(
    (code) => left.push(code),
    () => now,
  );
  return {
    ...interrupt,
    left,
    send(name: NodeJS.Signals, at: number) {
      now = at;
      process.emit(name, name);
    },
  };
}

t.test('the first signal aborts, with its name as the reason', (t) => {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const run = watched();
    t.equal(run.signal.aborted, false);
    run.send(name, 1000);
    t.equal(run.signal.reason, name);
    t.strictSame(run.left, []);
    run.release();
  }
  t.end();
});

t.test('a second one ends at once, unless it is the same one passed on', (t) => {
  const run = watched();
  run.send('SIGINT', 1000);
  run.send('SIGINT', 1005);
  run.send('SIGINT', 1300);
  t.strictSame(run.left, [], 'npm passes on what the terminal has sent already');
  run.send('SIGINT', 1301);
  t.strictSame(run.left, [130]);
  run.release();
  t.end();
});

t.test('a closed output stops, is reported with every write and never ends at once', (t) => {
  const run = watched();
  outputEvents.emit('closed');
  t.equal(run.signal.aborted, true);
  outputEvents.emit('closed');
  t.strictSame(run.left, []);
  run.send('SIGINT', 9001);
  t.strictSame(run.left, [130]);
  run.release();
  t.end();
});

t.test('once released, signals have their usual meaning', (t) => {
  const before = process.listenerCount('SIGINT');
  const run = watched();
  t.equal(process.listenerCount('SIGINT'), before + 1);
  run.release();
  t.equal(process.listenerCount('SIGINT'), before);
  t.end();
});
