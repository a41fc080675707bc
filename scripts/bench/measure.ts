import { readdirSync, readFileSync } from 'node:fs';
import { execa } from 'execa';

/** What a command cost, with everything it started. */
export type Cost = {
  wallSeconds: number;
  cpuSeconds: number;
  /** The most memory that all its processes had resident at one moment, MiB; looked at four times a second. */
  peakMiB: number;
  exitCode: number;
  output: string;
};

const lookMs = 250;

/** Runs a command to its end. bash adds up the CPU time of all that the command waited for. */
export async function measure(command: string[], signal: AbortSignal): Promise<Cost> {
  const script = 'TIMEFORMAT="@cost %R %U %S"; time "$@"';
  const child = execa('bash', ['-c', script, 'bash', ...command], {
    all: true,
    reject: false,
    stdin: 'ignore',
    // With it Node 20 reads a file of certificates at every start, which nothing here needs.
    env: { NODE_EXTRA_CA_CERTS: undefined },
    cancelSignal: signal,
  });
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, residentOf(child.pid ?? 0));
  }, lookMs);
  const { all, exitCode = -1 } = await child;
  clearInterval(timer);
  signal.throwIfAborted();
  const [, wall, user, system] = /@cost (\S+) (\S+) (\S+)/.exec(all) ?? [];
  return {
    wallSeconds: Number(wall),
    cpuSeconds: Number(user) + Number(system),
    peakMiB: Math.round(peak / 2 ** 20),
    exitCode,
    output: all,
  };
}

const pageBytes = 4096;

/** Resident memory of a process and all below it, in bytes. */
function residentOf(root: number): number {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const stat = read(`/proc/${name}/stat`);
    parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ')[0]));
  }
  const isBelow = (pid: number): boolean => {
    for (let at: number | undefined = pid; at; at = parents.get(at)) if (at === root) return true;
    return false;
  };
  return [...parents.keys()]
    .filter(isBelow)
    .reduce(
      (sum, pid) => sum + Number(read(`/proc/${pid}/statm`).split(' ')[1] ?? 0) * pageBytes,
      0,
    );
}

/** Empty for a process that has gone meanwhile. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
