import { Readable } from 'node:stream';
import t from 'tap';
import {
  lastLines,
  parseSchedstat,
  parseState,
  runTool,
  startProgram,
  streamTool,
} from '../../src/host/processes.ts';
import { installLine } from '../../src/host/requirements.ts';
import { hostWith } from './host-with.ts';

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += Buffer.from(chunk).toString();
  return text;
}

t.test('the output of a tool, as a whole and piece by piece', async (t) => {
  const lines: string[] = [];
  const onLine = (line: string) => void lines.push(line);
  const script = 'cat; echo "$X"; echo warning >&2';
  t.same(await runTool('sh', ['-c', script], { input: 'one\n', env: { X: 'two' }, onLine }), {
    stdout: 'one\ntwo',
    stderr: 'warning',
  });
  t.same(lines, ['one', 'two']);
  t.equal(await textOf(streamTool('cat', [], { input: Readable.from(['a', 'b']) })), 'ab');
});

t.test('a tool that fails is quoted', async (t) => {
  const fail = (script: string) => runTool('sh', ['-c', script], { hint: 'a hint' });
  await t.rejects(fail('seq 9 >&2; exit 3'), {
    name: 'UnavailableError',
    message: /^sh\b.*: 5\n6\n7\n8\n9$/,
    hint: 'a hint',
  });
  await t.rejects(fail('echo "E: first" >&2; echo other >&2; exit 3'), {
    message: /^sh\b.*: E: first$/,
  });
  await t.rejects(textOf(streamTool('sh', ['-c', 'echo x; echo first >&2; exit 3'])), {
    name: 'ToolFailure',
    message: 'first',
    exitCode: 3,
  });
});

t.test('a missing tool is named with the line that installs it', async (t) => {
  hostWith(t, {});
  await t.rejects(runTool('cpio', []), {
    name: 'UnavailableError',
    message: /\bcpio \(.*\bcpio\)/,
    hint: installLine([{ package: 'cpio' }]),
  });
  await t.rejects(runTool('lab-test-tool', []), {
    name: 'UnavailableError',
    message: /\blab-test-tool\b/,
    hint: /^(?!.*apt-get)/,
  });
  await t.rejects(textOf(streamTool('cpio', [])), { name: 'ToolFailure', exitCode: undefined });
});

t.test('a program that runs until it is ended', async (t) => {
  const { child, pid, stderr } = await startProgram(
    ['sh', '-c', 'echo "$TMPDIR" >&2; exec sleep 60'],
    { stdio: ['ignore', 'ignore', 'pipe'], directory: '/nowhere' },
  );
  t.equal(pid, child.pid);
  child.kill('SIGKILL');
  t.match(await stderr, /^(\/nowhere)?$/);
});

t.test('the last lines that say something', (t) => {
  t.equal(lastLines('a\nb\n\n', 1), 'b');
  t.equal(lastLines('a\n\nb\nc\n', 2), 'b\nc');
  t.equal(lastLines('\n', 2), '');
  t.end();
});

t.test('time on a CPU and time waiting for one', (t) => {
  t.same(parseSchedstat('115101000 378503000 2\n'), {
    cpuMs: 115.101,
    waitedMs: 378.503,
    turns: 2,
  });
  t.end();
});

t.test('the state of a thread, whatever its name', (t) => {
  t.equal(parseState('4711 (CPU 0/TCG) R 1 4711 4711 0 -1'), 'R');
  t.equal(parseState('4711 (a) S (b) S 1 4711'), 'S');
  t.end();
});
