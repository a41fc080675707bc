import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import t from 'tap';
import type { Autopsy } from '../../src/autopsy/silence.ts';
import { ensureImages } from '../../src/image/ensure-images.ts';
import { findQemu } from '../../src/qemu/find-qemu.ts';
import type { Machine } from '../../src/qemu/machine.ts';
import { startMachine } from '../../src/qemu/machine.ts';
import { openForGdb } from '../../src/recording/debugger.ts';
import { BootSession } from '../../src/session/boot-session.ts';
import { machineSpec, writeTagsDisk } from '../../src/session/case-machine.ts';
import { autopsyOf, isDead } from '../../src/session/case-autopsy.ts';
import { Conductor } from '../../src/steps/conductor.ts';
import { temporaryDirectory } from '../qemu/machine-fixtures.ts';
import { caseOf } from '../run/cases.ts';

/** Changes a byte of the guest's physical memory, as only gdb can. */
async function changeByte(machine: Machine, address: bigint, socket: string): Promise<void> {
  await openForGdb(machine, socket);
  const commands = [
    `target remote ${socket}`,
    'maintenance packet Qqemu.PhyMemMode:1',
    `set {char}0x${address.toString(16)} = {char}0x${address.toString(16)} ^ 1`,
    'detach',
  ];
  const { failed, all } = await execa(
    'gdb-multiarch',
    [
      '-nx',
      '-batch',
      '-ex',
      'set architecture aarch64',
      ...commands.flatMap((one) => ['-ex', one]),
    ],
    { all: true, reject: false },
  );
  if (failed) throw new Error(all);
}

t.test('one byte of the loaded kernel is not what kexec summed up', async (t) => {
  const directory = temporaryDirectory(t);
  const tags = {
    KEXEC_KERNEL: '/vmlinuz',
    KEXEC_INITRD: '/initrd.img',
    KEXEC_APPEND: 'root=/dev/vda1',
    KEXEC_LAB_FLAGS: '-d',
  };
  const { arch, setup } = caseOf({ setup: { tags, disk: 'mini-disk' } });
  const images = await ensureImages({ arch, ...setup });
  const tagsFile = join(directory, 'tags.img');
  await writeTagsDisk(tagsFile, tags);
  const spec = machineSpec(arch, setup, images, tagsFile);
  const machine = await startMachine(spec, await findQemu(arch), { directory });
  t.teardown(() => machine.stop());

  const shown = new Set<string>();
  let damage: Promise<void> | undefined;
  let autopsy: Autopsy | null = null;
  const session = new BootSession(machine, {
    limits: { total: 300, silence: 120 },
    conductor: new Conductor([], { provider: null, keyFile: '', onOutput: () => undefined }),
    listeners: [
      {
        onLine: ({ text }) => void shown.add(text),
        onSignal: ({ signature }) => {
          if (signature !== 'kexec-bye') return;
          // By then all is in its place, and the purgatory, which takes seconds, has not reached the initrd, the last segment.
          damage = guestTimePasses(machine, 1).then(() =>
            changeByte(machine, insideInitrd([...shown]), join(directory, 'gdb')),
          );
        },
      },
    ],
    signal: new AbortController().signal,
  });
  const { observer } = session;
  try {
    if (await session.watch()) {
      const silent = { lines: shown, dead: isDead(observer.outcome()) };
      ({ autopsy } = await autopsyOf(machine, directory, silent));
    }
    await session.end();
  } finally {
    await session.close();
  }
  await damage;
  t.match(observer.outcome(), { id: 'bye-hang', generation: 1, stage: 'kexec' });
  t.match(autopsy, { reason: 'digest-mismatch', log: null });
});

/** Waits by the guest's clock: the same point of the boot, however busy the host is. */
async function guestTimePasses(machine: Machine, seconds: number): Promise<void> {
  const until = (await machine.guestSeconds()) + seconds;
  while ((await machine.guestSeconds()) < until) await sleep(50);
}

/** An address in the middle of the initrd, from where `kexec -d` says it loads it. */
function insideInitrd(lines: string[]): bigint {
  const said = lines.map((line) => /initrd: base (?:0x)?(\w+), size (?:0x)?([\da-f]+)h/.exec(line));
  const [, base, size] = said.find((found) => found !== null) ?? [];
  if (base === undefined) throw new Error(`kexec names no initrd:\n${lines.join('\n')}`);
  return BigInt(`0x${base}`) + BigInt(`0x${size}`) / 2n;
}
