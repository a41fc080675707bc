import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { UnavailableError } from '../errors.ts';
import { toolEnvironment, toolPath } from './processes.ts';
import type { Requirement } from './requirements.ts';
import { describeMissing, installLine, runsAsRoot } from './requirements.ts';

type Installable = Pick<Requirement, 'name' | 'package'>;

/**
 * Makes sure that the host has all of `wanted`. With `withDeps`, installs what is missing.
 * @throws UnavailableError, with the line that installs it, if something is still missing.
 */
export async function ensureRequirements(
  wanted: readonly Installable[],
  withDeps: boolean,
): Promise<void> {
  const missing = await missingRequirements(wanted);
  if (missing.length === 0) return;
  if (withDeps) return install(missing);
  throw new UnavailableError(`missing on this host: ${describeMissing(missing)}`, {
    hint: `Use --with-deps, or install them yourself: ${installLine(missing)}`,
  });
}

/** Those of `wanted` that the host does not have. */
export async function missingRequirements<Wanted extends Installable>(
  wanted: readonly Wanted[],
): Promise<Wanted[]> {
  const paths = await Promise.all(wanted.map(findRequirement));
  return wanted.filter((_, index) => paths[index] === null);
}

/** The path of a requirement, or null if it is missing. */
export async function findRequirement({ name }: Pick<Installable, 'name'>): Promise<string | null> {
  if (isAbsolute(name)) return (await isAccessible(name, constants.R_OK)) ? name : null;
  for (const directory of toolPath().split(delimiter)) {
    const path = join(directory, name);
    if (await isAccessible(path, constants.X_OK)) return path;
  }
  return null;
}

async function isAccessible(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

/**
 * Prints the line that installs what is missing and runs it, with the terminal as its input (for sudo's password) and its
 * output on standard error.
 * @throws UnavailableError, with what to do, if something is still missing.
 */
async function install(missing: readonly Installable[]): Promise<void> {
  const line = installLine(missing);
  await checkInstaller(missing, line);
  process.stderr.write(`${line}\n`);
  const { execa } = await import('execa');
  const { exitCode } = await execa('sh', ['-c', line], {
    env: toolEnvironment(),
    stdio: ['inherit', 2, 2],
    reject: false,
  });
  const still = await missingRequirements(missing);
  if (still.length === 0) return;
  const message = `installing failed (${describeEnd(exitCode)}); still missing: ${describeMissing(still)}`;
  const hint = runsAsRoot() ? `Try it yourself: ${line}` : `As root: ${withoutSudo(line)}`;
  throw new UnavailableError(message, { hint });
}

async function checkInstaller(missing: readonly Installable[], line: string): Promise<void> {
  const lacks = async (name: string) => (await findRequirement({ name })) === null;
  const problem = (lacking: string) =>
    `missing on this host, which does not have ${lacking}: ${describeMissing(missing)}`;
  if (await lacks('apt-get'))
    throw new UnavailableError(problem('apt'), {
      hint: 'Install them with the package manager of this system.',
    });
  if (!runsAsRoot() && (await lacks('sudo')))
    throw new UnavailableError(problem('sudo'), { hint: `As root: ${withoutSudo(line)}` });
}

/** apt-get fails with 100; sudo itself ends with 1 if it refuses the user. */
function describeEnd(exitCode: number | undefined): string {
  if (exitCode === 0) return 'apt-get reported no error';
  if (exitCode === 1 && !runsAsRoot()) return 'sudo refused';
  return `it ended with ${String(exitCode)}`;
}

function withoutSudo(line: string): string {
  return line.replaceAll('sudo ', '');
}
