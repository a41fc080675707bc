import { closeSync, openSync, readdirSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import t from 'tap';
import { ConsolePipe } from '../../src/qemu/process.ts';

/** A pipe, and what QEMU would hold of it. */
async function pipe(): Promise<{ console: ConsolePipe; qemu: number }> {
  const console = await ConsolePipe.make();
  const qemu = openSync(`/proc/self/fd/${console.writeEnd}`, 'w');
  console.handOver();
  return { console, qemu };
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

t.test('what is there can be read at any moment', async (t) => {
  const { console, qemu } = await pipe();
  const ours = readdirSync(tmpdir()).filter((name) => name.includes(`kexec-lab-${process.pid}-`));
  t.same(ours, [], 'its name is gone');
  t.equal(textOf(console.read()), '', 'nothing yet');
  writeSync(qemu, 'Booting ');
  writeSync(qemu, 'Linux');
  const first = console.read();
  t.equal(textOf(first), 'Booting Linux');
  writeSync(qemu, 'Bye!');
  t.equal(textOf(console.read()), 'Bye!');
  t.equal(textOf(first), 'Booting Linux', 'what was read stays what it was');
  t.equal(console.ended, false);
  writeSync(qemu, 'last words');
  closeSync(qemu);
  t.equal(textOf(console.read()), 'last words');
  t.equal(console.ended, false, 'that was not known to be the end');
  t.equal(textOf(console.read()), '');
  t.equal(console.ended, true);
  t.equal(textOf(console.read()), '', 'and may be asked again');
});

t.test('a guest can write 64 KiB byte by byte without waiting', async (t) => {
  const { console, qemu } = await pipe();
  for (let count = 0; count < 1 << 16; count += 1) writeSync(qemu, '.');
  t.equal(console.read().length, 1 << 16);
  closeSync(qemu);
  console.close();
});

t.test('who iterates over it gets all to the end, and lets go of it when it leaves', async (t) => {
  const { console, qemu } = await pipe();
  writeSync(qemu, 'a');
  const chunks = [];
  for await (const chunk of console) {
    // Nothing came for a few milliseconds, or the end has come.
    if (chunk.length === 0) continue;
    chunks.push(textOf(chunk));
    if (chunks.length > 1) continue;
    writeSync(qemu, 'b');
    closeSync(qemu);
  }
  t.same(chunks, ['a', 'b']);

  const left = await pipe();
  writeSync(left.qemu, 'c');
  for await (const chunk of left.console) {
    t.equal(textOf(chunk), 'c');
    break;
  }
  t.equal(left.console.ended, true);
  t.throws(() => writeSync(left.qemu, 'nobody reads this'), { code: 'EPIPE' });
  closeSync(left.qemu);
});

t.test('where no pipe can be made, that is said, with what to do', async (t) => {
  const before = process.env['TMPDIR'];
  t.teardown(() => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  });
  process.env['TMPDIR'] = '/nowhere/at/all';
  await t.rejects(ConsolePipe.make(), {
    name: 'UnavailableError',
    message: /\(\/nowhere\/at\/all/,
    cause: { code: 'ENOENT' },
    hint: /TMPDIR/,
  });
});
