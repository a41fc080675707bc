import { InvalidArgumentError, Option } from 'commander';
import { arches } from '../scenario/scenario.ts';
import type { Arch } from '../scenario/scenario.ts';

/** A parser for whole numbers of at least `least`. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < least || !Number.isSafeInteger(number)) {
      throw new InvalidArgumentError(`It must be a whole number, ${least} or more.`);
    }
    return number;
  };
}

/** A parser for options that can be given several times. */
export function collect<T>(parse: (text: string) => T): (text: string, before?: T[]) => T[] {
  return (text, before = []) => [...before, parse(text)];
}

/** `--arch`, as every command has it. */
export function archOption(): Option {
  return new Option('--arch <arch>', `only this architecture: ${arches.join(' or ')} (repeatable)`)
    .argParser(collect(parseArch))
    .default([], 'all');
}

/** `--scenarios`, as every command has it. */
export function scenariosOption(): Option {
  return new Option(
    '--scenarios <directory>',
    'scenarios of your own beside the built-in ones (repeatable)',
  )
    .argParser(collect(String))
    .default([], 'none');
}

function parseArch(text: string): Arch {
  const arch = arches.find((known) => known === text);
  if (arch === undefined) throw new InvalidArgumentError(`It must be ${arches.join(' or ')}.`);
  return arch;
}
