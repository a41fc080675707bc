import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BootObserver } from '../boot/observer.ts';
import { LineSplitter } from '../console/lines.ts';
import type { ImageSet } from '../image/image-set.ts';
import { interactiveArguments } from '../qemu/arguments.ts';
import { formatCommandLine } from '../qemu/command-line.ts';
import type { Qemu } from '../qemu/find-qemu.ts';
import { startMachine } from '../qemu/machine.ts';
import type { MachineSpec } from '../qemu/machine-spec.ts';
import type { Case } from '../scenario/scenario.ts';
import { openCaseRecord } from './case-record.ts';
import { machineSpec } from './machine-of-case.ts';
import { writeTagsDisk } from './tags-disk.ts';
import type { WatchHooks } from './watch-boot.ts';
import { watchBoot } from './watch-boot.ts';

/** What a running case tells, as it happens. */
export type BootHooks = Pick<WatchHooks, 'onSignal' | 'onReading'> & {
  /** A finished line of the console, cleaned of control characters. */
  onLine(line: number, text: string): void;
};

type Place = { directory: string; images: ImageSet; qemu: Qemu };

/**
 * Boots a case's machine under the eyes of `observer`, and records all of it in the case's directory.
 * QEMU is gone when this returns or throws.
 * @throws UnavailableError when QEMU cannot be run; ScenarioError when the machine does not fit.
 */
export async function bootCase(
  { arch, setup, limits }: Case,
  { directory, images, qemu }: Place,
  observer: BootObserver,
  hooks: BootHooks,
  signal: AbortSignal,
): Promise<void> {
  const tags = join(directory, 'tags.img');
  const spec = await machineSpec(arch, setup, images, tags);
  await writeTagsDisk(tags, setup.tags);
  await writeScript(join(directory, 'qemu.sh'), spec, qemu);

  const record = openCaseRecord(directory);
  const lines = new LineSplitter();
  let seconds = (): number => 0;
  const showLines = (complete: ReturnType<LineSplitter['feed']>): void => {
    for (const { line, text } of complete) {
      record.line(seconds(), text);
      hooks.onLine(line, text);
    }
  };
  const watchHooks: WatchHooks = {
    onBytes: (chunk) => {
      record.raw(chunk);
      showLines(lines.feed(chunk));
    },
    onSignal: (seen) => {
      record.signal(seconds(), seen);
      hooks.onSignal(seen);
    },
    onReading: hooks.onReading,
  };
  try {
    const machine = await startMachine(spec, qemu, { directory, signal });
    const poweredOn = performance.now();
    seconds = () => (performance.now() - poweredOn) / 1000;
    try {
      await watchBoot(machine, observer, limits, watchHooks, signal);
    } finally {
      await machine.stop();
    }
  } finally {
    showLines(lines.end());
    record.close();
  }
}

/** The same machine for a human: run it, and its console is the terminal. */
async function writeScript(file: string, spec: MachineSpec, qemu: Qemu): Promise<void> {
  const command = formatCommandLine(qemu.binary, [...qemu.options, ...interactiveArguments(spec)]);
  await writeFile(file, `#!/bin/sh\nexec ${command}\n`, { mode: 0o755 });
}
