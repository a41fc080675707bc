import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { AbuseCase } from './abuse-case.ts';
import { peakOfTree } from './process-tree.ts';

/** What every case must stay under. */
export const bars = { seconds: 20, mebibytes: 1024 };

/** Nobody waits longer than this for what is over the bar already, nor lets it fill the host's memory. */
const killAfter = { seconds: 40, mebibytes: 3072 };

/** How often the memory of the processes is looked at. The kernel keeps each one's peak. */
const lookEveryMs = 20;

export type Ended = {
  code: number | null;
  seconds: number;
  mebibytes: number;
  output: string;
  /** What is still there though the command has ended. */
  leftBehind: string[];
};

/** Runs the built command line on one case, in a temporary directory and an image cache of its own. */
export async function runCase(
  { words, stdin, env = {}, limits = [] }: AbuseCase,
  program: string,
  scratch: string,
): Promise<Ended> {
  const mark = randomUUID();
  const own = join(scratch, mark);
  const [temporary, cache, cwd] = ['tmp', 'cache', 'cwd'].map((name) => join(own, name));
  for (const directory of [temporary, cache, cwd]) mkdirSync(directory ?? '', { recursive: true });
  const command = ['/usr/bin/prlimit', ...limits, '--core=0', process.execPath, program, ...words];
  const line = stdin === undefined ? '"$@" < /dev/null' : `${stdin} | "$@"`;
  const began = performance.now();
  const child = spawn('/bin/sh', ['-c', line, 'sh', ...command], {
    cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...withoutLab(process.env),
      NO_COLOR: '1',
      TMPDIR: temporary,
      KEXEC_LAB_CACHE: cache,
      ABUSE_MARK: mark,
      ...env,
    },
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      if (chunks.length < 2000) chunks.push(chunk);
    });
  let mebibytes = 0;
  const look = setInterval(() => {
    mebibytes = Math.max(mebibytes, peakOfTree(child.pid ?? 0));
    const over =
      mebibytes > killAfter.mebibytes || performance.now() - began > 1000 * killAfter.seconds;
    if (over) killAll(mark);
  }, lookEveryMs);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearInterval(look);
  const seconds = (performance.now() - began) / 1000;
  const leftBehind = [
    ...(await remaining(mark)).map((pid) => `process ${pid}`),
    ...filesIn(temporary ?? '').map((file) => `tmp/${file}`),
    ...filesIn(cache ?? '')
      .filter(isPartial)
      .map((file) => `cache/${file}`),
  ];
  killAll(mark);
  rmSync(own, { recursive: true, force: true });
  const output = Buffer.concat(chunks).toString();
  return { code, seconds, mebibytes, output, leftBehind };
}

function withoutLab(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ours = /^(KEXEC_LAB|GITHUB_|TF_BUILD|TEAMCITY|CI$)/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ours.test(name)));
}

/** What the cache keeps only while something is being made. */
function isPartial(file: string): boolean {
  return /(^|\/)(partial-|\.making-)/.test(file) || /^tmp\/./.test(file);
}

function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' });
}

/** A process that was told to die needs a moment for it. */
async function remaining(mark: string): Promise<string[]> {
  for (let tries = 0; tries < 20 && marked(mark).length > 0; tries++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  return marked(mark);
}

function killAll(mark: string): void {
  for (const pid of marked(mark)) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has ended since.
    }
  }
}

/** All processes that were started by a case, whoever is their parent now. */
function marked(mark: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`ABUSE_MARK=${mark}`);
    } catch {
      return false;
    }
  });
}
