import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openDump } from '../../src/autopsy/memory-dump.ts';
import { findScenarios } from '../../src/cli/find-scenarios.ts';
import { zImageLayout } from '../../src/formats/zimage.ts';
import { ensureImages } from '../../src/image/ensure-images.ts';
import { planEntries } from '../../src/image/recipes/plan.ts';
import { outputNames, ownRecipes } from '../../src/image/recipes/recipe.ts';
import { plannedMap } from '../../src/memory/planned-map.ts';
import { page } from '../../src/memory/zimage-memory.ts';
import { findQemu } from '../../src/qemu/find-qemu.ts';
import { startMachine } from '../../src/qemu/machine.ts';
import { expandCases } from '../../src/scenario/select.ts';
import { BootSession } from '../../src/session/boot-session.ts';
import { machineSpec, writeTagsDisk } from '../../src/session/case-machine.ts';
import { Conductor } from '../../src/steps/conductor.ts';
import { temporaryDirectory } from '../qemu/machine-fixtures.ts';

const deviceTreeMagic = 'd00dfeed';

/** The zImage that the scenario's disk has. */
async function bootedKernel(): Promise<Buffer> {
  await ensureImages({ arch: 'arm', kernel: null, initramfs: null, disk: 'mini-disk' });
  const [kernel] = planEntries(['distro-kernel'], 'arm', ownRecipes);
  if (kernel === undefined) throw new Error('there is no kernel');
  return readFileSync(join(kernel.directory, outputNames.kernel));
}

/** Boots until the machine is silent, and dumps its memory. */
async function memoryAfterBye(directory: string): Promise<string> {
  const scenarios = findScenarios(['arm-device-tree-overwritten']);
  const [case_] = expandCases(scenarios, { only: ['arm'], repeat: 1 });
  if (case_ === undefined) throw new Error('there is no such case');
  const { arch, setup, limits } = case_;
  const images = await ensureImages({ arch, ...setup });
  const tagsFile = join(directory, 'tags.img');
  await writeTagsDisk(tagsFile, setup.tags);
  const spec = machineSpec(arch, setup, images, tagsFile);
  const machine = await startMachine(spec, await findQemu(arch), { directory });
  const file = join(directory, 'memory.elf');
  try {
    const session = new BootSession(machine, {
      limits,
      conductor: new Conductor([], { provider: null, keyFile: '', onOutput: () => undefined }),
      listeners: [],
      signal: new AbortController().signal,
    });
    try {
      if (await session.watch()) await machine.dumpMemory(file);
      await session.end();
    } finally {
      await session.close();
    }
  } finally {
    await machine.stop();
  }
  return file;
}

t.test(
  'the memory is as the map says: the moved zImage is where the device tree was',
  async (t) => {
    const zImage = await bootedKernel();
    const layout = zImageLayout(zImage);
    if (layout?.mover == null || layout.textOffset === null) throw new Error('unknown layout');
    const { textOffset, mover } = layout;
    const map = plannedMap(
      { layout, textOffset, bytes: zImage.length },
      { asked: 0, initrd: null },
    );
    const moved = map.regions.find(({ name }) => name === 'moved zImage');
    const kernel = map.regions.find(({ name }) => name === 'unpacked kernel');
    const [overlap] = map.overlaps;
    if (moved === undefined || kernel === undefined || overlap === undefined)
      throw new Error('the map has no overlap');

    const dump = openDump(await memoryAfterBye(temporaryDirectory(t)), 0);
    t.teardown(() => {
      dump.close();
    });
    // bss of the kernel has overwritten the beginning of the copy, the decompressor its own tables at the end.
    const [from, length] = [zImage.length - 0x40000, 0x20000];
    const copy = dump.read(moved.start + from - mover.from, length);
    t.ok(copy.equals(zImage.subarray(from, from + length)), 'the copy is there, to the byte');
    t.ok(
      dump.read(kernel.start, kernel.end - kernel.start).includes('Linux version '),
      'the kernel is unpacked',
    );

    // Without an initrd, the device tree comes one page behind the place of the initrd.
    const deviceTree = overlap.start + page;
    t.ok(deviceTree < overlap.end, 'the map has it in red');
    const there = dump.read(deviceTree, page);
    t.not(there.toString('hex', 0, 4), deviceTreeMagic);
    const over = deviceTree - moved.start + mover.from;
    t.ok(there.equals(zImage.subarray(over, over + page)), 'the zImage has overwritten it');
  },
);
