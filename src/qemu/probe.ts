import { createHash } from 'node:crypto';
import { UnavailableError } from '../errors.ts';
import type { ThreadAccount } from '../host/processes.ts';
import { threadAccount } from '../host/processes.ts';
import type { CpuSample } from '../model/boot.ts';
import { readExecutedSeconds, readGuestClock } from './arguments.ts';
import type { Qmp } from './qmp.ts';

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
