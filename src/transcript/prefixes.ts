import { indentationOf, learnPrefix } from './learn-prefix.ts';
import { prefixPattern } from './prefix.ts';
import { isWrapped } from './repair.ts';

const mostRecorders = 3;

/** Syslog's name for the kernel, after its date and host. */
const kernelTag = /^kernel: /;

/** What recorders print before every line. The output of one may have been recorded by another; the outermost is first. */
export class Prefixes {
  readonly #patterns: readonly RegExp[];
  /** The same, to match where a line begins in a text of many. */
  readonly #within: readonly RegExp[];
  readonly #tagWithin = within(kernelTag);

  constructor(patterns: readonly RegExp[]) {
    this.#patterns = patterns;
    this.#within = patterns.map(within);
  }

  get areNone(): boolean {
    return this.#patterns.length === 0;
  }

  /** Whether all lines begin with the outermost. */
  fit(lines: readonly string[]): boolean {
    const [outermost] = this.#patterns;
    return outermost !== undefined && lines.every((line) => outermost.test(line));
  }

  /** The line without its prefixes. */
  removeFrom(line: string): string {
    if (this.areNone) return line;
    const rest = this.#patterns.reduce((left, prefix) => left.replace(prefix, ''), line);
    return rest === line ? line : rest.replace(kernelTag, '');
  }

  /** Where a line goes on behind its prefixes, without making a string of it. @param from where it begins in the text */
  behind(text: string, from: number): number {
    let at = from;
    for (const pattern of this.#within) at = behind(pattern, text, at);
    return at === from ? from : behind(this.#tagWithin, text, at);
  }
}

function within({ source }: RegExp): RegExp {
  return new RegExp(source.replace(/^\^/, ''), 'my');
}

function behind(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : from;
}

/** Learns the prefixes of these lines; or their indentation, if they have no prefix. */
export function learnPrefixes(lines: readonly string[]): Prefixes {
  const patterns: RegExp[] = [];
  let left = lines;
  while (patterns.length < mostRecorders && !left.some(isWrapped)) {
    const prefix = learnPrefix(left);
    if (prefix === null) break;
    const pattern = prefixPattern(prefix);
    patterns.push(pattern);
    left = left.map((line) => line.replace(pattern, ''));
  }
  const indentation = patterns.length === 0 ? indentationOf(lines) : null;
  return new Prefixes(indentation === null ? patterns : [indentation]);
}
