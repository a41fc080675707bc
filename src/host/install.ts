import { execa } from 'execa';
import { UnavailableError } from '../errors.ts';
import { describeMissing, findRequirement, missingRequirements } from './find-requirement.ts';
import { installLine, runsAsRoot } from './install-line.ts';
import type { Requirement } from './requirements.ts';
import { toolEnvironment } from './tool-environment.ts';

/**
 * Prints the line that installs what is missing and runs it, with the terminal for its questions (sudo's password) and
 * its output on standard error.
 * @throws UnavailableError, with what to do, when that cannot be done, or something is missing still.
 */
export async function install(missing: readonly Requirement[]): Promise<void> {
  const line = installLine(missing);
  await checkInstaller(missing, line);
  process.stderr.write(`${line}\n`);
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

async function checkInstaller(missing: readonly Requirement[], line: string): Promise<void> {
  const has = async (name: string): Promise<boolean> => (await findRequirement({ name })) !== null;
  if (!(await has('apt-get'))) {
    throw new UnavailableError(
      `missing on this host, which has no apt: ${describeMissing(missing)}`,
      {
        hint: 'Install them with the package manager of this system.',
      },
    );
  }
  if (!runsAsRoot() && !(await has('sudo'))) {
    throw new UnavailableError(
      `missing on this host, which has no sudo: ${describeMissing(missing)}`,
      {
        hint: `As root: ${withoutSudo(line)}`,
      },
    );
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
