/**
 * `npm run bench [-- --rounds N] [-- --all]`: boots the same machines four ways, one round after the other, and writes what
 * they cost to docs/performance.json: QEMU by a shell script, a script with pexpect and 60 s timeouts, labgrid's QEMU driver,
 * and kexec-lab, without and with checkpoints, and several times by one command. `--all` also runs everything a script can
 * drive, once each way; `--only-all` does that alone. What is not measured stays as the file says. Leave the machine alone
 * meanwhile. Ten minutes, with `--all` half an hour.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { createBootObserver } from '../src/boot/observer.ts';
import { ensureRequirements } from '../src/host/install.ts';
import { findQemu } from '../src/qemu/find-qemu.ts';
import type { Case } from '../src/scenario/scenario.ts';
import { scriptableCases } from './bench/cases.ts';
import { runEverything } from './bench/everything.ts';
import type { Booted, Prepared } from './bench/ways.ts';
import { bootByWay, prepare } from './bench/ways.ts';
import type { Performance, Way } from './performance-data.ts';
import { median, performanceSchema, ways } from './performance-data.ts';
import { benchRequirements } from './test-requirements.ts';

const living = ['aarch64/kexec-to-distro', 'arm/kexec-to-distro'];
const dying = ['aarch64/truncated-kernel', 'arm/arm-device-tree-overwritten'];

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    all: { type: 'boolean', default: false },
    'only-all': { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
await ensureRequirements(benchRequirements, true);
const directory = mkdtempSync(join(tmpdir(), 'kexec-lab-bench-'));
const interrupt = new AbortController();
process.once('SIGINT', () => {
  interrupt.abort();
});

const file = 'docs/performance.json';
try {
  const cases = scriptableCases();
  const everything = () => runEverything(cases, directory, interrupt.signal);
  const before = performanceSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const ofWays = values['only-all'] ? before : { ...before, ...(await measureWays(cases)) };
  const all = values.all || values['only-all'] ? await everything() : before.all;
  const measured: Performance = { ...ofWays, all };
  const style = { ...(await resolveConfig(file)), filepath: file };
  writeFileSync(file, await format(JSON.stringify(measured), style));
} finally {
  rmSync(directory, { recursive: true, force: true });
}

async function measureWays(cases: Case[]): Promise<Omit<Performance, 'all' | 'reading'>> {
  const prepared = async (id: string, milestones: string[]): Promise<Prepared> => {
    const case_ = cases.find((candidate) => candidate.id === id);
    if (case_ === undefined) throw new Error(`there is no case ${id}`);
    return prepare(case_, milestones, directory);
  };
  const boots = await Promise.all(living.map((id) => prepared(id, ['Bye!', 'kexec-lab login:'])));
  const deaths = await Promise.all(dying.map((id) => prepared(id, ['Bye!', 'login:'])));
  const alive = await measureRounds(boots, ways, rounds);
  const dead = await measureRounds(deaths, ['expect', 'lab', 'checkpoint'], Math.ceil(rounds / 2));
  return {
    date: new Date().toISOString().slice(0, 10),
    qemu: (await findQemu('aarch64')).version,
    node: process.version,
    host: `${cpus().length} CPUs, ${cpus()[0]?.model ?? 'unknown'}`,
    rounds,
    boots: alive.map(({ id, way, booted }) => ({
      case: id,
      way,
      wall: booted.map(({ wallSeconds }) => wallSeconds),
      cpu: booted.map(({ cpuSeconds }) => cpuSeconds),
      peak: booted.map(({ peakMiB }) => peakMiB),
    })),
    dead: dead.map(({ id, way, booted }) => ({
      case: id,
      way,
      wall: booted.map(({ wallSeconds }) => wallSeconds),
      afterBye: booted.map(({ afterBye }) => afterBye ?? Number.NaN),
    })),
    stages: alive
      .filter(({ way }) => way === 'lab')
      .flatMap(({ id, booted }) => stagesOf(id, booted)),
    recogniser: measureRecogniser(),
  };
}

type Row = { id: string; way: Way; booted: Booted[] };

/** Boots every case every way in turn, so that whatever else the host does falls on all of them. */
async function measureRounds(
  prepared: Prepared[],
  asked: readonly Way[],
  count: number,
): Promise<Row[]> {
  const rows = prepared.flatMap((one) =>
    asked.map((way) => ({ one, way, booted: [] as Booted[] })),
  );
  // The first time images, checkpoints and the host's caches are made.
  for (let round = 0; round <= count; round += 1) {
    for (const { one, way, booted } of rows) {
      const cost = await bootByWay(one, way, interrupt.signal);
      if (round > 0) booted.push(cost);
      const figures = `${cost.wallSeconds.toFixed(2)} s, CPU ${cost.cpuSeconds.toFixed(2)} s`;
      process.stderr.write(`${round}/${count} ${one.bench.id} ${way}: ${figures}\n`);
    }
  }
  return rows.map(({ one, way, booted }) => ({ id: one.bench.id, way, booted }));
}

function stagesOf(id: string, booted: Booted[]): Performance['stages'] {
  const [first] = booted;
  return (first?.stages ?? []).map(({ generation, name }, at) => {
    const same = booted.flatMap(({ stages }) => stages[at] ?? []);
    const guest = same.flatMap(({ guestSeconds }) => guestSeconds ?? []);
    return {
      case: id,
      generation,
      stage: name,
      hostSeconds: median(same.map(({ hostSeconds }) => hostSeconds)),
      guestSeconds: guest.length === 0 ? null : median(guest),
    };
  });
}

/** All recorded logs of the tests, over and over, through the recogniser and the state machine. */
function measureRecogniser(): Performance['recogniser'] {
  const logs = readdirSync('test/logs').filter((name) => name.endsWith('.log'));
  const text = Buffer.concat(logs.map((name) => readFileSync(join('test/logs', name))));
  const bytes = Buffer.concat(Array.from({ length: Math.ceil(2e7 / text.length) }, () => text));
  const seconds = Array.from({ length: 5 }, () => {
    const started = performance.now();
    const observer = createBootObserver();
    for (let at = 0; at < bytes.length; at += 65_536)
      observer.feed(bytes.subarray(at, at + 65_536));
    return Math.round(performance.now() - started) / 1000;
  });
  return { bytes: bytes.length, seconds };
}
