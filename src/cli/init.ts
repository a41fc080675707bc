import { lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { errorCode, namedFileError } from '../file-error.ts';
import { makeDirectory, ownDirectory } from '../host/directories.ts';
import { printable } from '../report/printable.ts';
import { shellQuote } from '../text/shell.ts';

const example = join(ownDirectory, 'examples', 'init');
const scenario = 'my-boot.yaml';

/** The files that `init` writes, relative to the directory. */
const files = [scenario, join('machines', 'my-machine.yaml')];

/** `kexec-lab init`: writes a commented scenario and machine to start from. */
export function initCommand(): Command {
  return new Command('init')
    .description('write a commented example: a scenario and a machine of your own')
    .argument('[directory]', 'where to write the files', '.')
    .addHelpText('after', helpText)
    .action(init);
}

const helpText = `
Existing files are never overwritten.

Example:
  kexec-lab init boot-tests
  kexec-lab run boot-tests/${scenario} --tail`;

/** @throws UsageError if a file exists already, or cannot be written; nothing is overwritten */
async function init(directory: string): Promise<void> {
  const places = files.map((file) => join(directory, file));
  for (const place of places) refuseExisting(place);
  for (const [index, file] of files.entries()) {
    const place = places[index] ?? file;
    try {
      await makeDirectory(dirname(place));
      writeFileSync(place, readFileSync(join(example, file)), { flag: 'wx' });
    } catch (error) {
      if (errorCode(error) === 'EEXIST') throw alreadyThere(place);
      throw cannotWrite(error, place);
    }
    process.stdout.write(`wrote ${printable(place)}\n`);
  }
  const run = `kexec-lab run ${shellQuote(runnable(directory))} --tail`;
  process.stdout.write(`\nRun it:\n  ${printable(run)}\n`);
}

/** The path of the scenario, in a form that `run` does not take for a name. */
function runnable(directory: string): string {
  const place = join(directory, scenario);
  return place.includes('/') ? place : `./${place}`;
}

/** @throws UsageError if anything has that name, even a dangling link */
function refuseExisting(place: string): void {
  let found;
  try {
    found = lstatSync(place, { throwIfNoEntry: false });
  } catch (error) {
    throw cannotWrite(error, place);
  }
  if (found !== undefined) throw alreadyThere(place);
}

function cannotWrite(error: unknown, place: string): Error {
  const hint = 'Name a directory that you can write to.';
  return namedFileError(error, { place, doing: 'write this file', hint });
}

function alreadyThere(place: string): UsageError {
  return new UsageError('this file already exists', {
    place,
    hint: 'Choose another directory, or move the file.',
  });
}
