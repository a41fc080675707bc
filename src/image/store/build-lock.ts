import { once } from 'node:events';
import path from 'node:path';
import { execa } from 'execa';
import { UnavailableError } from '../../errors.ts';
import { makeDirectory } from '../../host/directories.ts';
import { toolEnvironment } from '../../host/processes.ts';

/** What flock(1) is told to exit with when someone else has the lock and it may not wait. */
const taken = 75;

/** Resolves when the lock is free. */
type Release = () => Promise<void>;

/** Builds of this process take their turns here, and only the first waits for other processes. */
let turn: Promise<unknown> = Promise.resolve();

/**
 * Runs `work` while no other kexec-lab builds in the same cache. `onWait` is called once if the lock must be waited
 * for. Throws UnavailableError when the cache cannot be locked, the signal's reason when it is aborted.
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

/** Says that flock has let it in, then stays for as long as its standard input is open. */
const holdLock = ['sh', '-c', 'echo held; exec cat'];

/**
 * The lock is held by a child that lives as long as our end of its pipe: however this process ends, it lets go.
 * Null when someone else has the lock and flock was told not to wait.
 */
async function takeLock(
  lock: string,
  options: string[],
  signal: AbortSignal | undefined,
): Promise<Release | null> {
  signal?.throwIfAborted();
  const holder = execa('flock', [...options, lock, ...holdLock], {
    stdin: 'pipe',
    reject: false,
    env: toolEnvironment(),
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  const ended = await Promise.race([once(holder.stdout, 'data').then(() => null), holder]);
  if (ended === null)
    return async () => {
      holder.stdin.end();
      // It may not get to its end at once on a busy host, and the next in turn would find the lock taken.
      await holder;
    };
  signal?.throwIfAborted();
  if (ended.exitCode === taken) return null;
  throw new UnavailableError(`flock failed: ${ended.stderr || ended.originalMessage}`, {
    place: lock,
  });
}
