import { InvalidArgumentError, Option } from 'commander';
import { arches } from '../scenario/scenario.ts';
import type { Shard } from '../scenario/shard.ts';

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
    .argParser(collect(oneOf(arches)))
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

/** A parser for one of a few words. */
export function oneOf<Word extends string>(words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const word = words.find((known) => known === text);
    if (word === undefined) throw new InvalidArgumentError(`It must be ${alternatives(words)}.`);
    return word;
  };
}

function alternatives(words: readonly string[]): string {
  return [words.slice(0, -1).join(', '), words.at(-1)].filter(Boolean).join(' or ');
}

/** A parser for `2/4`: one shard of several. */
export function parseShard(text: string): Shard {
  const [, index, count] = /^(\d{1,4})\/(\d{1,4})$/.exec(text)?.map(Number) ?? [];
  if (index === undefined || count === undefined || index < 1 || index > count) {
    throw new InvalidArgumentError('It must be one of several, such as 1/4.');
  }
  return { index, count };
}
