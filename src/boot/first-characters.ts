/** The ASCII characters a text can begin with. */
export type Characters = Uint8Array;

type Parsed = {
  first: Set<number>;
  /** It may match nothing, so that what follows can come first. */
  empty: boolean;
};

const ascii = Array.from({ length: 128 }, (_, code) => code);
const all = (): Set<number> => new Set(ascii);

/**
 * Which ASCII characters can be the first of a text that the pattern matches: 1 for each that can. The pattern begins with `^`.
 * Too many are possible, too few are not: what is not understood counts as any character.
 */
export function firstCharacters({ source }: RegExp): Characters {
  const parser = new Parser(source.replace(/^\^/, ''));
  const { first, empty } = parser.alternatives();
  return Uint8Array.from(ascii, (code) => (empty || first.has(code) ? 1 : 0));
}

/** Reads a regular expression as far as its first characters need. */
class Parser {
  #at = 0;
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  /** To the end, or to the bracket that closes the group. */
  alternatives(): Parsed {
    const result: Parsed = this.#sequence();
    while (this.#source[this.#at] === '|') {
      this.#at += 1;
      const next = this.#sequence();
      next.first.forEach((code) => result.first.add(code));
      result.empty ||= next.empty;
    }
    return result;
  }

  #sequence(): Parsed {
    const result: Parsed = { first: new Set(), empty: true };
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at] ?? '')) {
      const next = this.#repeated(this.#atom());
      if (result.empty) next.first.forEach((code) => result.first.add(code));
      result.empty &&= next.empty;
    }
    return result;
  }

  #repeated(atom: Parsed): Parsed {
    const count = /^(?:[*?]|\{0,\d*\}|\{0\})/.exec(this.#source.slice(this.#at));
    const other = /^(?:\+|\{\d+(?:,\d*)?\})/.exec(this.#source.slice(this.#at));
    this.#at += (count ?? other)?.[0].length ?? 0;
    if ((count ?? other) !== null && this.#source[this.#at] === '?') this.#at += 1;
    return count === null ? atom : { first: atom.first, empty: true };
  }

  #atom(): Parsed {
    const rest = this.#source.slice(this.#at);
    const open = /^\((?:\?(?::|=|!|<=|<!|<\w+>))?/.exec(rest)?.[0];
    if (open !== undefined) return this.#group(open);
    if (rest.startsWith('[')) return this.#take(/^\[(?:\\.|[^\]\\])*\]/.exec(rest)?.[0] ?? '[');
    if (rest.startsWith('\\b') || rest.startsWith('\\B')) return this.#nothing(2);
    if (rest.startsWith('^') || rest.startsWith('$')) return this.#nothing(1);
    return this.#take(/^(?:\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|\\.|.)/su.exec(rest)?.[0] ?? '');
  }

  #group(open: string): Parsed {
    this.#at += open.length;
    const inside = this.alternatives();
    this.#at += 1;
    const looks = /^\(\?(?:=|!|<=|<!)$/.test(open);
    return looks ? { first: new Set(), empty: true } : inside;
  }

  #nothing(length: number): Parsed {
    this.#at += length;
    return { first: new Set(), empty: true };
  }

  /** One character or class: those of ASCII it stands for. */
  #take(text: string): Parsed {
    this.#at += Math.max(1, text.length);
    try {
      const one = new RegExp(`^${text}$`, 'su');
      return {
        first: new Set(ascii.filter((code) => one.test(String.fromCharCode(code)))),
        empty: false,
      };
    } catch {
      return { first: all(), empty: false };
    }
  }
}
