/**
 * `npm run abuse [-- WORD…]`: hostile inputs of every kind for the built command line. Each must end with an exit code
 * that is documented for it, under 20 s and 1 GiB (children included), and leave nothing behind. Words choose cases whose
 * names have them. Everything is made in a temporary directory.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AbuseCase, AbuseKind } from './abuse/abuse-case.ts';
import { ciCommands } from './abuse/ci-commands.ts';
import { dumps } from './abuse/dumps.ts';
import { initrds } from './abuse/initrds.ts';
import { missesOf } from './abuse/judge.ts';
import { kernels } from './abuse/kernels.ts';
import { limits } from './abuse/limits.ts';
import { logs } from './abuse/logs.ts';
import { oddFiles } from './abuse/odd-files.ts';
import { packages } from './abuse/packages.ts';
import { places } from './abuse/places.ts';
import { records } from './abuse/records.ts';
import { bars, runCase } from './abuse/run-case.ts';
import { yamlFiles } from './abuse/yaml-files.ts';

const kinds = [
  oddFiles,
  logs,
  kernels,
  packages,
  initrds,
  yamlFiles,
  records,
  dumps,
  places,
  ciCommands,
  limits,
];
const program = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const wanted = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), 'kexec-lab-abuse-'));
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    interrupted.abort();
  });

let [passed, missed] = [0, 0];
try {
  console.log('code, seconds, MiB at the peak, name');
  for (const kind of kinds) {
    if (interrupted.signal.aborted) break;
    const waiting = await casesOf(kind);
    const worker = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        if (interrupted.signal.aborted) return;
        await attempt(next);
      }
    };
    await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, worker));
    rmSync(join(scratch, kind.name), { recursive: true, force: true });
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(
  `${passed} as they should be, ${missed} not (under ${bars.seconds} s and ${bars.mebibytes} MiB, nothing left behind)`,
);
if (missed > 0 || interrupted.signal.aborted) process.exitCode = 1;

/** The cases of a kind that are wanted. Its inputs, some of them large, are made when its turn comes. */
async function casesOf({ name, make }: AbuseKind): Promise<AbuseCase[]> {
  const isWanted = (text: string) =>
    wanted.length === 0 || wanted.some((word) => text.includes(word));
  if (
    wanted.length > 0 &&
    !wanted.some(
      (word) => kinds.every((kind) => !word.startsWith(kind.name)) || word.startsWith(name),
    )
  )
    return [];
  const directory = join(scratch, name);
  mkdirSync(directory);
  const cases = await make({ directory });
  return cases
    .map((each) => ({ ...each, name: `${name}: ${each.name}` }))
    .filter((each) => isWanted(each.name));
}

async function attempt(case_: AbuseCase): Promise<void> {
  const ended = await runCase(case_, program, scratch);
  const misses = missesOf(case_, ended);
  const figures = [
    String(ended.code ?? '-').padStart(3),
    ended.seconds.toFixed(1).padStart(5),
    ended.mebibytes.toFixed(0).padStart(5),
  ];
  console.log(`${misses.length === 0 ? ' ' : '!'} ${figures.join('  ')}  ${case_.name}`);
  if (misses.length === 0) {
    passed += 1;
    return;
  }
  missed += 1;
  for (const miss of misses) console.log(`      ${miss}`);
  for (const line of ended.output.split('\n').slice(0, 6))
    console.log(`      | ${JSON.stringify(line).slice(1, 161)}`);
}
