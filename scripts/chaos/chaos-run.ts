import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { runReportSchema } from '../../src/model/run.ts';
import type { Harm } from './harm.ts';
import { doHarm } from './harm.ts';
import { processesOf } from './processes.ts';

const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** Exit codes that a harmed run may end with: it came through, the lab could not, or it was interrupted. */
const allowed = [0, 5, 130];

/** Bytes of the small file system under a run whose disk is filled. */
const smallDisk = 64 * 2 ** 20;

type Chaos = { what: string[]; harm: Harm; afterMs: number; random: () => number; out: string };

/**
 * One run, and what is done to it. A disk that is to be filled is a tmpfs in name spaces of the run's own, so that it takes
 * no privilege and nobody else sees it.
 * @returns `misses`: what is not as it must be
 */
export async function chaosRun({
  what,
  harm,
  afterMs,
  random,
  out,
}: Chaos): Promise<{ seconds: number; what: string; misses: string[] }> {
  mkdirSync(out, { recursive: true });
  const mark = `KEXEC_LAB_CHAOS=${randomUUID()}`;
  const run = [process.execPath, program, 'run', ...what, '--reporter', 'plain', '--out', out];
  const mount = `mount -t tmpfs -o size=${smallDisk} chaos "$0" && exec "$@"`;
  const words = harm === 'fill-disk' ? ['unshare', '-Urm', 'sh', '-c', mount, out, ...run] : run;
  const started = performance.now();
  const [command = '', ...args] = words;
  const [name = '', value] = mark.split('=');
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, [name]: value },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  }
  const exit = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  const pid = child.pid ?? 0;
  // Seen from outside, what is mounted inside is below the run's own root.
  const seen = harm === 'fill-disk' ? join(`/proc/${pid}/root`, out) : out;
  const cancel = new AbortController();
  void exit.then(() => {
    cancel.abort();
  });
  await sleep(afterMs, undefined, { signal: cancel.signal }).catch(() => undefined);
  const victim = { mark, pid, out: seen, ended: isOver, random };
  const done = isOver() ? 'it was over before' : await doHarm(harm, victim);
  // A disk that is full stays so: its name space is gone with the run, and is looked at while it ends.
  const [code, signal] = await exit;
  const misses: string[] = [];
  if (signal !== null && signal !== 'SIGINT') misses.push(`ended by ${signal}`);
  if (code !== null && !allowed.includes(code))
    misses.push(`exit code ${code}: ${lastWords(said)}`);
  const failed = said
    .split('\n')
    .filter((line) => line.startsWith('✗') || line.startsWith('not ok'));
  misses.push(...failed.map((line) => `verdict fail: ${line}`));
  if (/internal error|\n {4}at /.test(said))
    misses.push(`not a message for users: ${lastWords(said)}`);
  misses.push(...(await orphans(mark)));
  if (harm !== 'fill-disk') misses.push(...checkRecords(out, harm, code));
  const seconds = (performance.now() - started) / 1000;
  return { seconds, what: `${done}, exit ${String(code ?? signal)}`, misses };
}

/** What is still there once it had a moment to end. */
async function orphans(mark: string): Promise<string[]> {
  for (let tries = 0; tries < 50 && processesOf(mark).length > 0; tries += 1) await sleep(100);
  return processesOf(mark).map(
    ({ pid, command }) => `left behind: ${pid} ${command.slice(0, 120)}`,
  );
}

function checkRecords(out: string, harm: Harm, code: number | null): string[] {
  const latest = join(out, 'latest');
  const isLink = lstatSync(latest, { throwIfNoEntry: false }) !== undefined;
  if (isLink && !existsSync(latest)) return ['`latest` leads nowhere'];
  const runs = readdirSync(out).filter((name) => name !== 'latest');
  if (runs.length > 1) return [`more than one run: ${runs.join(', ')}`];
  const report = join(latest, 'report.json');
  if (runs.length === 0) return harm === 'interrupt' ? [] : ['there is no run'];
  // A signal may come before the run catches it; once the run has begun, its report is written.
  if (!existsSync(report)) return ['there is no report'];
  const { results, exitCode } = runReportSchema.parse(JSON.parse(readFileSync(report, 'utf8')));
  const misses = results
    .filter(({ verdict }) => verdict === 'fail' || verdict === 'error')
    .map(({ scenario, arch, verdict, reasons }) => {
      return `${arch}/${scenario} is ${verdict}: ${reasons.join('; ')}`;
    });
  if (code !== null && code !== exitCode)
    misses.push(`exit code ${code}, ${exitCode} in the report`);
  return misses;
}

function lastWords(said: string): string {
  return said.trim().split('\n').slice(-4).join(' / ');
}
