import t from 'tap';
import { UnavailableError } from '../../src/errors.ts';
import type { Guarded } from '../../src/report/guard.ts';
import { guardReporters } from '../../src/report/guard.ts';
import type { Reporter } from '../../src/report/reporter.ts';
import { result, wholeRun } from './events.ts';

const events = wholeRun([result('kexec', 'arm')]);

/** A reporter that counts its calls. */
function counting(): {
  reporter: Reporter;
  calls: { events: number; errors: number; closed: number };
} {
  const calls = { events: 0, errors: 0, closed: 0 };
  return {
    calls,
    reporter: {
      onEvent: () => void (calls.events += 1),
      onError: () => void (calls.errors += 1),
      close: () => void (calls.closed += 1),
    },
  };
}

const throws = (error: unknown) => () => {
  throw error;
};

function guarded(name: string, reporter: Reporter, onOutput = false): Guarded {
  return { name, reporter, onOutput };
}

t.test('whatever a reporter throws, wherever, the others go on', async (t) => {
  const broken: Record<string, Reporter> = {
    event: { onEvent: throws(new TypeError('a bug')) },
    error: { onEvent: () => undefined, onError: throws(new UnavailableError('no more')) },
    close: { onEvent: () => undefined, close: throws(new Error('at the end')) },
    rejects: { onEvent: () => undefined, close: () => Promise.reject(new Error('late')) },
    // Not even an Error.
    odd: { onEvent: throws('text') },
  };
  for (const [name, reporter] of Object.entries(broken)) {
    const [before, after] = [counting(), counting()];
    const guard = guardReporters([
      guarded('before', before.reporter),
      guarded(name, reporter),
      guarded('after', after.reporter),
    ]);
    for (const event of events) guard.onEvent(event);
    guard.onError(new Error('the run cannot go on'));
    await guard.close();
    const all = { events: events.length, errors: 1, closed: 1 };
    t.strictSame([before.calls, after.calls], [all, all], name);
    t.match(guard.trouble(), { message: `report ${name} is incomplete: `, exitCode: 5 });
  }
});

t.test('a bug comes with its stack, trouble with what to do', async (t) => {
  const full = Object.assign(new Error('ENOSPC: no space'), {
    ...{ code: 'ENOSPC', syscall: 'write', path: '/x' },
  });
  const guard = guardReporters([
    guarded('junit', { onEvent: throws(new TypeError('a bug')) }),
    guarded('json', { onEvent: throws(full) }),
  ]);
  for (const event of events) guard.onEvent(event);
  await guard.close();
  const lines = guard.trouble()?.message.split('\n') ?? [];
  t.match(lines[0], 'report junit is incomplete: this is a bug in kexec-lab, please report it');
  t.match(lines[1], 'TypeError: a bug');
  t.match(lines.at(-2), 'report json is incomplete: /x: cannot write: no space left on the disk');
  t.match(lines.at(-1), 'Free some space');
});

t.test('standard output fails late, and only who writes there is left out', async (t) => {
  const [there, elsewhere] = [counting(), counting()];
  const all = [guarded('tap', there.reporter, true), guarded('json', elsewhere.reporter)];
  const guard = guardReporters(all);
  const [first, ...rest] = events;
  if (first !== undefined) guard.onEvent(first);
  guard.outputFailed(Object.assign(new Error('ENOSPC: no'), { code: 'ENOSPC', syscall: 'write' }));
  for (const event of rest) guard.onEvent(event);
  await guard.close();
  t.equal(there.calls.events, 1);
  t.equal(there.calls.closed, 1, 'a live display still gives the terminal back');
  t.equal(elsewhere.calls.events, events.length);
  t.match(
    guard.trouble()?.message,
    'report tap is incomplete: cannot write to standard output: no space left on the disk',
  );
});

t.test('a reader that has gone misses nothing', async (t) => {
  const guard = guardReporters([guarded('tap', counting().reporter, true)]);
  guard.outputFailed(null);
  await guard.close();
  t.equal(guard.trouble(), null);
});
