/** The image cache as a whole: its lock, its leftovers, and the errors of its disk. */
import { once } from 'node:events';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { UnavailableError } from '../../errors.ts';
import { fileReason, isFileError } from '../../file-error.ts';
import { makeDirectory } from '../../host/directories.ts';
import { execaOptions } from '../../host/processes.ts';

/** Builds of this process queue here, so that only the first one waits for other processes. */
let turn: Promise<unknown> = Promise.resolve();

/**
 * Runs `work` while no other kexec-lab builds in the same cache. Calls `onWait` once if it has to wait for the lock.
 * Throws UnavailableError if the cache cannot be locked, and the signal's reason if it is aborted.
 */
export function withBuildLock<T>(
  cache: string,
  onWait: () => void,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const result = turn.then(() => underLock(cache, onWait, signal, work));
  turn = result.catch(() => undefined);
  return result;
}

async function underLock<T>(
  cache: string,
  onWait: () => void,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  await makeDirectory(cache);
  const lock = path.join(cache, 'build.lock');
  let release = await takeLock(lock, ['--nonblock', '--conflict-exit-code', `${taken}`], signal);
  if (release === null) {
    onWait();
    release = await takeLock(lock, [], signal);
  }
  return work().finally(() => release?.());
}

/** The exit code for flock(1) to use if another process has the lock and it must not wait. */
const taken = 75;

/** Reports that the lock is held, then runs until its standard input is closed. */
const holdLock = ['sh', '-c', 'echo held; exec cat'];

/** Releases the lock. Resolves when it is free. */
type Release = () => Promise<void>;

/**
 * A child process holds the lock as long as our end of its pipe is open, so the lock is released however this process
 * ends. Null if another process has the lock and flock was told not to wait.
 */
async function takeLock(
  lock: string,
  options: string[],
  signal: AbortSignal | undefined,
): Promise<Release | null> {
  signal?.throwIfAborted();
  const holder = execa('flock', [...options, lock, ...holdLock], {
    ...execaOptions(signal),
    stdin: 'pipe',
    reject: false,
  });
  const ended = await Promise.race([once(holder.stdout, 'data').then(() => null), holder]);
  if (ended === null)
    return async () => {
      holder.stdin.end();
      // On a busy host it may take a moment to exit, and the next build would find the lock taken.
      await holder;
    };
  signal?.throwIfAborted();
  if (ended.exitCode === taken) return null;
  throw new UnavailableError(`flock failed: ${ended.stderr || ended.originalMessage}`, {
    place: lock,
  });
}

/** Turns file system errors in the cache (no space, no permission, not a directory) into UnavailableError. */
export function nameDiskTrouble(error: unknown, cache: string): unknown {
  if (!isFileError(error)) return error;
  return new UnavailableError(`cannot use the image cache: ${fileReason(error, cache)}`, {
    place: cache,
    hint: 'Check its free space and permissions, or choose another directory with KEXEC_LAB_CACHE.',
    cause: error,
  });
}

/**
 * Removes the temporary files of builds that were killed. Call it with the build lock held, so that no running build owns
 * them.
 */
export async function removeStaleWork(cache: string): Promise<void> {
  const stale = [
    ...(await list(path.join(cache, 'tmp'))),
    ...(await list(path.join(cache, 'debs'))).filter((file) =>
      path.basename(file).startsWith('partial-'),
    ),
  ];
  for (const file of stale) await rm(file, { recursive: true, force: true });
}

async function list(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  return names.map((name) => path.join(directory, name));
}
