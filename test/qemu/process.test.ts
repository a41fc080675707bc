import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import t from 'tap';
import { findQemu } from '../../src/qemu/find-qemu.ts';
import { startMachine } from '../../src/qemu/machine.ts';
import { readConsole, specFor, temporaryDirectory } from './machine-fixtures.ts';

const holder = fileURLToPath(new URL('../fixtures/hold-machine.ts', import.meta.url));

t.test('real QEMU, both architectures', async (t) => {
  for (const arch of ['aarch64', 'arm'] as const) {
    await t.test(arch, async (t) => {
      const spec = specFor(t, arch, 'no kernel at all, but it fits into memory');
      const file = join(temporaryDirectory(t), 'a disk, id=other:');
      writeFileSync(file, 'not much of a disk'.padEnd(1 << 20));
      const disk = { id: 'root', file, readonly: false, serial: 'kexec-lab-root' };
      const machine = await startMachine(
        { ...spec, disks: [disk, { ...disk, id: 'tags', readonly: true }] },
        await findQemu(arch),
        { directory: temporaryDirectory(t) },
      );
      t.teardown(() => machine.stop());
      const paused = [await machine.sample(), await machine.sample()];
      t.same(paused[0]?.pcs, [0x40000000n], 'the boot stub at the start of memory');
      t.same(paused[0]?.pcs, paused[1]?.pcs, 'stands still');
      await machine.continue();
      t.equal((await machine.sample()).pcs.length, 1);
      t.match(await machine.stop(), { code: 0, stderr: '', reason: 'host-qmp-quit' });
      t.equal(await readConsole(machine), '');
    });
  }
});

t.test("QEMU's own words when it cannot start", async (t) => {
  const spec = specFor(t, 'arm', '');
  const profile = { ...spec.profile, cpu: 'pentium' };
  await t.rejects(
    startMachine({ ...spec, profile }, await findQemu('arm'), { directory: temporaryDirectory(t) }),
    { name: 'UnavailableError', message: /\bqemu-system-arm: .*pentium/ },
  );
});

t.test('SIGKILL of the lab leaves no QEMU', async (t) => {
  const spec = JSON.stringify(specFor(t, 'aarch64', 'an endless program'));
  const argv = ['--import=tsx', holder, spec, temporaryDirectory(t)];
  const lab = execa(process.execPath, argv, { reject: false });
  t.teardown(() => lab.kill('SIGKILL'));
  const [line] = (await once(lab.stdout, 'data')) as [Buffer];
  const qemu = Number(line.toString());
  t.match(readFileSync(`/proc/${qemu}/cmdline`, 'utf8'), 'qemu-system-aarch64');
  t.not(sessionOf(qemu), sessionOf(lab.pid ?? 0), 'a Ctrl-C at the terminal does not reach it');
  lab.kill('SIGKILL');
  await lab;
  while (isRunning(qemu)) await sleep(10);
  t.pass('it is gone');
});

function sessionOf(pid: number): string | undefined {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[3];
}

/** Whether the process lives; one that only waits to be reaped does not. */
function isRunning(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
