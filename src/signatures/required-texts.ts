import type { AST } from '@eslint-community/regexpp';
import { RegExpParser } from '@eslint-community/regexpp';

/** What is known about the texts that a part of a pattern matches. Null: nothing. */
type Known = {
  /** All texts that it matches. */
  exact: string[] | null;
  /** Texts of which every match contains at least one. */
  inside: string[] | null;
};

const nothing: Known = { exact: null, inside: null };
const empty: Known = { exact: [''], inside: null };

/** Maximum number of alternatives that are listed. */
const most = 64;
/** Texts are cut to this length, which is enough to select lines. Characters. */
const longest = 12;
/** A class or repetition with more members counts as unknown. */
const fewMembers = 4;

const parser = new RegExpParser({ ecmaVersion: 2023 });

/**
 * Texts of which every match of the pattern contains at least one, so that lines without them need not be matched. Picks
 * the longest, like a trigram index (R. Cox, Regular Expression Matching with a Trigram Index). ASCII only.
 * @throws Error if there are none, because the pattern can match anything
 */
export function requiredTexts(pattern: RegExp): string[] {
  const { alternatives } = parser.parsePattern(pattern.source);
  const { exact, inside } = ofAlternatives(alternatives);
  const best = better(inside, exact);
  if (best === null) throw new Error(`${String(pattern)} can match anything`);
  return unique(best.map((text) => text.slice(0, longest)));
}

function ofAlternatives(alternatives: readonly AST.Alternative[]): Known {
  const known = alternatives.map(ofSequence);
  const exact = all(known.map((one) => one.exact));
  const inside = all(known.map((one) => better(one.inside, one.exact)));
  return { exact: exact !== null && exact.length > most ? null : exact, inside };
}

/** The union over all alternatives; null if one of them is unknown. */
function all(sets: readonly (string[] | null)[]): string[] | null {
  return sets.every((set) => set !== null) ? unique(sets.flat()) : null;
}

function ofSequence({ elements }: AST.Alternative): Known {
  // The texts that the elements since the last unknown one form together.
  let run = [''];
  let inside: string[] | null = null;
  let isWhole = true;
  for (const element of elements) {
    const known = ofElement(element);
    inside = better(inside, known.inside);
    const longer = known.exact === null ? null : joined(run, known.exact);
    if (longer !== null) {
      run = longer;
      continue;
    }
    inside = better(inside, run);
    run = known.exact ?? [''];
    isWhole = false;
  }
  return { exact: isWhole ? run : null, inside: better(inside, run) };
}

function ofElement(element: AST.Element): Known {
  switch (element.type) {
    case 'Character':
      return ofCharacters([element.value]);
    case 'CharacterClass':
      return element.negate ? nothing : ofCharacters(members(element.elements));
    case 'Group':
    case 'CapturingGroup':
      return ofAlternatives(element.alternatives);
    case 'Quantifier':
      return ofQuantifier(element);
    case 'Assertion':
      return element.kind === 'lookahead' && !element.negate
        ? { exact: [''], inside: ofAlternatives(element.alternatives).inside }
        : empty;
    default:
      return nothing;
  }
}

function ofQuantifier({ min, max, element }: AST.Quantifier): Known {
  const once = ofElement(element);
  const inside = min === 0 ? null : better(once.inside, once.exact);
  if (once.exact === null || max > fewMembers) return { exact: null, inside };
  let times: string[] | null = [''];
  const exact: string[] = [];
  for (let count = 0; count <= max && times !== null; count += 1) {
    if (count >= min) exact.push(...times);
    times = joined(times, once.exact);
  }
  return { exact: times === null || exact.length > most ? null : unique(exact), inside };
}

function ofCharacters(codes: readonly number[] | null): Known {
  if (codes === null || codes.length > fewMembers || codes.some((code) => code > 0x7f))
    return nothing;
  return { exact: codes.map((code) => String.fromCodePoint(code)), inside: null };
}

/** The characters of a class; null if it contains an escape such as `\\w`. */
function members(elements: readonly AST.CharacterClass['elements'][number][]): number[] | null {
  const codes: number[] = [];
  for (const element of elements) {
    if (element.type === 'Character') codes.push(element.value);
    else if (element.type === 'CharacterClassRange') {
      for (let code = element.min.value; code <= element.max.value; code += 1) codes.push(code);
    } else return null;
  }
  return codes;
}

/** Each of `ones` followed by each of `others`; null if that is too many. */
function joined(ones: readonly string[], others: readonly string[]): string[] | null {
  if (ones.length * others.length > most) return null;
  return unique(ones.flatMap((one) => others.map((other) => one + other)));
}

/** The more selective set: the one whose shortest text is longer. Null if neither selects anything. */
function better(one: string[] | null, other: string[] | null): string[] | null {
  if (shortest(one) === 0) return shortest(other) === 0 ? null : other;
  // With equal lengths the later set is better: in prompts it is their end rather than the start of a path.
  return shortest(other) >= shortest(one) ? other : one;
}

function shortest(texts: string[] | null): number {
  return Math.min(longest, ...(texts ?? ['']).map(({ length }) => length));
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
