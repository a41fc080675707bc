import { availableParallelism } from 'node:os';
import { InvalidArgumentError, Option } from 'commander';
import { arches } from '../arch.ts';
import type { LabEvent } from '../model/run.ts';
import { count } from '../report/result-text.ts';
import type { Shard } from '../scenario/select.ts';

/** `--arch`, the same in every command. */
export function archOption(): Option {
  return new Option('--arch <arch>', `only this architecture: ${arches.join(' or ')} (repeatable)`)
    .argParser(collect(oneOf(arches)))
    .default([], 'all');
}

/** `--jobs`, the same in every command. */
export function jobsOption(): Option {
  return new Option('--jobs <n>', 'cases that run at the same time')
    .argParser(wholeNumber(1))
    .default(availableParallelism(), 'one per CPU');
}

/** `--scenarios`, the same in every command. */
export function scenariosOption(): Option {
  return new Option(
    '--scenarios <directory>',
    'directory with your own scenarios, added to the built-in ones (repeatable)',
  )
    .argParser(collect(String))
    .default([], 'none');
}

/** `--server`, the same in every command. */
export function serverOption(): Option {
  return new Option('--server <file>', 'a captured server, or a directory of them (repeatable)')
    .argParser(collect(String))
    .default([], 'none');
}

/** `--root`, the same in every command. */
export function rootOption(): Option {
  return new Option(
    '--root <file>',
    "a tar archive with the server's root file system (default: a Debian of the lab)",
  );
}

/** `--exclude`, the same in every command. */
export function excludeOption(): Option {
  return new Option(
    '--exclude <pattern>',
    'leave out scenarios by name, glob or label (repeatable)',
  )
    .argParser(collect(String))
    .default([], 'none');
}

/** `--mirror`. @param purpose what the command uses the mirror for */
export function mirrorOption(purpose: string): Option {
  const option = new Option('--mirror <url>', `${purpose} (default: the host's)`);
  return orVariable(option.argParser(parseMirror), 'KEXEC_LAB_MIRROR');
}

/** `--qemu-dir`, the same in every command. */
export function qemuDirOption(): Option {
  const option = new Option(
    '--qemu-dir <directory>',
    'use only the QEMU programs in this directory',
  );
  return orVariable(option, 'KEXEC_LAB_QEMU_DIR');
}

/** An environment variable sets the option where the command line does not. An empty variable counts as unset. */
function orVariable(option: Option, variable: string): Option {
  if (process.env[variable] === '') Reflect.deleteProperty(process.env, variable);
  return option.env(variable);
}

/** Arguments that accept empty text. All other arguments and options refuse it. */
export const mayBeEmpty = new WeakSet<object>();

/** Makes a parser for repeatable options: it collects the values in a list. */
export function collect<T>(parse: (text: string) => T): (text: string, before?: T[]) => T[] {
  return (text, before = []) => [...before, parse(text)];
}

/** Makes a parser that accepts only these words. */
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

/** More than any machine can run. A larger number is a typing mistake, and its cases would fill the memory. */
const most = 9999;

/** Makes a parser for whole numbers from `least` to 9999. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < least || number > most) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    }
    return number;
  };
}

/** The longest time limit in minutes: a week. A timer of Node cannot exceed 24 days. */
const longest = 7 * 24 * 60;

/** Parses minutes, with decimals. */
export function parseMinutes(text: string): number {
  const minutes = Number(text);
  if (/^\d+(?:\.\d+)?$/.test(text) && minutes > 0 && minutes <= longest) return minutes;
  throw new InvalidArgumentError(
    `Use minutes greater than 0, up to ${longest}, such as 30 or 1.5.`,
  );
}

/** Parses `2/4`: the second of four shards. */
export function parseShard(text: string): Shard {
  const [, index, count] = /^(\d{1,4})\/(\d{1,4})$/.exec(text)?.map(Number) ?? [];
  if (index === undefined || count === undefined || index < 1 || index > count) {
    throw new InvalidArgumentError('Use INDEX/TOTAL with 1 <= INDEX <= TOTAL, for example 1/4.');
  }
  return { index, count };
}

/** Parses a URL that apt can download from. */
function parseMirror(text: string): string {
  if (/^(?:https?|file|copy):\/.+/.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError('It must be a URL, such as http://mirror.example/debian.');
}

type RunLimits = {
  /** Fires when a limit is reached; its reason names the limit. */
  signal: AbortSignal;
  /** Counts failures. Needs every event of the run. */
  note(event: LabEvent): void;
  /** Whether `--max-failures` stopped the run. */
  failedOften(): boolean;
  /** Ends the timer. */
  release(): void;
};

/**
 * Stops a run after a time, or after a number of failures (verdict `fail` or `error`).
 * @param timeout minutes from now
 */
export function limitRun({
  timeout,
  maxFailures,
}: {
  timeout?: number;
  maxFailures?: number;
}): RunLimits {
  const controller = new AbortController();
  let failures = 0;
  const timer =
    timeout === undefined
      ? undefined
      : setTimeout(() => {
          controller.abort(`--timeout: ${count(timeout, 'minute')} passed`);
        }, timeout * 60_000);
  const failedOften = () => maxFailures !== undefined && failures >= maxFailures;
  return {
    signal: controller.signal,
    note(event) {
      if (event.type !== 'case-finished') return;
      if (event.result.verdict !== 'fail' && event.result.verdict !== 'error') return;
      failures += 1;
      if (failedOften()) controller.abort(`--max-failures: ${count(failures, 'case')} failed`);
    },
    failedOften,
    release() {
      clearTimeout(timer);
    },
  };
}
