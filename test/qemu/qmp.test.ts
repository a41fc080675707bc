import { Duplex } from 'node:stream';
import t from 'tap';
import type { Qmp } from '../../src/qemu/qmp.ts';
import { connectQmp } from '../../src/qemu/qmp.ts';

type Command = { execute: string; arguments?: unknown; id: number };

/** QEMU's end of a QMP connection: `answer` is called with each command and a way to send bytes. */
function qemuEnd(answer: (command: Command, send: (text: string) => void) => void): Duplex {
  const stream: Duplex = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      const command = JSON.parse(chunk.toString()) as Command;
      if (command.execute === 'qmp_capabilities')
        send(JSON.stringify({ return: {}, id: command.id }) + '\n');
      else answer(command, send);
      done();
    },
  });
  const send = (text: string): void => void stream.push(text);
  send('{"QMP": {"version": {}, "capabilities": ["oob"]}}\r\n');
  return stream;
}

function connect(answer: Parameters<typeof qemuEnd>[0]): Promise<Qmp> {
  return connectQmp(qemuEnd(answer), () => undefined);
}

t.test('answers find their questions in any order and any chunks', async (t) => {
  const asked: Command[] = [];
  const qmp = await connect((command, send) => {
    asked.push(command);
    if (asked.length < 2) return;
    const answers = asked
      .reverse()
      .map(({ execute, id }) => JSON.stringify({ return: execute, id }));
    for (const letter of `${answers.join('\r\n')}\r\n`) send(letter);
  });
  const both = [qmp.execute('query-status'), qmp.execute('stop', { 'command-line': 'x' })];
  t.same(await Promise.all(both), ['query-status', 'stop']);
  t.match(asked, [{ arguments: { 'command-line': 'x' } }, {}]);
});

t.test('events are told as they come', async (t) => {
  const events: unknown[] = [];
  const stream = qemuEnd((command, send) => {
    send(
      '{"event": "RESET", "data": {"guest": true, "reason": "guest-reset"}}\n{"event": "RESUME"}\n',
    );
    send(JSON.stringify({ return: {}, id: command.id }) + '\n');
  });
  const qmp = await connectQmp(stream, (event, data) => events.push([event, data]));
  await qmp.execute('cont');
  t.same(events, [
    ['RESET', { guest: true, reason: 'guest-reset' }],
    ['RESUME', {}],
  ]);
});

t.test("a refusal has QEMU's own words", async (t) => {
  const qmp = await connect((command, send) => {
    const error = { class: 'GenericError', desc: 'Invalid parameter' };
    send(JSON.stringify({ error, id: command.id }) + '\n');
  });
  await t.rejects(qmp.execute('cont'), {
    name: 'UnavailableError',
    message: 'cont: Invalid parameter',
  });
});

t.test('the end of the connection answers every question', async (t) => {
  for (const [what, bytes, cause] of [
    ['closed', null, undefined],
    ['not QMP', 'login:\n', { name: 'SyntaxError' }],
    ['endless', 'x'.repeat(3 << 20), { name: 'Error' }],
  ] as const) {
    const stream = qemuEnd(() => stream.push(bytes));
    const qmp = await connectQmp(stream, () => undefined);
    const question = qmp.execute('cont');
    const lost = { name: 'QmpLost', cause };
    await t.rejects(question, { name: 'QmpLost', message: /^cont: /, cause: lost }, what);
    await t.rejects(qmp.execute('quit'), lost, 'and later ones');
  }
});
