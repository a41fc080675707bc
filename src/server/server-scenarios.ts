/** Server files as scenarios in the cache. */
import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from '../errors.ts';
import { namedFileError } from '../file-error.ts';
import { ownVersion } from '../host/directories.ts';
import { fileExists } from '../host/files.ts';
import { writeBootFiles } from './boot-files.ts';
import { openServer } from './open-server.ts';
import type { RootArchive } from './root-archive.ts';
import { readRootArchive } from './root-archive.ts';
import { serverName } from './server.ts';

type ServerOptions = {
  /** Server files, and directories of them. */
  server: readonly string[];
  /** An archive with the real root file system of the only server. */
  root?: string;
};

/**
 * The scenario of each server file; a directory stands for the files `*.tar` in it.
 * @param isTaken whether a scenario has a name
 * @throws UsageError for a file that cannot be used, or a name that is taken
 */
export async function serverScenarios(
  { server, root }: ServerOptions,
  cache: string,
  isTaken: (name: string) => boolean,
): Promise<string[]> {
  const files = server.flatMap(filesOf);
  if (root !== undefined && files.length !== 1)
    throw new UsageError('--root needs one server', { hint: 'Name it with --server FILE.' });
  const archive = root === undefined ? null : await readRootArchive(root);
  const names = new Map<string, string>();
  const scenarios: string[] = [];
  for (const file of files) {
    const name = serverName(file);
    const other = names.get(name);
    if (other !== undefined)
      throw new UsageError(`this server has the same name as ${other}: ${name}`, {
        place: file,
        hint: 'Rename one of the files.',
      });
    if (isTaken(name))
      throw new UsageError(`a scenario has the name of this server: ${name}`, {
        place: file,
        hint: 'Rename the file.',
      });
    names.set(name, file);
    scenarios.push(await scenarioOf({ file, name, archive }, cache));
  }
  return scenarios;
}

function filesOf(word: string): string[] {
  let isDirectory: boolean;
  try {
    isDirectory = statSync(word).isDirectory();
  } catch (error) {
    throw namedFileError(error, { place: word, doing: 'read this server' });
  }
  if (!isDirectory) return [word];
  const found = readdirSync(word).filter((name) => name.endsWith('.tar'));
  if (found.length > 0) return found.sort().map((name) => path.join(word, name));
  throw new UsageError('this directory has no server files', {
    place: word,
    hint: 'Name a directory with files that kexec-lab capture wrote (*.server.tar).',
  });
}

/** Writes the files of the scenario once for each server and each version of the lab. */
async function scenarioOf(
  { file, name, archive }: { file: string; name: string; archive: RootArchive | null },
  cache: string,
): Promise<string> {
  const server = await openServer(file, cache);
  const key = createHash('sha256')
    .update(
      JSON.stringify([ownVersion(), formOfScenarios, file, server.captured.manifest, archive]),
    )
    .digest('hex')
    .slice(0, 16);
  const directory = path.join(cache, 'servers', `${name}-${key}`);
  const scenario = path.join(directory, `${name}.yaml`);
  if (await fileExists(scenario)) return scenario;
  await mkdir(path.dirname(directory), { recursive: true });
  const partial = await mkdtemp(path.join(cache, 'servers', 'partial-'));
  try {
    await writeBootFiles(server, { directory: partial, name, place: file, archive });
    await rename(partial, directory).catch((error: unknown) => {
      // Another process was faster.
      if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return scenario;
}

/** Increase it when the same server becomes another scenario. */
const formOfScenarios = 9;
