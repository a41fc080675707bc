import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import t from 'tap';
import { goodBoot } from '../run/cases.ts';
import { fakeRun } from './fake-run.ts';
import { inShell } from './kexec-lab.ts';

// Every test here starts the program, and a machine may be slow.
t.setTimeout(1_200_000);

/** A run of two cases with a report in a file besides the one on standard output, which goes where `line` sends it. */
async function runInto(t: Test, line: string) {
  const { directory, words, env, leftovers } = fakeRun(t, { text: goodBoot });
  const file = join(directory, 'report.json');
  const all = words('mine.yaml', 'other.yaml', '--reporter', 'plain', '--reporter', `json=${file}`);
  const ended = await inShell(line, all, env);
  t.strictSame(leftovers(), []);
  return { ...ended, report: JSON.parse(readFileSync(file, 'utf8')) as object };
}

const whole = { summary: { total: 2, pass: 2 }, exitCode: 0 };

void t.test('a reader that goes away does not cost the report in a file', async (t) => {
  const { stderr, report } = await runInto(t, '{ "$@"; echo "exit code $?" >&2; } | head -n 1');
  t.equal(stderr, 'exit code 0');
  t.match(report, whole);
});

void t.test('nor does a full disk behind standard output, which is reported', async (t) => {
  const { stderr, exitCode, report } = await runInto(t, '"$@" > /dev/full');
  t.equal(exitCode, 5);
  t.match(stderr, /^report plain\b/);
  t.match(report, whole);
});
