import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { createBootObserver } from '../../src/boot/observer.ts';
import { LineSplitter } from '../../src/console/lines.ts';
import type { Outcome, Signal } from '../../src/model/boot.ts';
import { outcomeIds } from '../../src/model/vocabulary.ts';
import { signatures } from '../../src/signatures/all.ts';
import { diagnose, logDirectory, nearMisses, readLog, recordedLogs } from './recorded-logs.ts';

t.test('every recorded log shows what the index says', (t) => {
  for (const { log, shows, outcome, generation, stage, captures, signals } of recordedLogs) {
    const found = diagnose([readLog(log)]);
    t.match(
      found.outcome,
      { id: outcome, generation, stage, captures: captures ?? {} },
      `${log}: ${shows}`,
    );
    const ids = [...new Set(found.signals.map(({ signature }) => signature))];
    if (signals !== undefined) t.strictSame(ids, signals, `${log}: signals`);
  }
  t.end();
});

t.test('the index and the folder agree', (t) => {
  const files = readdirSync(logDirectory).filter((name) => name.endsWith('.log'));
  t.strictSame(recordedLogs.map(({ log }) => log).sort(), files.sort());
  t.end();
});

t.test('every outcome a log can show is shown by one', (t) => {
  // These two need more than a log: CPU samples, a QEMU.
  const beyondLogs = ['console-lost', 'qemu-exited'];
  const shown = new Set<string>(recordedLogs.map(({ outcome }) => outcome));
  t.strictSame(
    outcomeIds.filter((id) => !shown.has(id)),
    beyondLogs,
  );
  t.end();
});

t.test('every signature has a log that shows it, and near misses that do not', (t) => {
  const witnessed = new Set(
    recordedLogs.flatMap(({ log }) => diagnose([readLog(log)]).signals.map((s) => s.signature)),
  );
  for (const { id } of signatures) {
    t.ok(witnessed.has(id), `${id} has a witness`);
    const lines = nearMisses[id] ?? [];
    t.ok(lines.length > 0, `${id} has a near miss`);
    for (const line of lines) {
      for (const text of [line, `${line}\n`]) {
        const found = diagnose([Buffer.from(text)]).signals.map(({ signature }) => signature);
        t.notOk(found.includes(id), `${id} is not in ${JSON.stringify(text)}`);
      }
    }
  }
  const known = signatures.map(({ id }) => id);
  t.strictSame(
    Object.keys(nearMisses).filter((id) => !known.includes(id)),
    [],
    'near misses name signatures that exist',
  );
  t.end();
});

t.test('programs that talk about failures are no failure', (t) => {
  for (const log of ['near-miss-talk.log', 'near-miss-untimed.log']) {
    t.equal(diagnose([readLog(log)]).outcome.id, 'unknown', log);
  }
  t.end();
});

t.test('any log, cut anywhere, in any chunks, gives the same answer', (t) => {
  const log = fc.constantFrom(...recordedLogs).map((entry) => readLog(entry.log));
  fc.assert(
    fc.property(
      log,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.array(fc.nat(4000)),
      (bytes, share, cuts) => {
        const cut = bytes.subarray(0, Math.round(share * bytes.length));
        assert.deepEqual(diagnose(chunksOf(cut, cuts)), diagnose([cut]));
      },
    ),
    { numRuns: 150 },
  );
  t.end();
});

t.test('every log fed byte by byte gives the same answer', (t) => {
  for (const { log } of recordedLogs) {
    const bytes = readLog(log);
    const single = Array.from(bytes, (_, index) => bytes.subarray(index, index + 1));
    t.strictSame(diagnose(single), diagnose([bytes]), log);
  }
  t.end();
});

t.test('looking at a quiet console again and again changes neither outcome nor signals', (t) => {
  for (const { log } of recordedLogs) {
    const bytes = readLog(log);
    const observer = createBootObserver();
    const signals: Signal[] = [];
    for (let at = 0; at < bytes.length; at += 7) {
      signals.push(...observer.feed(bytes.subarray(at, at + 7)), ...observer.peek());
      assert.deepEqual(observer.peek(), [], `${log}: the second look at byte ${at}`);
    }
    signals.push(...observer.peek(), ...observer.end({ reason: 'log-ended' }));
    const whole = diagnose([bytes], new LineSplitter());
    t.strictSame(untyped(observer.outcome()), untyped(whole.outcome), `${log}: outcome`);
    t.strictSame(signals.map(briefly).sort(), whole.signals.map(briefly).sort(), `${log}: signals`);
  }
  t.end();
});

/** An outcome without what is typed at a login prompt, of which a look in between sees the beginning. */
function untyped(outcome: Outcome): Outcome {
  const evidence = outcome.evidence.map((one) =>
    'signature' in one && one.signature === 'login-prompt'
      ? { ...one, text: one.text.replace(/(login:) .*$/, '$1') }
      : one,
  );
  return { ...outcome, evidence };
}

function briefly({ signature, line }: Signal): string {
  return `${line} ${signature}`;
}

t.test('no bytes whatever make the outcome throw', (t) => {
  const words = fc.constantFrom(
    'Bye!',
    '[    1.000000] ',
    '\x1b[6n',
    '\r',
    '\n',
    '>>> ',
    'kexec: not found',
    'login: ',
    'Kernel panic - not syncing: x',
    'Booting Linux on physical CPU 0x0',
    '\xff',
    'Shell> ',
  );
  const noise = fc.array(
    fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      words.map((word) => Buffer.from(word, 'latin1')),
    ),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(noise, (chunks) => {
      const { outcome } = diagnose(chunks);
      assert.ok(outcomeIds.includes(outcome.id) && outcome.meaning !== '');
    }),
    { numRuns: 300 },
  );
  t.end();
});

function* chunksOf(bytes: Uint8Array, sizes: number[]): Generator<Uint8Array> {
  let from = 0;
  for (const size of sizes) {
    yield bytes.subarray(from, from + size);
    from += size;
  }
  yield bytes.subarray(from);
}
