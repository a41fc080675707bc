import { createHash } from 'node:crypto';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import type { Arch } from '../../arch.ts';
import { makeDirectory } from '../../host/make-directory.ts';
import type { Qemu } from '../find-qemu.ts';
import type { IdleSkipping } from '../guest-time.ts';
import { guestTimes } from '../guest-time.ts';
import { trialProgram } from './program.ts';

/** Raise it when a trial comes to prove something else. */
const formatVersion = 1;

const memoSchema = z.strictObject({
  schema: z.literal('kexec-lab/qemu-trial@1'),
  /** For whoever looks into the cache. */
  binary: z.string(),
  version: z.string(),
  time: z.enum(guestTimes),
  detail: z.string(),
});

/** The file that remembers what was proved of this very build of QEMU, as long as it is the file it was. */
export async function memoFile(qemu: Qemu, arch: Arch, cache: string): Promise<string> {
  const { size, mtimeMs } = await stat(qemu.binary);
  const program = trialProgram(arch).toString('base64');
  const build = [qemu.binary, size, mtimeMs, qemu.version, qemu.options];
  const identity = JSON.stringify([formatVersion, arch, program, ...build]);
  const name = createHash('sha256').update(identity).digest('hex').slice(0, 16);
  return join(cache, 'qemu', `${arch}-${name}.json`);
}

/** What was proved; null where nothing was, and where what is there cannot be read or is no such memo. */
export async function readMemo(file: string): Promise<IdleSkipping | null> {
  try {
    const { time, detail } = memoSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    return { time, detail, certainty: 'proved' };
  } catch {
    return null;
  }
}

/** Remembers what was proved, in one step. Where that cannot be done, the next one to ask tries again. */
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
