import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { CpuSample } from '../boot/cpu-sample.ts';
import { UnavailableError } from '../errors.ts';
import { readExecutedSeconds, readGuestClock } from './guest-clock.ts';
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

/** Nanoseconds on a CPU, and waiting for one, as `/proc/<pid>/task/<tid>/schedstat` counts them (Linux, sched-stats). */
export function parseSchedstat(text: string): { cpuMs: number; waitedMs: number } {
  const [onCpu = 0, waited = 0] = text.split(' ').map(Number);
  return { cpuMs: onCpu / 1e6, waitedMs: waited / 1e6 };
}

/** The state letter of `/proc/<pid>/task/<tid>/stat` (proc_pid_stat(5)): it stands behind the name, which may be anything. */
export function parseThreadState(text: string): string {
  return text.slice(text.lastIndexOf(')') + 2, text.lastIndexOf(')') + 3);
}

/**
 * Looks once at the vCPUs of the QEMU `pid`; `at` is the time to note, see {@link CpuSample}.
 * @throws UnavailableError when QEMU is gone, or the host's kernel keeps no such account.
 */
export async function takeSample(qmp: Qmp, pid: number, at: number): Promise<CpuSample> {
  const registers = await readRegisters(qmp);
  const threads = await vcpuThreads(qmp, pid);
  const cpuMs = threads.reduce((sum, thread) => sum + thread.cpuMs, 0);
  const waitedMs = threads.reduce((sum, thread) => sum + thread.waitedMs, 0);
  return {
    at,
    pcs: parseProgramCounters(registers),
    registers: createHash('sha256').update(registers).digest('base64'),
    cpuMs,
    runnableMs: cpuMs + waitedMs,
    asleep: threads.every(({ state }) => state === 'S'),
    guestSeconds: await readGuestClock(qmp),
    executedSeconds: await readExecutedSeconds(qmp),
  };
}

/**
 * The registers of all vCPUs, which are stopped for the moment: translated code that runs on from block to block keeps
 * its program counter to itself, and what one would read is where it last came out, however long ago. A machine that
 * stands still already (not powered on yet, or its disk failed) stays as it is.
 */
async function readRegisters(qmp: Qmp): Promise<string> {
  const { running } = (await qmp.execute('query-status')) as { running: boolean };
  if (running) await qmp.execute('stop');
  try {
    const command = { 'command-line': 'info registers -a' };
    return (await qmp.execute('human-monitor-command', command)) as string;
  } finally {
    if (running) await qmp.execute('cont');
  }
}

type Thread = ReturnType<typeof parseSchedstat> & { state: string };

async function vcpuThreads(qmp: Qmp, pid: number): Promise<Thread[]> {
  const cpus = (await qmp.execute('query-cpus-fast')) as { 'thread-id': number }[];
  // With guest time all vCPUs take turns in one thread.
  const threads = new Set(cpus.map((cpu) => cpu['thread-id']));
  return Promise.all(
    [...threads].map(async (thread) => {
      const directory = `/proc/${pid}/task/${thread}`;
      const state = parseThreadState(await readAccount(`${directory}/stat`));
      return { ...parseSchedstat(await readAccount(`${directory}/schedstat`)), state };
    }),
  );
}

async function readAccount(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new UnavailableError(`QEMU's CPU time cannot be read from ${file}`, { cause });
  }
}
