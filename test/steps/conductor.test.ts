import { createServer } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import type { Machine } from '../../src/qemu/machine.ts';
import type { Step } from '../../src/scenario/step.ts';
import { Conductor } from '../../src/steps/conductor.ts';
import { temporaryDirectory } from '../qemu/machine-fixtures.ts';

const signal = (signature: string, captures = {}) => {
  return { signature, line: 1, text: '', captures, guestSeconds: null };
};

/** A machine that only takes notes. */
function noteTaker() {
  const written: string[] = [];
  const machine = {
    write: (bytes: Uint8Array | string) => void written.push(Buffer.from(bytes).toString()),
    reset: () => Promise.resolve(void written.push('<reset>')),
    sshPort: () => Promise.resolve(1),
  } as unknown as Machine;
  return { machine, typed: () => written.join('') };
}

function conduct(steps: Step[], { keyFile = '/nowhere' } = {}) {
  const output: string[] = [];
  return new Conductor(steps, { provider: null, keyFile, onOutput: (text) => output.push(text) });
}

t.test('steps are done in order, each when the one before it is', async (t) => {
  const { machine, typed } = noteTaker();
  const conductor = conduct([
    { do: 'wait', for: { signature: 'login-prompt', generation: 1 } },
    { do: 'type', text: 'root\n' },
    { do: 'key', key: 'up' },
    { do: 'wait', for: { screen: 'Boot Manager' } },
    { do: 'reset' },
  ]);
  const running = conductor.run(machine);
  t.ok(conductor.pending);
  conductor.onSignal(signal('login-prompt'), { generation: 2 });
  await new Promise(setImmediate);
  t.equal(typed(), '', 'another generation');
  conductor.onSignal(signal('login-prompt'), { generation: 1 });
  conductor.onBytes(Buffer.from('\u001B[2J\u001B[5;10HBoot Man'));
  conductor.onBytes(Buffer.from('ager'));
  await running;
  t.equal(typed(), 'root\r\u001B[A<reset>');
  t.notOk(conductor.pending);
  t.strictSame(
    conductor.results.map(({ status }) => status),
    Array(5).fill('done'),
  );
});

t.test('a command on the console ends when its own end is said', async (t) => {
  const { machine, typed } = noteTaker();
  const conductor = conduct([
    { do: 'run', command: 'true', exit: 0 },
    { do: 'run', command: 'false', exit: 0 },
    { do: 'key', key: 'enter' },
  ]);
  const running = conductor.run(machine);
  const end = (step: string, exit: string) => {
    conductor.onSignal(signal('step-ended', { step, exit }), { generation: 1 });
  };
  while (!typed().includes('1 $?\r')) await new Promise((resolve) => setTimeout(resolve, 5));
  t.ok(conductor.busy);
  end('2', '0');
  end('1', '0');
  while (!typed().includes('2 $?\r')) await new Promise((resolve) => setTimeout(resolve, 5));
  end('2', '1');
  await running;
  t.ok(conductor.failed);
  t.match(conductor.results, [
    { status: 'done' },
    { status: 'failed', detail: /\b0\b.*\b1\b/ },
    { status: 'pending', at: null },
  ]);
});

t.test(
  'a proof waits for a shell in its generation, and keeps what the command printed',
  async (t) => {
    const { machine, typed } = noteTaker();
    const conductor = conduct([{ do: 'prove', by: 'run', command: 'uname -r', generation: 2 }]);
    const running = conductor.run(machine);
    conductor.onSignal(signal('shell-prompt'), { generation: 1 });
    await new Promise(setImmediate);
    t.equal(typed(), '', 'a shell of the first kernel');
    t.notOk(conductor.busy, 'a machine that is silent by now is not at work for us');
    conductor.onSignal(signal('shell-prompt'), { generation: 2 });
    while (!typed().endsWith('\r')) await new Promise((resolve) => setTimeout(resolve, 5));
    t.ok(conductor.busy);
    conductor.onSignal(signal('step-ended', { step: '1', exit: '0', output: '6.12 ' }), {
      generation: 2,
    });
    await running;
    t.match(conductor.results, [{ status: 'done', detail: '6.12', step: /: uname -r\b/ }]);
  },
);

t.test('a proof that another kernel answers, or that fails, is none', async (t) => {
  for (const [generation, exit] of [
    [3, '0'],
    [2, '1'],
  ] as const) {
    const { machine, typed } = noteTaker();
    const conductor = conduct([{ do: 'prove', by: 'run', command: 'true', generation: 2 }]);
    conductor.onSignal(signal('root-shell'), { generation: 2 });
    const running = conductor.run(machine);
    while (!typed().endsWith('\r')) await new Promise((resolve) => setTimeout(resolve, 5));
    conductor.onSignal(signal('step-ended', { step: '1', exit, output: 'x' }), { generation });
    await running;
    t.ok(conductor.failed);
  }
});

t.test('a command that takes the machine with it ends when the console says so', async (t) => {
  const { machine, typed } = noteTaker();
  const conductor = conduct([{ do: 'run', command: 'kexec -e', exit: 'gone' }]);
  conductor.onSignal(signal('kexec-bye'), { generation: 1 });
  const running = conductor.run(machine);
  while (!typed().includes('$?\r')) await new Promise((resolve) => setTimeout(resolve, 5));
  t.ok(conductor.pending, 'an earlier Bye! is another kexec');
  conductor.onSignal(signal('kexec-bye'), { generation: 1 });
  await running;
  t.equal(conductor.results[0]?.status, 'done');
});

t.test("an ssh server that does not answer fails the step with ssh's own words", async (t) => {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  const { machine } = noteTaker();
  const step = { do: 'ssh', command: 'true', stdin: '', exit: 0, place: 'some.yaml:12' } as const;
  const conductor = conduct([step], {
    keyFile: join(temporaryDirectory(t), 'key'),
  });
  await conductor.run({ ...machine, sshPort: () => Promise.resolve(port) });
  const { status, detail = '', place } = conductor.results[0] ?? {};
  t.equal(status, 'failed');
  t.match(detail, /\bssh\b.* 5 .* \d+ s\): .*(closed|reset)/i);
  t.match(detail, /\n.*INITRD_DROPBEAR: '1' .*scaleway-sshd-waits/, 'and what to do');
  t.equal(place, 'some.yaml:12');
});

t.test('what is under way when the boot ends stays pending', async (t) => {
  const { machine } = noteTaker();
  const conductor = conduct([{ do: 'wait', for: { screen: 'never' } }]);
  const running = conductor.run(machine);
  conductor.onEnd();
  await running;
  t.equal(conductor.results[0]?.status, 'pending');
});
