import t from 'tap';
import { UnavailableError } from '../../src/errors.ts';
import { readConsole, startFake } from './machine-fixtures.ts';

t.test('the console is whole, from the first byte to the last', async (t) => {
  const text = 'Booting Linux on physical CPU 0x0\r\n'.repeat(5000);
  const machine = await startFake(t, { text, chunk: 997, then: 'poweroff' });
  await machine.continue();
  t.equal(await readConsole(machine), text);
  t.match(await machine.exited, { code: 0, signal: null, reason: 'guest-shutdown' });
});

t.test('the console can be read when QEMU is gone', async (t) => {
  const machine = await startFake(t, { text: 'Bye!', then: 'poweroff' });
  await machine.continue();
  await machine.exited;
  t.equal(await readConsole(machine), 'Bye!');
});

t.test('nothing runs before continue', async (t) => {
  const machine = await startFake(t, { text: 'too early', then: 'poweroff' });
  await machine.stop();
  t.equal(await readConsole(machine), '');
});

t.test('what is typed reaches the guest', async (t) => {
  const machine = await startFake(t, {});
  machine.write('uname -r\n');
  for await (const echo of machine.console) {
    if (echo.length === 0) continue;
    t.equal(Buffer.from(echo).toString(), 'uname -r\n');
    break;
  }
});

t.test('keys the guest never read do not break the end of the console', async (t) => {
  const machine = await startFake(t, { text: 'Bye!', then: 'crash' });
  await machine.continue();
  machine.write('x'.repeat(1 << 20));
  t.match(await readConsole(machine), 'Bye!');
  t.match(await machine.exited, { code: null, signal: 'SIGSEGV', reason: null });
});

t.test('a guest reset ends the machine or restarts it', async (t) => {
  await t.test('exit', async (t) => {
    const machine = await startFake(t, { text: 'again ', then: 'reset' });
    await machine.continue();
    t.match(await machine.exited, { code: 0, reason: 'guest-reset' });
    t.equal(await readConsole(machine), 'again ');
  });
  await t.test('reboot', async (t) => {
    const play = { text: 'again ', then: 'reset' };
    const machine = await startFake(t, play, { onReset: 'reboot' });
    await machine.continue();
    let seen = '';
    for await (const chunk of machine.console) {
      seen += String(chunk);
      if (seen.includes('again again again ')) break;
    }
    t.match(await machine.stop(), { reason: 'host-qmp-quit' });
  });
});

t.test('a full disk of the host is not taken for silence of the guest', async (t) => {
  const machine = await startFake(t, { text: 'Writing…', then: 'disk-full' });
  await machine.continue();
  t.match(await machine.exited, { code: 0, reason: 'host-disk-error (No space left on device)' });
});

t.test('samples tell a dead CPU from a live one', async (t) => {
  for (const arch of ['aarch64', 'arm'] as const) {
    const machine = await startFake(t, { pcs: ['40080000', 'c0301d8c'] }, { arch });
    await machine.continue();
    const first = await machine.sample();
    const second = await machine.sample();
    t.same([first.pcs, second.pcs], [[0x40080000n], [0xc0301d8cn]]);
    t.ok(second.at > first.at && first.at > 0, 'time goes on');
    t.ok(second.cpuMs >= first.cpuMs && first.cpuMs > 0, 'CPU time is that of a real thread');
  }
});

t.test('stop', async (t) => {
  await t.test('asks first', async (t) => {
    const machine = await startFake(t, {});
    t.match(await machine.stop(), { code: 0, signal: null, reason: 'host-qmp-quit' });
  });
  await t.test('kills what will not listen, and may be called by everybody', async (t) => {
    const machine = await startFake(t, { stubborn: true });
    const stops = await Promise.all([machine.stop(), machine.stop()]);
    t.match(stops, [{ signal: 'SIGKILL' }, { signal: 'SIGKILL' }]);
    t.match(await machine.stop(), { signal: 'SIGKILL' });
    t.throws(() => process.kill(machine.pid, 0), { code: 'ESRCH' });
  });
  await t.test('comes from the signal', async (t) => {
    const controller = new AbortController();
    const machine = await startFake(t, {}, { signal: controller.signal });
    controller.abort();
    t.match(await machine.exited, { reason: 'host-qmp-quit' });
  });
});

t.test('trouble while starting', async (t) => {
  await t.test("QEMU's own words", async (t) => {
    const refuse = "cannot set up guest memory 'mach-virt.ram': Cannot allocate memory";
    await t.rejects(startFake(t, { refuse }), {
      name: 'UnavailableError',
      message: `: qemu-system-aarch64: ${refuse}`,
    });
  });
  await t.test('no QMP', async (t) => {
    await t.rejects(startFake(t, { hangUp: 'qmp_capabilities' }), UnavailableError);
  });
  await t.test('interrupted before it greets', async (t) => {
    const controller = new AbortController();
    const starting = startFake(t, { mute: true }, { signal: controller.signal });
    setTimeout(() => {
      controller.abort(new Error('Ctrl-C'));
    }, 100);
    await t.rejects(starting, { message: 'Ctrl-C' });
  });
});

t.test('a control connection that breaks during a command is a problem of the lab', async (t) => {
  const machine = await startFake(t, { hangUp: 'query-cpus-fast' });
  await t.rejects(machine.sample(), {
    name: 'QmpLost',
    message: /^query-cpus-fast: /,
  });
  await t.rejects(machine.sample(), { name: 'QmpLost' }, 'and stays so');
  t.match(await machine.stop(), { signal: null }, 'it can still be ended');
});

t.test('output does not pile up while it is not read', async (t) => {
  const machine = await startFake(t, { noise: 64, then: 'poweroff' });
  await machine.continue();
  await new Promise((resolve) => setTimeout(resolve, 300));
  t.ok(process.memoryUsage().arrayBuffers < 32 << 20, 'the guest is made to wait');
  t.equal((await readConsole(machine)).length, 64 << 20);
});
