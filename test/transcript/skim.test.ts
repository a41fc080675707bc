import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { createBootObserver } from '../../src/boot/observer.ts';
import type { LineSource } from '../../src/console/lines.ts';
import { Transcript } from '../../src/transcript/transcript.ts';

const folders = ['../logs/', '../consoles/'].map((folder) => new URL(folder, import.meta.url));
const logs = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .map((name) => readFileSync(new URL(name, folder))),
);

/** A transcript that is never allowed to pass over a line. */
function attentive(): LineSource {
  const lines = new Transcript();
  return {
    feed: (chunk) => lines.feed(chunk),
    flush: () => lines.flush(),
    end: () => lines.end(),
    get rest() {
      return lines.rest;
    },
  };
}

function seen(lines: LineSource, bytes: Uint8Array): unknown {
  const observer = createBootObserver({ lines });
  const signals = observer.feed(bytes);
  signals.push(...observer.peek(), ...observer.end({ reason: 'log-ended' }));
  return { signals, outcome: observer.outcome(), position: observer.position };
}

void t.test('what is passed over changes nothing', (t) => {
  let passed = 0;
  for (const bytes of [...logs, Buffer.concat(logs)]) {
    const lines = new Transcript();
    const take = lines.takeSkipped.bind(lines);
    lines.takeSkipped = () => {
      const skipped = take();
      passed += skipped?.lines ?? 0;
      return skipped;
    };
    t.same(seen(lines, bytes), seen(attentive(), bytes));
  }
  t.ok(passed > 10_000, 'most lines are passed over');
  t.end();
});
