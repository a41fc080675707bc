import { mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { cacheDirectory, makeDirectory } from '../host/directories.ts';
import { digestOf } from '../host/files.ts';

/**
 * The clock of a machine that starts from a checkpoint shows the time when that was taken. e2fsck(8) accepts a difference of
 * a day (`accept_time_fudge`), so older checkpoints are replaced.
 */
const longestAgeMs = 24 * 60 * 60 * 1000;

export const manifestSchema = z.object({
  schema: z.literal('kexec-lab/checkpoint@1'),
  key: z.string(),
  madeAt: z.iso.datetime(),
  /** SHA-256 of the files. */
  memory: z.string(),
  console: z.string(),
});

/** A machine at the moment its first kernel starts the initramfs. */
export type Checkpoint = {
  key: string;
  /** File with QEMU's migration stream. */
  memory: string;
  /** Its console output until then. */
  console: Buffer;
};

/** The checkpoints in the cache. */
export type CheckpointStore = {
  /** The checkpoint if there is a complete, undamaged and recent one, otherwise null. */
  find(key: string): Promise<Checkpoint | null>;
  /** Whether the caller is to take this checkpoint: true once per process. */
  claim(key: string): boolean;
  /** Stores a checkpoint, whose memory `write` puts into a file. Replaces an existing one. */
  keep(key: string, console: Buffer, write: (file: string) => Promise<void>): Promise<void>;
  /** Removes a checkpoint that QEMU cannot start from. */
  discard(key: string): Promise<void>;
};

/** @param cacheDir default: see {@link cacheDirectory} */
export function openCheckpointStore(cacheDir?: string): CheckpointStore {
  const root = path.join(cacheDirectory(cacheDir), 'checkpoints');
  const claimed = new Set<string>();
  const checked = new Map<string, Promise<boolean>>();
  const directoryOf = (key: string): string => path.join(root, key);
  return {
    async find(key) {
      const directory = directoryOf(key);
      const found = await readCheckpoint(directory, key);
      if (found === null) return null;
      const identity = `${key} ${found.madeAt}`;
      const check = checked.get(identity) ?? isUndamaged(found);
      checked.set(identity, check);
      if (await check) return found;
      await rm(directory, { recursive: true, force: true });
      return null;
    },
    claim(key) {
      const first = !claimed.has(key);
      claimed.add(key);
      return first;
    },
    async keep(key, console, write) {
      await removeOld(root);
      await makeDirectory(root);
      const work = await mkdtemp(path.join(root, '.making-'));
      try {
        const memory = path.join(work, 'memory');
        await write(memory);
        await writeFile(path.join(work, 'console'), console);
        const manifest = {
          schema: 'kexec-lab/checkpoint@1',
          key,
          madeAt: new Date().toISOString(),
          memory: await digestOf(memory),
          console: await digestOf(path.join(work, 'console')),
        };
        await writeFile(path.join(work, 'manifest.json'), JSON.stringify(manifest));
        await rm(directoryOf(key), { recursive: true, force: true });
        await rename(work, directoryOf(key));
      } finally {
        await rm(work, { recursive: true, force: true });
      }
    },
    async discard(key) {
      await rm(directoryOf(key), { recursive: true, force: true });
    },
  };
}

type Found = Checkpoint & { madeAt: string; digests: { memory: string; console: string } };

async function readCheckpoint(directory: string, key: string): Promise<Found | null> {
  try {
    const text = await readFile(path.join(directory, 'manifest.json'), 'utf8');
    const manifest = manifestSchema.parse(JSON.parse(text));
    const age = Date.now() - Date.parse(manifest.madeAt);
    if (manifest.key !== key || age < 0 || age > longestAgeMs) return null;
    const memory = path.join(directory, 'memory');
    const console = await readFile(path.join(directory, 'console'));
    const { madeAt, ...digests } = manifest;
    return { key, memory, console, madeAt, digests };
  } catch {
    return null;
  }
}

/** QEMU does not detect a flipped bit in the memory that it loads. */
async function isUndamaged({ memory, digests }: Found): Promise<boolean> {
  try {
    const console = path.join(path.dirname(memory), 'console');
    return (
      (await digestOf(memory)) === digests.memory && (await digestOf(console)) === digests.console
    );
  } catch {
    return false;
  }
}

/** Removes checkpoints, and the remains of killed labs, that are too old to be used. */
async function removeOld(root: string): Promise<void> {
  for (const name of await readdir(root).catch(() => [])) {
    const directory = path.join(root, name);
    const { mtimeMs } = await stat(directory);
    if (Date.now() - mtimeMs > longestAgeMs) await rm(directory, { recursive: true, force: true });
  }
}
