import { execFileSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Test } from 'tap';
import t from 'tap';
import type { Answer, ExamineRequest } from '../../src/autopsy/autopsy-process.ts';
import { autopsyLimits, runAutopsy } from '../../src/autopsy/run-autopsy.ts';
import { temporaryDirectory } from '../qemu/machine-fixtures.ts';
import { dumpFile } from './dumps.ts';

t.setTimeout(1_200_000);

const program = fileURLToPath(new URL('../../src/autopsy/autopsy-process.ts', import.meta.url));

const requestFor = (file: string, more: Partial<ExamineRequest> = {}): ExamineRequest => ({
  ...{ file, base: 0x4000_0000, lines: [], pcs: [], dead: true },
  ...more,
});

/** The answer of the process to a request. */
async function ask(request: ExamineRequest): Promise<Answer> {
  const input = JSON.stringify(request);
  const { stdout } = await execa(process.execPath, ['--import=tsx', program], { input });
  return JSON.parse(stdout) as Answer;
}

t.test('it answers with what it found', async (t) => {
  const file = dumpFile(t, 'aarch64-console-lost-sid');
  const answer = await ask(requestFor(file));
  t.match(answer, {
    examined: { missingBytes: 0, silence: { reason: 'console-lost' }, unheard: Number },
  });
  if (!('examined' in answer)) return;
  const { findings, unheard } = answer.examined;
  t.match(findings.logs[unheard ?? -1], { release: '7.2.13+deb14-cloud-arm64' });
});

t.test('a working machine is not explained by what its memory lacks', async (t) => {
  const file = dumpFile(t, 'aarch64-truncated-kernel');
  t.match(await ask(requestFor(file)), { examined: { silence: { reason: 'image-damaged' } } });
  t.match(await ask(requestFor(file, { dead: false })), { examined: { silence: null } });
});

t.test('a file that is not a dump is refused, with its place and what to do', async (t) => {
  const file = join(temporaryDirectory(t), 'saved.img');
  writeFileSync(file, 'LibvirtQemudSave\x02');
  t.match(await ask(requestFor(file)), {
    refused: { message: String, place: file, hint: /virsh dump/ },
  });
  t.match(await ask(requestFor(`${file}.gone`)), { refused: { place: `${file}.gone` } });
});

t.test('an error of the program itself is reported with its stack, not as a dump', async (t) => {
  const request = requestFor(dumpFile(t, 'aarch64-truncated-kernel'), { pcs: ['not hex'] });
  t.match(await ask(request), { fault: /SyntaxError[^]*\n\s+at / });
  await t.rejects(runAutopsy(request), {
    name: 'UnavailableError',
    message: 'the dump could not be read: an error in kexec-lab',
    place: request.file,
    hint: /SyntaxError/,
  });
});

/** A dump whose reading takes for ever. */
function endlessDump(t: Test): string {
  const file = join(temporaryDirectory(t), 'endless.raw');
  writeFileSync(file, 'x');
  truncateSync(file, 2 ** 42);
  return file;
}

/** The process that reads a dump for this one. */
async function readerOf(parent: number): Promise<number> {
  for (;;) {
    const rows = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(parent)], {
      encoding: 'utf8',
    });
    const row = rows.split('\n').find((text) => / \S*node .*autopsy-process/.test(text));
    if (row !== undefined) return Number.parseInt(row, 10);
    await sleep(50);
  }
}

t.test('a process that crashes or is killed is one message', async (t) => {
  const limits = { ...autopsyLimits(0), cpuSeconds: 100, wallSeconds: 150 };
  const ends = {
    SIGSEGV: /reading it crashed: SIGSEGV \(Node\.js can crash at its limit of 768 MiB/,
    // The kernel's OOM killer sends it.
    SIGKILL: /reading it took more than 768 MiB of memory$/,
    SIGTERM: /reading it failed: SIGTERM/,
  };
  for (const [signal, message] of Object.entries(ends)) {
    const file = endlessDump(t);
    const reading = t.rejects(runAutopsy(requestFor(file), { limits }), {
      name: 'UnavailableError',
      message,
      place: file,
    });
    process.kill(await readerOf(process.pid), signal);
    await reading;
  }
});

t.test('an autopsy that is stopped ends with that reason', async (t) => {
  const controller = new AbortController();
  const reading = runAutopsy(requestFor(endlessDump(t)), { signal: controller.signal });
  const reader = await readerOf(process.pid);
  controller.abort(new Error('enough'));
  await t.rejects(reading, { message: 'enough' });
  t.throws(() => process.kill(reader, 0), { code: 'ESRCH' });
});

t.test('the limits grow with the dump', (t) => {
  const [small, large] = [autopsyLimits(0), autopsyLimits(4 * 2 ** 30)];
  t.ok(small.cpuSeconds >= 8 && small.wallSeconds > small.cpuSeconds);
  t.ok(large.cpuSeconds > 2 * small.cpuSeconds);
  t.equal(large.memory, small.memory);
  t.end();
});
