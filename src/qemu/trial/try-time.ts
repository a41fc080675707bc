import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Arch } from '../../arch.ts';
import { UnavailableError } from '../../errors.ts';
import { makePrivateDirectory } from '../../host/directories.ts';
import type { GuestTime } from '../../model/vocabulary.ts';
import type { ConsoleOutput } from '../console-pipe.ts';
import type { Qemu } from '../find-qemu.ts';
import type { MachineSpec } from '../machine-spec.ts';
import type { MachineExit } from '../machine.ts';
import { startMachine } from '../machine.ts';
import type { Patience } from '../standstill.ts';
import { watchForStandstill } from '../watch-standstill.ts';
import { trialDisk, trialProgram } from './program.ts';

/** The result of a trial: the guest did all its work, QEMU failed, or the trial is inconclusive. */
export type TrialEnd = { kind: 'held' | 'failed' | 'undecided'; detail: string };

/** With idle time skipped, a guest sleeps this long in a moment; a guest that waits does not need to sleep that long. */
const asleepSeconds: Record<GuestTime, number> = { 'sleep=off': 20, 'sleep=on': 0, host: 0 };

/** The guest executes a few thousand instructions and is done at once; only a busy host takes longer. Milliseconds. */
const longest = 60_000;

/** The guest does so little that a hanging QEMU can be recognized early. Milliseconds. */
const patience: Patience = { spinning: 2_000, asleep: 5_000, stopped: 30_000 };

/** Runs the trial guest (see {@link trialProgram}) with this guest time, in a temporary directory. */
export async function tryTime(qemu: Qemu, arch: Arch, time: GuestTime): Promise<TrialEnd> {
  try {
    const directory = await makePrivateDirectory();
    try {
      await writeFile(join(directory, 'program'), trialProgram(arch));
      await writeFile(join(directory, 'disk'), trialDisk(asleepSeconds[time]));
      return await runTrial(trialMachine(arch, time, directory), qemu, directory);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  } catch (error) {
    if (error instanceof UnavailableError) return { kind: 'undecided', detail: error.message };
    throw error;
  }
}

async function runTrial(spec: MachineSpec, qemu: Qemu, directory: string): Promise<TrialEnd> {
  const machine = await startMachine(spec, qemu, { directory, patience: 500 });
  const over = new AbortController();
  const { signal } = over;
  let drained: Promise<void> | undefined;
  try {
    const standstill = watchForStandstill(machine, { patience, every: 100, signal });
    const deadline = sleep(longest, 'late' as const, { signal, ref: false });
    deadline.catch(() => undefined);
    machine.continue().catch(() => undefined);
    drained = drain(machine.console);
    const found = await Promise.race([machine.exited, standstill, deadline]);
    if (found === 'late') return { kind: 'undecided', detail: 'the trial took more than a minute' };
    if (found === 'stopped') return { kind: 'undecided', detail: 'QEMU was stopped by a signal' };
    if (typeof found === 'string') return { kind: 'failed', detail: 'QEMU hangs at disk I/O' };
    return judgeExit(await machine.exited);
  } finally {
    over.abort();
    await machine.stop();
    await drained;
  }
}

/** The program prints nothing, but QEMU's pipe has to be read to its end. */
async function drain(console: ConsoleOutput): Promise<void> {
  const chunks = console[Symbol.asyncIterator]();
  let chunk = await chunks.next();
  while (chunk.done !== true) chunk = await chunks.next();
}

function judgeExit({ reason, code, signal, stderr }: MachineExit): TrialEnd {
  if (reason === 'guest-shutdown' && code === 0) return { kind: 'held', detail: '' };
  const crashed = signal === 'SIGABRT' || signal === 'SIGSEGV';
  const how = [`QEMU ended with ${String(signal ?? code)}`, ...stderr.split('\n').slice(0, 1)];
  return { kind: crashed ? 'failed' : 'undecided', detail: how.filter(Boolean).join(': ') };
}

/** The machine that the program requires, independent of the profiles. */
function trialMachine(arch: Arch, time: GuestTime, directory: string): MachineSpec {
  return {
    profile: {
      name: 'trial',
      arch,
      machine: 'virt,highmem=off,gic-version=2',
      cpu: arch === 'arm' ? 'cortex-a15' : 'cortex-a53',
      cpus: 1,
      memory: 64,
      console: 'ttyAMA0',
      firmware: 'none',
      network: false,
      devices: [],
      clock: 'guest',
      cmdline: '',
    },
    time,
    kernel: join(directory, 'program'),
    initramfs: null,
    cmdline: '',
    disks: [{ id: 'trial', file: join(directory, 'disk'), readonly: false, serial: 'trial' }],
    onReset: 'exit',
    firmware: null,
    network: null,
    recording: null,
  };
}
