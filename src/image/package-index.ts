import { readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { UnavailableError } from '../errors.ts';
import { openApt, type Apt, type AptOptions } from './apt.ts';
import { fileExists } from './file-exists.ts';

export type IndexOptions = Omit<AptOptions, 'directory' | 'mirror'> & {
  /** The cache: `apt/<suite>-<architecture>` is in it. */
  cache: string;
  /** Asked for when packages are needed. */
  mirror: () => Promise<string>;
  onStep: (step: string, amount?: { done: number; total: number }) => void;
};

/** Does `work` with a suite's index, which is fetched when there is none or when it proves too old. */
export async function withIndex<T>(
  options: IndexOptions,
  work: (apt: Apt) => Promise<T>,
): Promise<T> {
  const { cache, suite, architecture } = options;
  const directory = path.join(cache, 'apt', `${suite}-${architecture}`);
  const apt = await openApt({ ...options, directory, mirror: await options.mirror() });
  if (await fileExists(indexStamp(directory))) {
    try {
      return await work(apt);
    } catch (error) {
      // An old index names packages that the mirror has replaced since.
      options.signal?.throwIfAborted();
      if (!(error instanceof UnavailableError)) throw error;
    }
  }
  const step = `fetching the index of Debian ${suite} for ${architecture}`;
  options.onStep(step);
  await apt.update((percent) => {
    options.onStep(step, { done: percent, total: 100 });
  });
  await writeFile(indexStamp(directory), '');
  return work(apt);
}

/** Makes apt fetch every suite's index again when it is next needed. */
export async function forgetIndexes(cache: string): Promise<void> {
  for (const suite of await readdir(path.join(cache, 'apt')).catch(() => []))
    await rm(indexStamp(path.join(cache, 'apt', suite)), { force: true });
}

/** Written when an index has been fetched whole. */
function indexStamp(directory: string): string {
  return path.join(directory, 'index-complete');
}
