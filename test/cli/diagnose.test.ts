import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { execa } from 'execa';
import t from 'tap';
import { logDirectory, readLog, recordedLogs } from '../boot/recorded-logs.ts';
import { inShell, kexecLab, kexecLabCommand } from './kexec-lab.ts';

// Every test here starts the program, and a machine may be slow.
t.setTimeout(1_200_000);

const bye = readLog('post-c1-bye.log');
const byePath = join(logDirectory, 'post-c1-bye.log');

/** `diagnose` with something on its standard input. */
async function fed(input: Uint8Array, words: string[], cwd = '.') {
  const [node = '', ...rest] = kexecLabCommand;
  return execa(node, [...rest, 'diagnose', ...words], {
    input,
    cwd,
    reject: false,
    env: { NO_COLOR: '1' },
  });
}

type Document = { outcome: string; signals: { signature: string; line: number }[] };

void t.test('the post’s three failures, each from its own excerpt', async (t) => {
  const outcomes = {
    'post-c1-bye.log': 'bye-hang',
    'post-c1-mangled.log': 'bye-hang',
    'post-vps-no-kexec.log': 'kexec-missing',
    'vps-wrong-root.log': 'root-mount-failed',
  };
  for (const [log, outcome] of Object.entries(outcomes)) {
    const { stdout, exitCode } = await kexecLab(['diagnose', join(logDirectory, log)]);
    t.equal(exitCode, 0);
    t.equal(stdout.split('\n')[0], `${join(logDirectory, log)}: ${outcome}`);
  }
});

void t.test(
  'for people: meaning, evidence an editor can jump to, cure, next command',
  async (t) => {
    const { stdout } = await kexecLab(['diagnose', byePath]);
    t.match(stdout, /\n {2}generation 1, stage kexec\b.*\b6\b/);
    t.match(stdout, /\n {2}.*"Bye!"/);
    t.match(stdout, /\n {2}likely: /);
    t.match(stdout, `\n  ${byePath}:1: [  129.248360] kexec_core: Starting new kernel\n`);
    t.match(stdout, `\n  ${byePath}-5- [  129.632399] CPU3: shutdown\n`, 'the lines around it');
    t.match(stdout, `\n  ${byePath}:6: [  129.700758] Bye!\n`);
    t.match(stdout, /\n {2}console-lost \(line 6: /);
    t.match(stdout, /\n {2}.*\bCPU\b/);
    t.match(stdout, /\n {2}.*--image-size=67108864/);
    t.match(stdout, `\n  kexec-lab diagnose ${byePath} --signals `);
    t.notMatch(stdout, '\x1b', 'no colour in a pipe');
  },
);

void t.test('colour where it is asked for, and nowhere else', async (t) => {
  const colored = await kexecLab(['diagnose', byePath], { FORCE_COLOR: '1' });
  t.match(colored.stdout, '\x1b[31mbye-hang');
});

void t.test('for machines', async (t) => {
  const { stdout } = await kexecLab(['diagnose', byePath, '--json']);
  const document = JSON.parse(stdout) as Document;
  t.match(document, {
    schema: 'kexec-lab/diagnosis@1',
    log: byePath,
    lines: 6,
    outcome: 'bye-hang',
    generation: 1,
    stage: 'kexec',
    evidence: [{ line: 6, text: '[  129.700758] Bye!', signature: 'kexec-bye' }],
    captures: {},
    meaning: String,
    cure: String,
    certainty: 'likely',
    alternatives: [{ outcome: 'console-lost', line: 6, because: String }, { outcome: 'unknown' }],
    settle: /CPUs/,
    signalsOmitted: 0,
  });
  t.strictSame(document.signals.at(-1), {
    signature: 'kexec-bye',
    line: 6,
    text: '[  129.700758] Bye!',
    captures: {},
    guestSeconds: 129.700758,
  });
});

void t.test('all that was recognised, line by line', async (t) => {
  const { stdout } = await kexecLab(['diagnose', byePath, '--signals']);
  t.match(stdout, `${byePath}:6: kexec-bye       [  129.700758] Bye!`);
  t.equal(stdout.trimEnd().split('\n').length, 6);
});

void t.test('standard input, compressed, in UTF-16, or cut off: it is the same log', async (t) => {
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(bye.toString(), 'utf16le')]);
  const long = gzipSync(Buffer.concat([bye, Buffer.from('\n'.repeat(50_000))]));
  const forms = [
    bye,
    gzipSync(bye),
    utf16,
    Buffer.from(utf16).swap16(),
    gzipSync(utf16),
    long.subarray(0, -12),
  ];
  for (const input of forms) {
    const { stdout, stderr } = await fed(input, ['-', '--json']);
    t.match(JSON.parse(stdout), { outcome: 'bye-hang', log: 'stdin' });
    t.equal(stderr, '');
  }
});

void t.test('an empty log', async (t) => {
  const { stdout, exitCode } = await fed(Buffer.alloc(0), ['-']);
  t.equal(exitCode, 0);
  t.match(stdout, /^stdin: no-output\n/);
});

void t.test('--exit-code tells a boot that came up from everything else', async (t) => {
  const booted = join(logDirectory, 'vps-kexec-booted.log');
  t.equal((await kexecLab(['diagnose', '--exit-code', booted])).exitCode, 0);
  t.equal((await kexecLab(['diagnose', '--exit-code', byePath])).exitCode, 1);
});

void t.test('what cannot be read is said so, with a hint', async (t) => {
  const directory = t.testdir();
  const tries: [log: string, input: Buffer, message: RegExp][] = [
    [directory, Buffer.alloc(0), new RegExp(`^${directory}: .*\\n {2}\\S`)],
    [join(directory, 'none.log'), Buffer.alloc(0), /^.*none\.log: .*\n {2}\S/],
    [
      '-',
      Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 0]),
      /^standard input: .*\bxz\b.*\n.*xz -dc .*\| kexec-lab diagnose -/,
    ],
    [
      '-',
      Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.alloc(100, 0xff)]),
      /^standard input: .*gzip/,
    ],
  ];
  for (const [log, input, message] of tries) {
    const { exitCode, stderr, stdout } = await fed(input, [log]);
    t.equal(exitCode, 2);
    t.match(stderr, message);
    t.equal(stdout, '');
  }
});

void t.test('a directory on standard input is no empty log', async (t) => {
  const { exitCode, stderr } = await inShell('"$@" < /', ['diagnose', '-']);
  t.equal(exitCode, 2);
  t.match(stderr, /^standard input: /);
});

void t.test('no log, or standard input twice, is a mistake in arguments', async (t) => {
  t.equal((await kexecLab(['diagnose'])).exitCode, 2);
  t.equal((await kexecLab(['diagnose', '-', '-'])).exitCode, 2);
});

void t.test('several logs: each is diagnosed, and the outcomes are counted', async (t) => {
  const booted = join(logDirectory, 'vps-kexec-booted.log');
  const { stdout, exitCode } = await kexecLab(['diagnose', byePath, booted]);
  t.equal(exitCode, 0);
  t.match(stdout, `${byePath}: bye-hang\n`);
  t.match(stdout, `\n\n${booted}: booted\n`);
  t.match(stdout, /\n2 logs: 1 bye-hang, 1 booted$/);
  const list = await kexecLab(['diagnose', '--json', byePath, booted]);
  t.match(JSON.parse(list.stdout), [{ outcome: 'bye-hang' }, { outcome: 'booted' }]);
  t.equal((await kexecLab(['diagnose', '--exit-code', booted, byePath])).exitCode, 1);
});

void t.test('one of several that cannot be read keeps nobody from the others', async (t) => {
  const { stdout, stderr, exitCode } = await kexecLab(['diagnose', '/none.log', byePath]);
  t.equal(exitCode, 2);
  t.match(stdout, 'bye-hang');
  t.match(stderr, /^\/none\.log: /);
});

void t.test('what each signal means', async (t) => {
  const { stdout } = await kexecLab(['diagnose', '--explain-signals', byePath]);
  t.match(stdout, /^kexec-start\n.*:1: .*\n {2}\S/);
  t.match(stdout, /\ncpu-down \(3\b.*\)\n/);
});

void t.test('a page with the lines that decide', async (t) => {
  const page = join(t.testdir(), 'page.html');
  const { stdout } = await kexecLab(['diagnose', '--html', page, byePath]);
  t.match(stdout, 'bye-hang');
  const html = readFileSync(page, 'utf8');
  t.match(html, '<mark>[  129.700758] Bye!</mark>');
  t.match(html, 'CPU3: shutdown');
  t.match(html, `kexec-lab diagnose ${byePath} --signals`, 'the next command, as in the terminal');
  const failed = await kexecLab(['diagnose', '--html', '/none/page.html', byePath]);
  t.match(failed, { exitCode: 2, stderr: /^\/none\/page\.html: / });
});

void t.test('a binary is refused, not quoted', async (t) => {
  const program = join(t.testdir(), 'program');
  writeFileSync(program, Buffer.from('7f454c4602010100', 'hex'));
  const { stdout, stderr, exitCode } = await kexecLab(['diagnose', program]);
  t.equal(exitCode, 2);
  t.equal(stdout, '');
  t.match(stderr, /program: .*ELF/);
});

void t.test('what a guest prints cannot drive the terminal or a CI log', async (t) => {
  const hostile = Buffer.from(
    `[    1.000000] Kernel panic - not syncing: \x1b]0;title\x07\x9b31m\u202e##[error]x\x1b[2J${'y'.repeat(9000)}\n`,
  );
  const { stdout } = await fed(hostile, ['-']);
  t.match(stdout, /kernel-panic/);
  t.notMatch(stdout, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]|##\[error/);
  for (const row of stdout.split('\n')) t.ok(row.length < 1100, 'no endless lines');
});

void t.test('a file with an awkward name', async (t) => {
  const directory = join(t.testdir(), 'my logs');
  mkdirSync(directory);
  writeFileSync(join(directory, "it's.log"), bye);
  const { stdout } = await fed(Buffer.alloc(0), ["it's.log"], directory);
  t.match(stdout, `kexec-lab diagnose 'it'\\''s.log' --signals`);
});

void t.test('the command says of every log what the recogniser says', async (t) => {
  const some = recordedLogs.filter((_, index) => index % 12 === 0);
  for (const { log, outcome } of some) {
    const { stdout } = await kexecLab(['diagnose', join(logDirectory, log), '--json']);
    t.equal((JSON.parse(stdout) as Document).outcome, outcome, log);
  }
});
