import { rm, writeFile, readFile, rename, stat } from 'node:fs/promises';
import { join, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { Arch } from '../../arch.ts';
import { UnavailableError } from '../../errors.ts';
import { makePrivateDirectory, makeDirectory } from '../../host/directories.ts';
import { shortDigest } from '../../host/files.ts';
import type { IdleSkipping } from '../../model/run.ts';
import type { GuestTime } from '../../model/vocabulary.ts';
import { guestTimes } from '../../model/vocabulary.ts';
import type { ConsoleOutput } from '../process.ts';
import type { Qemu } from '../../model/examination.ts';
import type { MachineSpec } from '../machine-spec.ts';
import { machineProfileSchema } from '../machine-profile.ts';
import type { MachineExit } from '../machine.ts';
import { startMachine } from '../machine.ts';
import type { Patience } from '../standstill.ts';
import { watchForStandstill } from '../standstill.ts';
import { trialDisk, trialProgram } from './program.ts';

/** A QEMU, and how machines with guest time run on it. */
export type ProvedQemu = Qemu & { idleSkipping: IdleSkipping };

type Options = {
  /** The cache directory. */
  cache: string;
  /** Whether to store the result there (default: yes). */
  remember?: boolean;
};

/**
 * Finds out whether this QEMU can skip a guest's idle time, by running the smallest guest that does disk I/O. Takes a moment,
 * once for each build of QEMU. If QEMU hangs, it is tried again without skipping; if that fails as well, only the host's
 * clock remains. If the trial is inconclusive, skipping is assumed to work, and tried again next time.
 */
export async function tryQemu(
  qemu: Qemu,
  arch: Arch,
  { cache, remember = true }: Options,
): Promise<ProvedQemu> {
  const file = await memoFile(qemu, arch, cache);
  const remembered = await readMemo(file);
  if (remembered !== null) return { ...qemu, idleSkipping: remembered };
  const idleSkipping = await prove(qemu, arch);
  if (remember && idleSkipping.certainty === 'proved') await writeMemo(file, qemu, idleSkipping);
  return { ...qemu, idleSkipping };
}

/** The stored result for this QEMU, without starting it. */
export async function recallQemu(qemu: Qemu, arch: Arch, cache: string): Promise<ProvedQemu> {
  const remembered = await readMemo(await memoFile(qemu, arch, cache));
  return { ...qemu, idleSkipping: remembered ?? assume('it has not been used yet') };
}

async function prove(qemu: Qemu, arch: Arch): Promise<IdleSkipping> {
  const skipping = await tryTime(qemu, arch, 'sleep=off');
  if (skipping.kind === 'held') return { time: 'sleep=off', certainty: 'proved', detail: '' };
  if (skipping.kind === 'undecided') return assume(skipping.detail);
  const { detail } = skipping;
  const waiting = await tryTime(qemu, arch, 'sleep=on');
  if (waiting.kind === 'failed') return { time: 'host', certainty: 'proved', detail };
  // This proves only that idle time cannot be skipped. Whether `sleep=on` always works is not tried.
  return { time: 'sleep=on', certainty: 'proved', detail };
}

function assume(detail: string): IdleSkipping {
  return { time: 'sleep=off', certainty: 'assumed', detail };
}

/** Increase it when the meaning of a trial changes. */
const formatVersion = 1;

const memoSchema = z.strictObject({
  schema: z.literal('kexec-lab/qemu-trial@1'),
  /** For people who look into the cache. */
  binary: z.string(),
  version: z.string(),
  time: z.enum(guestTimes),
  detail: z.string(),
});

/** The file with the result for this build of QEMU, valid as long as the binary does not change. */
async function memoFile(qemu: Qemu, arch: Arch, cache: string): Promise<string> {
  const { size, mtimeMs } = await stat(qemu.binary);
  const program = trialProgram(arch).toString('base64');
  const build = [qemu.binary, size, mtimeMs, qemu.version, qemu.options];
  const identity = JSON.stringify([formatVersion, arch, program, ...build]);
  const name = shortDigest(identity);
  return join(cache, 'qemu', `${arch}-${name}.json`);
}

/** The stored result; null if there is none, or it cannot be read or is invalid. */
async function readMemo(file: string): Promise<IdleSkipping | null> {
  try {
    const { time, detail } = memoSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    return { time, detail, certainty: 'proved' };
  } catch {
    return null;
  }
}

/** Stores the result atomically. If that fails, the next run repeats the trial. */
async function writeMemo(file: string, qemu: Qemu, proved: IdleSkipping): Promise<void> {
  const { binary, version } = qemu;
  const { time, detail } = proved;
  const memo: z.infer<typeof memoSchema> = {
    schema: 'kexec-lab/qemu-trial@1',
    binary,
    version,
    time,
    detail,
  };
  const aside = `${file}.${process.pid}.tmp`;
  try {
    await makeDirectory(dirname(file));
    await writeFile(aside, `${JSON.stringify(memo, null, 2)}\n`);
    await rename(aside, file);
  } catch {
    await rm(aside, { force: true }).catch(() => undefined);
  }
}

/** The result of a trial: the guest did all its work, QEMU failed, or the trial is inconclusive. */
type TrialEnd = { kind: 'held' | 'failed' | 'undecided'; detail: string };

/** How long the guest sleeps at the end, in guest seconds: if idle time is skipped, this takes only a moment. */
const asleepSeconds: Record<GuestTime, number> = { 'sleep=off': 20, 'sleep=on': 0, host: 0 };

/** The guest executes a few thousand instructions, so only a busy host needs longer than a moment. Milliseconds. */
const longest = 60_000;

/** The guest does so little that a hanging QEMU can be recognised early. Milliseconds. */
const patience: Patience = { spinning: 2_000, asleep: 5_000, stopped: 30_000 };

/** Runs the trial guest (see {@link trialProgram}) with this guest time, in a temporary directory. */
async function tryTime(qemu: Qemu, arch: Arch, time: GuestTime): Promise<TrialEnd> {
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
      ...machineProfileSchema.parse({
        arch,
        machine: 'virt,highmem=off,gic-version=2',
        cpu: arch === 'arm' ? 'cortex-a15' : 'cortex-a53',
        cpus: 1,
        memory: 64,
        console: 'ttyAMA0',
        clock: 'guest',
        cmdline: '',
      }),
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
