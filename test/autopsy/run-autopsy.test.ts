import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import t from 'tap';
import type { ProcessLimits } from '../../src/autopsy/run-autopsy.ts';
import { ProcessLimitError, runLimited } from '../../src/autopsy/run-autopsy.ts';
import { temporaryDirectory } from '../qemu/machine-fixtures.ts';

// A process that reaches a limit of time takes that long, and a machine may be slow.
t.setTimeout(1_200_000);

/** Roomy in all but what a test is about. */
const roomy: ProcessLimits = { memory: 320 * 2 ** 20, cpuSeconds: 100, wallSeconds: 200 };

function scriptOf(t: Test, source: string): string {
  const file = join(temporaryDirectory(t), 'script.mjs');
  writeFileSync(file, source);
  return file;
}

async function failureOf(t: Test, source: string, limits: Partial<ProcessLimits> = {}) {
  const running = runLimited(scriptOf(t, source), '', { ...roomy, ...limits });
  return running.then(
    (output) => t.fail(`it ended, and printed ${output.slice(0, 100)}`),
    (error: unknown) => error,
  );
}

void t.test(
  'what a process prints comes back, whatever Node.js options a user has set',
  async (t) => {
    const source =
      "import { text } from 'node:stream/consumers'; process.stdout.write(await text(process.stdin) + '\\n');";
    process.env['NODE_OPTIONS'] = '--max-old-space-size=4';
    t.teardown(() => delete process.env['NODE_OPTIONS']);
    t.equal(await runLimited(scriptOf(t, source), 'hello', roomy), 'hello\n');
  },
);

void t.test(
  'buffers, which a heap’s limit does not count, are held to the limit of memory',
  async (t) => {
    const source = 'const all = []; for (;;) all.push(Buffer.alloc(2 ** 24, 1));';
    t.match(await failureOf(t, source), {
      constructor: ProcessLimitError,
      message: /\b320 MiB\b/,
    });
  },
);

void t.test('so is a heap', async (t) => {
  const source = 'const all = []; for (let i = 0; ; i += 1) all.push({ i, text: `x${i}` });';
  t.match(await failureOf(t, source), { message: /\b320 MiB\b/ });
});

void t.test('and memory that is taken at once', async (t) => {
  const source = 'Buffer.alloc(2 ** 32 - 1, 1);';
  t.match(await failureOf(t, source), { message: /\b320 MiB\b/ });
});

void t.test('a loop without an end is held to the time on a CPU', async (t) => {
  t.match(await failureOf(t, 'for (;;);', { cpuSeconds: 1 }), {
    constructor: ProcessLimitError,
    message: /\b1 s\b/,
  });
});

void t.test('one that only waits, to the time on the wall', async (t) => {
  const source = 'setInterval(() => {}, 1000);';
  t.match(await failureOf(t, source, { wallSeconds: 1 }), { message: /\b1 s\b/ });
});

void t.test('any other end is named', async (t) => {
  t.match(await failureOf(t, "process.kill(process.pid, 'SIGSEGV'); setInterval(() => {}, 9);"), {
    constructor: ProcessLimitError,
    message: /\bSIGSEGV\b.*\b320 MiB\b/,
  });
  t.match(await failureOf(t, "throw new Error('no idea')"), { message: /\b1\b/ });
  const endless = "const go = () => process.stdout.write('x'.repeat(2 ** 20), go); go();";
  t.match(await failureOf(t, endless), { constructor: ProcessLimitError, message: /^\D+$/ });
});

void t.test('it ends when it is told to', async (t) => {
  const controller = new AbortController();
  const directory = temporaryDirectory(t);
  const source = `
    import { writeFileSync } from 'node:fs';
    writeFileSync(${JSON.stringify(join(directory, 'pid'))}, String(process.pid));
    process.stdout.write('x');
    setInterval(() => {}, 9);`;
  const running = runLimited(scriptOf(t, source), '', roomy, controller.signal);
  controller.abort(new Error('enough'));
  await t.rejects(running, { message: 'enough' });
  const left = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
  t.notMatch(left, directory);
});
