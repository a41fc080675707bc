import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import type { Arch } from '../../arch.ts';
import { makeDirectory } from '../../host/directories.ts';
import type { IdleSkipping } from '../../model/run.ts';
import { guestTimes } from '../../model/vocabulary.ts';
import { shortDigest } from '../../text/digest.ts';
import type { Qemu } from '../find-qemu.ts';
import { trialProgram } from './program.ts';
import { tryTime } from './try-time.ts';

/** A QEMU, and how machines with guest time run on it. */
export type ProvedQemu = Qemu & { idleSkipping: IdleSkipping };

type Options = {
  /** The cache directory. */
  cache: string;
  /** Whether to store the result there (default: yes). */
  remember?: boolean;
};

/**
 * Finds out whether this QEMU can skip a guest's idle time, by running the smallest guest that does disk I/O. Takes a moment,
 * once for each build of QEMU. If QEMU hangs, it is tried again with idle time waited out; if that fails as
 * well, only the host's clock remains. If the trial is inconclusive, skipping is assumed to work, and tried again next time.
 */
export async function tryQemu(
  qemu: Qemu,
  arch: Arch,
  { cache, remember = true }: Options,
): Promise<ProvedQemu> {
  const file = await memoFile(qemu, arch, cache);
  const remembered = await readMemo(file);
  if (remembered !== null) return { ...qemu, idleSkipping: remembered };
  const idleSkipping = await prove(qemu, arch);
  if (remember && idleSkipping.certainty === 'proved') await writeMemo(file, qemu, idleSkipping);
  return { ...qemu, idleSkipping };
}

/** What is known about this QEMU without starting it. */
export async function recallQemu(qemu: Qemu, arch: Arch, cache: string): Promise<ProvedQemu> {
  const remembered = await readMemo(await memoFile(qemu, arch, cache));
  return { ...qemu, idleSkipping: remembered ?? assume('it has not been used yet') };
}

async function prove(qemu: Qemu, arch: Arch): Promise<IdleSkipping> {
  const skipping = await tryTime(qemu, arch, 'sleep=off');
  if (skipping.kind === 'held') return { time: 'sleep=off', certainty: 'proved', detail: '' };
  if (skipping.kind === 'undecided') return assume(skipping.detail);
  const { detail } = skipping;
  const waiting = await tryTime(qemu, arch, 'sleep=on');
  if (waiting.kind === 'failed') return { time: 'host', certainty: 'proved', detail };
  // It is proved that idle time cannot be skipped; whether waiting it out always works shows in use.
  return { time: 'sleep=on', certainty: 'proved', detail };
}

function assume(detail: string): IdleSkipping {
  return { time: 'sleep=off', certainty: 'assumed', detail };
}

/** Increase it when the meaning of a trial changes. */
const formatVersion = 1;

const memoSchema = z.strictObject({
  schema: z.literal('kexec-lab/qemu-trial@1'),
  /** For people who look into the cache. */
  binary: z.string(),
  version: z.string(),
  time: z.enum(guestTimes),
  detail: z.string(),
});

/** The file with the result for this build of QEMU, valid as long as the binary does not change. */
export async function memoFile(qemu: Qemu, arch: Arch, cache: string): Promise<string> {
  const { size, mtimeMs } = await stat(qemu.binary);
  const program = trialProgram(arch).toString('base64');
  const build = [qemu.binary, size, mtimeMs, qemu.version, qemu.options];
  const identity = JSON.stringify([formatVersion, arch, program, ...build]);
  const name = shortDigest(identity);
  return join(cache, 'qemu', `${arch}-${name}.json`);
}

/** The stored result; null if there is none, or it cannot be read or is invalid. */
export async function readMemo(file: string): Promise<IdleSkipping | null> {
  try {
    const { time, detail } = memoSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    return { time, detail, certainty: 'proved' };
  } catch {
    return null;
  }
}

/** Stores the result atomically. If that fails, the next run repeats the trial. */
export async function writeMemo(file: string, qemu: Qemu, proved: IdleSkipping): Promise<void> {
  const { binary, version } = qemu;
  const { time, detail } = proved;
  const memo: z.infer<typeof memoSchema> = {
    schema: 'kexec-lab/qemu-trial@1',
    binary,
    version,
    time,
    detail,
  };
  const aside = `${file}.${process.pid}.tmp`;
  try {
    await makeDirectory(dirname(file));
    await writeFile(aside, `${JSON.stringify(memo, null, 2)}\n`);
    await rename(aside, file);
  } catch {
    await rm(aside, { force: true }).catch(() => undefined);
  }
}
