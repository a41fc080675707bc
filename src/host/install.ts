import { execa } from 'execa';
import { UnavailableError } from '../errors.ts';
import { findRequirement, missingRequirements } from './find-requirement.ts';
import type { Requirement } from './requirements.ts';
import { toolEnvironment } from './tool-environment.ts';

/**
 * Makes sure that the host has all of `wanted`: refuses, or with `withDeps` prints the line that installs what is
 * missing and runs it, with the terminal for its questions (sudo's password) and its output on standard error.
 * @throws UnavailableError, with the line that installs them, when something is missing and stays so.
 */
export async function ensureRequirements(
  wanted: readonly Requirement[],
  withDeps: boolean,
): Promise<void> {
  const missing = await missingRequirements(wanted);
  if (missing.length === 0) return;
  const line = installLine(missing);
  if (!withDeps) {
    throw new UnavailableError(`missing on this host: ${describe(missing)}`, {
      hint: `Install with --with-deps, or yourself: ${line}`,
    });
  }
  await checkInstaller(missing, line);
  process.stderr.write(`${line}\n`);
  const { exitCode } = await execa('sh', ['-c', line], {
    env: toolEnvironment(),
    stdio: ['inherit', 2, 2],
    reject: false,
  });
  const still = await missingRequirements(wanted);
  if (still.length > 0) {
    const problem = describeEnd(exitCode);
    const message = `installing failed (${problem}); still missing: ${describe(still)}`;
    const hint = runsAsRoot() ? `Try it yourself: ${line}` : `As root: ${withoutSudo(line)}`;
    throw new UnavailableError(message, { hint });
  }
}

/** The shell line that installs the packages of `missing`; as root it does without sudo. */
export function installLine(
  missing: readonly Pick<Requirement, 'package'>[],
  isRoot = runsAsRoot(),
): string {
  const packages = [...new Set(missing.map((requirement) => requirement.package))].sort();
  const sudo = isRoot ? '' : 'sudo ';
  return [
    `${sudo}apt-get update`,
    `${sudo}env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ${packages.join(' ')}`,
  ].join(' && ');
}

async function checkInstaller(missing: readonly Requirement[], line: string): Promise<void> {
  const has = async (name: string): Promise<boolean> => (await findRequirement({ name })) !== null;
  if (!(await has('apt-get'))) {
    throw new UnavailableError(`missing on this host, which has no apt: ${describe(missing)}`, {
      hint: 'Install them with the package manager of this system.',
    });
  }
  if (!runsAsRoot() && !(await has('sudo'))) {
    throw new UnavailableError(`missing on this host, which has no sudo: ${describe(missing)}`, {
      hint: `As root: ${withoutSudo(line)}`,
    });
  }
}

/** apt-get fails with 100; what sudo itself ends with when it does not let the user is 1. */
function describeEnd(exitCode: number | undefined): string {
  if (exitCode === 0) return 'apt-get had no complaint';
  if (exitCode === 1 && !runsAsRoot()) return 'sudo refused';
  return `it ended with ${String(exitCode)}`;
}

function withoutSudo(line: string): string {
  return line.replaceAll('sudo ', '');
}

/** `cpio (package cpio), …` */
function describe(missing: readonly Requirement[]): string {
  return missing.map(({ name, package: from }) => `${name} (package ${from})`).join(', ');
}

function runsAsRoot(): boolean {
  return process.getuid?.() === 0;
}
