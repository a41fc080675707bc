import { withBuildLock } from '../../../src/image/store/cache.ts';

// Holds the lock of the cache named on the command line until it is killed, and says when it has it.
await withBuildLock(
  process.argv[2] ?? '',
  () => undefined,
  undefined,
  () => {
    console.log('held');
    return new Promise((resolve) => setTimeout(resolve, 600_000));
  },
);
