import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { UnavailableError } from '../errors.ts';
import { makePrivateDirectory } from '../host/directories.ts';
import type { ThreadAccount } from '../host/processes.ts';
import { threadAccount } from '../host/processes.ts';
import type { CpuSample } from '../model/boot.ts';
import { readExecutedSeconds, readGuestClock } from './qmp.ts';
import type { Qmp } from './qmp.ts';

/** The default limit of a migration is made for networks. Bytes per second. */
const unlimited = 2 ** 40;

const pollMs = 10;

/** QEMU connects at once if it is alive. */
const connectMs = 30_000;

/**
 * Writes a stopped machine's state to a file, as a migration through a socket: QEMU itself can write a file only since 8.2,
 * and needs no additional permissions this way.
 * @throws UnavailableError if QEMU fails, the file system's error if the file cannot be written.
 */
export async function saveState(qmp: Qmp, file: string): Promise<void> {
  const directory = await makePrivateDirectory();
  const server = createServer();
  try {
    const path = join(directory, 'state');
    server.listen(path);
    await once(server, 'listening');
    const signal = AbortSignal.timeout(connectMs);
    const connected = once(server, 'connection', { signal }) as Promise<[Socket]>;
    connected.catch(() => undefined);
    await qmp.execute('migrate-set-parameters', { 'max-bandwidth': unlimited });
    await qmp.execute('migrate', { uri: `unix:${path}` });
    const [socket] = await connected;
    await pipeline(socket, createWriteStream(file));
    await migrated(qmp);
  } finally {
    server.close();
    await rm(directory, { recursive: true, force: true });
  }
}

async function migrated(qmp: Qmp): Promise<void> {
  for (;;) {
    const { status = 'none' } = (await qmp.execute('query-migrate')) as { status?: string };
    if (status === 'completed') return;
    if (status === 'failed' || status === 'cancelled') {
      throw new UnavailableError(`QEMU could not save the machine's state: ${status}`);
    }
    await sleep(pollMs);
  }
}

/** Resolves when a machine has loaded the state it was started with. @throws UnavailableError if QEMU has ended. */
export async function stateLoaded(qmp: Qmp): Promise<void> {
  for (;;) {
    const { status } = (await qmp.execute('query-status')) as { status: string };
    if (status !== 'inmigrate') return;
    await sleep(pollMs);
  }
}

/** How often to query the progress, and how long it may stand still. Host milliseconds. */
const dumpPollMs = 50;
const longestPauseMs = 60_000;

/** The answer to `query-dump` (QEMU's qapi/dump.json). Bytes. */
type DumpProgress = {
  status: 'none' | 'active' | 'completed' | 'failed';
  completed: number;
  total: number;
};

/**
 * Writes the guest's memory to a file, an ELF core dump of physical addresses. QEMU writes in the background and its progress
 * is polled. There is no time limit as long as it makes progress.
 * @param now milliseconds of a monotonic clock
 * @throws UnavailableError if QEMU fails, or makes no progress for a minute
 */
export async function dumpMemory(
  qmp: Qmp,
  file: string,
  now = (): number => performance.now(),
): Promise<void> {
  await qmp.execute('dump-guest-memory', { paging: false, protocol: `file:${file}`, detach: true });
  let written = -1;
  let movedAt = now();
  for (;;) {
    const { status, completed, total } = (await qmp.execute('query-dump')) as DumpProgress;
    if (status === 'completed') return;
    const soFar = `${completed} of ${total} bytes written`;
    if (status !== 'active') throw failure(`QEMU could not write the guest's memory: ${soFar}`);
    if (completed !== written) movedAt = now();
    written = completed;
    if (now() - movedAt > longestPauseMs) {
      throw failure(`QEMU stopped writing the guest's memory: ${soFar}`);
    }
    await sleep(dumpPollMs);
  }
}

function failure(message: string): UnavailableError {
  const hint =
    'Free some space on the disk of the run directory, or choose another directory with --out.';
  return new UnavailableError(message, { hint });
}

/** The state of the machine that a sample requires. */
type Sampled = {
  /** QEMU's process. */
  pid: number;
  /** See {@link vcpuThreads}. */
  threads: readonly number[];
  /** Whether the CPUs run, and continue to run afterwards. */
  running: boolean;
  /** The time of the sample, see {@link CpuSample}. */
  at: number;
};

/**
 * Samples the vCPUs once. All queries are sent at once while the vCPUs are stopped, so that the guest loses little time.
 * @throws UnavailableError if QEMU has ended, or the host's kernel keeps no such account.
 */
export async function takeSample(
  qmp: Qmp,
  { pid, threads, running, at }: Sampled,
): Promise<CpuSample> {
  const accounts = await Promise.all(threads.map((thread) => readAccount(pid, thread)));
  const cpuMs = accounts.reduce((sum, thread) => sum + thread.cpuMs, 0);
  const waitedMs = accounts.reduce((sum, thread) => sum + thread.waitedMs, 0);
  // While translated code runs from block to block, QEMU does not update the program counter, so the CPUs are stopped. A
  // machine that is already stopped (before power-on, or after an error of its disk) stays stopped.
  const stopping = running ? qmp.execute('stop') : undefined;
  const reading = [readRegisters(qmp), readGuestClock(qmp), readExecutedSeconds(qmp)] as const;
  const continuing = running ? qmp.execute('cont') : undefined;
  const [registers, guestSeconds, executedSeconds] = await Promise.all([
    ...reading,
    stopping,
    continuing,
  ]);
  return {
    at,
    pcs: parseProgramCounters(registers),
    registers: createHash('sha256').update(registers).digest('base64'),
    cpuMs,
    runnableMs: cpuMs + waitedMs,
    asleep: accounts.every(({ state }) => state === 'S'),
    guestSeconds,
    executedSeconds,
  };
}

async function readRegisters(qmp: Qmp): Promise<string> {
  const command = { 'command-line': 'info registers -a' };
  return (await qmp.execute('human-monitor-command', command)) as string;
}

/**
 * Program counters, one per vCPU, from the monitor's `info registers -a`:
 * ` PC=ffff80000801a2c4` on aarch64, `R15=c0301d8c` on arm (QEMU 7.2 and 10).
 */
export function parseProgramCounters(registers: string): bigint[] {
  return [...registers.matchAll(/\b(?:PC|R15)=([0-9a-f]+)/g)].map(([, hex]) =>
    BigInt(`0x${hex ?? ''}`),
  );
}

/** The host's threads that run the vCPUs. With guest time, one thread runs all of them in turn. */
export async function vcpuThreads(qmp: Qmp): Promise<number[]> {
  const cpus = (await qmp.execute('query-cpus-fast')) as { 'thread-id': number }[];
  return [...new Set(cpus.map((cpu) => cpu['thread-id']))];
}

/** @throws UnavailableError if QEMU has ended, or the host's kernel keeps no such account */
async function readAccount(pid: number, thread: number): Promise<ThreadAccount> {
  try {
    return await threadAccount(pid, thread);
  } catch (cause) {
    const place = `/proc/${pid}/task/${thread}`;
    throw new UnavailableError(`cannot read QEMU's CPU time from ${place}`, { cause });
  }
}

/**
 * The port on the host's loopback that is forwarded to the guest's port 22. The host's kernel chooses it, so that machines
 * never compete for a port.
 * @throws UnavailableError if QEMU has ended, or the machine has no such forward.
 */
export async function readSshPort(qmp: Qmp): Promise<number> {
  const connections = await qmp.execute('human-monitor-command', {
    'command-line': 'info usernet',
  });
  const port = parseSshPort(String(connections));
  if (port === undefined)
    throw new UnavailableError('no port of the host is forwarded to the ssh port of the machine');
  return port;
}

/** From a line such as `TCP[HOST_FORWARD]  12  127.0.0.1 34567  169.254.42.15  22  0  0`. */
function parseSshPort(usernet: string): number | undefined {
  const port = /^\s*TCP\[HOST_FORWARD\]\s+\d+\s+127\.0\.0\.1\s+(\d+)\s+\S+\s+22\s/m.exec(usernet);
  return port === null ? undefined : Number(port[1]);
}
