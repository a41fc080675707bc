import { readFile } from 'node:fs/promises';
import type { CpuSample } from '../boot/cpu-sample.ts';
import type { Qmp } from './qmp.ts';

/** Linux reports CPU time to programs in hundredths of a second on every architecture we run on (USER_HZ). */
const millisecondsPerTick = 10;

/**
 * Program counters, one per vCPU, from the monitor's `info registers -a`:
 * ` PC=ffff80000801a2c4` on aarch64, `R15=c0301d8c` on arm (QEMU 7.2 and 10).
 */
export function parseProgramCounters(registers: string): bigint[] {
  return [...registers.matchAll(/\b(?:PC|R15)=([0-9a-f]+)/g)].map(([, hex]) =>
    BigInt(`0x${hex ?? ''}`),
  );
}

/** CPU time in milliseconds (user and system, in steps of 10) from a line of `/proc/<pid>/task/<tid>/stat`, see proc(5). */
export function parseCpuTime(stat: string): number {
  // The second field is the thread's name in brackets, and QEMU's contain spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * millisecondsPerTick;
}

/** Looks once at the vCPUs of the QEMU `pid`; `at` is the time to note, see {@link CpuSample}. */
export async function takeSample(qmp: Qmp, pid: number, at: number): Promise<CpuSample> {
  const registers = await qmp.execute('human-monitor-command', {
    'command-line': 'info registers -a',
  });
  return {
    at,
    pcs: parseProgramCounters(registers as string),
    cpuMs: await vcpuTime(qmp, pid),
  };
}

async function vcpuTime(qmp: Qmp, pid: number): Promise<number> {
  const cpus = (await qmp.execute('query-cpus-fast')) as { 'thread-id': number }[];
  // With guest time all vCPUs take turns in one thread.
  const threads = new Set(cpus.map((cpu) => cpu['thread-id']));
  const times = await Promise.all(
    [...threads].map(async (thread) =>
      parseCpuTime(await readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8')),
    ),
  );
  return times.reduce((sum, time) => sum + time, 0);
}
