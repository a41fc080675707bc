import { createHash } from 'node:crypto';
import { UnavailableError } from '../errors.ts';
import type { ThreadAccount } from '../host/processes.ts';
import { threadAccount } from '../host/processes.ts';
import type { CpuSample } from '../model/boot.ts';
import { readExecutedSeconds, readGuestClock } from './arguments.ts';
import type { Qmp } from './qmp.ts';

/**
 * Program counters, one per vCPU, from the monitor's `info registers -a`:
 * ` PC=ffff80000801a2c4` on aarch64, `R15=c0301d8c` on arm (QEMU 7.2 and 10).
 */
export function parseProgramCounters(registers: string): bigint[] {
  return [...registers.matchAll(/\b(?:PC|R15)=([0-9a-f]+)/g)].map(([, hex]) =>
    BigInt(`0x${hex ?? ''}`),
  );
}

/** What a sample needs to know about the machine. */
type Looking = {
  /** QEMU's process. */
  pid: number;
  /** See {@link vcpuThreads}. */
  threads: readonly number[];
  /** Whether the CPUs run, and are to run on. */
  running: boolean;
  /** The time to note, see {@link CpuSample}. */
  at: number;
};

/**
 * Samples the vCPUs once. All queries are sent at once while the vCPUs are stopped, so that the guest loses little time.
 * @throws UnavailableError when QEMU is gone, or the host's kernel keeps no such account.
 */
export async function takeSample(
  qmp: Qmp,
  { pid, threads, running, at }: Looking,
): Promise<CpuSample> {
  const accounts = await Promise.all(threads.map((thread) => readAccount(pid, thread)));
  const cpuMs = accounts.reduce((sum, thread) => sum + thread.cpuMs, 0);
  const waitedMs = accounts.reduce((sum, thread) => sum + thread.waitedMs, 0);
  // Stopped: translated code that runs on from block to block keeps its program counter to itself, and what one would read
  // is where it last came out, however long ago. A machine that stands still already (not powered on yet, or its disk
  // failed) stays as it is.
  const stopping = running ? qmp.execute('stop') : undefined;
  const looking = [readRegisters(qmp), readGuestClock(qmp), readExecutedSeconds(qmp)] as const;
  const goingOn = running ? qmp.execute('cont') : undefined;
  const [registers, guestSeconds, executedSeconds] = await Promise.all([
    ...looking,
    stopping,
    goingOn,
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

/** The host's threads that the vCPUs run in; with guest time all of them take turns in one. */
export async function vcpuThreads(qmp: Qmp): Promise<number[]> {
  const cpus = (await qmp.execute('query-cpus-fast')) as { 'thread-id': number }[];
  return [...new Set(cpus.map((cpu) => cpu['thread-id']))];
}

/** @throws UnavailableError when QEMU is gone, or the host's kernel keeps no such account */
async function readAccount(pid: number, thread: number): Promise<ThreadAccount> {
  try {
    return await threadAccount(pid, thread);
  } catch (cause) {
    const place = `/proc/${pid}/task/${thread}`;
    throw new UnavailableError(`cannot read QEMU's CPU time from ${place}`, { cause });
  }
}

/**
 * The port on the host's loopback that is forwarded to the guest's port 22. QEMU lets the system choose it, so that machines
 * never compete for one.
 * @throws UnavailableError when QEMU is gone, or the machine has no such forward.
 */
export async function readSshPort(qmp: Qmp): Promise<number> {
  const connections = await qmp.execute('human-monitor-command', {
    'command-line': 'info usernet',
  });
  const port = parseSshPort(String(connections));
  if (port === undefined) throw new UnavailableError('the machine has no forward to its ssh port');
  return port;
}

/** From a line such as `TCP[HOST_FORWARD]  12  127.0.0.1 34567  169.254.42.15  22  0  0`. */
function parseSshPort(usernet: string): number | undefined {
  const port = /^\s*TCP\[HOST_FORWARD\]\s+\d+\s+127\.0\.0\.1\s+(\d+)\s+\S+\s+22\s/m.exec(usernet);
  return port === null ? undefined : Number(port[1]);
}
