import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { UnavailableError } from '../errors.ts';
import { toolPath, toolEnvironment } from './processes.ts';

/** What is looked for on the host, and the Debian package that has it. */
type Installable = { name: string; package: string };

/**
 * Makes sure that the host has all of `wanted`: refuses, or with `withDeps` installs what is missing.
 * @throws UnavailableError, with the line that installs them, if something is still missing.
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

/** The path of what is required, or null where it is missing. */
export async function findRequirement({ name }: Pick<Installable, 'name'>): Promise<string | null> {
  if (isAbsolute(name)) return (await isThere(name, constants.R_OK)) ? name : null;
  for (const directory of toolPath().split(delimiter)) {
    const path = join(directory, name);
    if (await isThere(path, constants.X_OK)) return path;
  }
  return null;
}

/** Those of `wanted` that the host does not have. */
export async function missingRequirements<Wanted extends Installable>(
  wanted: readonly Wanted[],
): Promise<Wanted[]> {
  const paths = await Promise.all(wanted.map(findRequirement));
  return wanted.filter((_, index) => paths[index] === null);
}

/** `cpio (package cpio), …` */
export function describeMissing(missing: readonly Installable[]): string {
  return missing.map(({ name, package: from }) => `${name} (package ${from})`).join(', ');
}

async function isThere(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

/** The shell line that installs the packages of `missing`; as root it does without sudo. */
export function installLine(
  missing: readonly Pick<Installable, 'package'>[],
  isRoot = runsAsRoot(),
): string {
  const packages = [...new Set(missing.map((requirement) => requirement.package))].sort();
  const sudo = isRoot ? '' : 'sudo ';
  return [
    `${sudo}apt-get update`,
    `${sudo}env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ${packages.join(' ')}`,
  ].join(' && ');
}

/** Whether this process may install packages without asking anybody. */
export function runsAsRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * Prints the line that installs what is missing and runs it, with the terminal for its questions (sudo's password) and
 * its output on standard error.
 * @throws UnavailableError, with what to do, if that fails or something is still missing.
 */
async function install(missing: readonly Installable[]): Promise<void> {
  const line = installLine(missing);
  await checkInstaller(missing, line);
  process.stderr.write(`${line}\n`);
  // Loaded here, so that only an installation waits for execa.
  const { execa } = await import('execa');
  const { exitCode } = await execa('sh', ['-c', line], {
    env: toolEnvironment(),
    stdio: ['inherit', 2, 2],
    reject: false,
  });
  const still = await missingRequirements(missing);
  if (still.length > 0) {
    const problem = describeEnd(exitCode);
    const message = `installing failed (${problem}); still missing: ${describeMissing(still)}`;
    const hint = runsAsRoot() ? `Try it yourself: ${line}` : `As root: ${withoutSudo(line)}`;
    throw new UnavailableError(message, { hint });
  }
}

async function checkInstaller(missing: readonly Installable[], line: string): Promise<void> {
  const has = async (name: string): Promise<boolean> => (await findRequirement({ name })) !== null;
  if (!(await has('apt-get'))) {
    throw new UnavailableError(
      `missing on this host, which does not have apt: ${describeMissing(missing)}`,
      {
        hint: 'Install them with the package manager of this system.',
      },
    );
  }
  if (!runsAsRoot() && !(await has('sudo'))) {
    throw new UnavailableError(
      `missing on this host, which does not have sudo: ${describeMissing(missing)}`,
      {
        hint: `As root: ${withoutSudo(line)}`,
      },
    );
  }
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
