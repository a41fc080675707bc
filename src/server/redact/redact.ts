import { hideAddresses } from './addresses.ts';
import { hostNameRule } from './host-names.ts';
import { hideHashes, hideKeys, hidePemBlocks } from './key-shapes.ts';
import { hideKeyedValues } from './keyed-values.ts';
import { untilStable } from './lines.ts';
import { machineIdRule } from './machine-ids.ts';
import { markOf, type Hide, type Kind, type Rule } from './mark.ts';
import { hideRandomWords } from './random-words.ts';
import { hidePlacedPasswords, hideTokens } from './token-shapes.ts';

/** What a machine is called. */
export type Known = {
  /** Short or fully qualified. */
  hostNames: readonly string[];
  /** 32 hexadecimal digits each (machine-id(5)). */
  machineIds: readonly string[];
};

export type Redacted = {
  text: string;
  /** What was replaced: one entry for each replacement. */
  marks: Kind[];
};

/**
 * Takes the secrets out of the files of one capture. Every replacement has as many bytes as what it replaces. A text that was
 * redacted before is not changed again.
 */
export type Redactor = {
  text(text: string): Redacted;
  /** The same for the bytes of a file in any encoding, also a binary one that contains texts. */
  bytes(data: Buffer): { data: Buffer; marks: Kind[] };
  /** A path, with machine ids, host names and addresses replaced as they are in texts. */
  path(path: string): string;
};

/**
 * Makes the redactor of one capture. It remembers the machine ids it has seen: the first becomes 0…01 in all texts, the second
 * 0…02.
 */
export function createRedactor(known: Known): Redactor {
  const hostNames = known.hostNames.map((name) => Buffer.from(name.trim()).toString('latin1'));
  const identity = [hideAddresses, hostNameRule(hostNames), machineIdRule(known.machineIds)];
  const rules = [
    hidePemBlocks,
    hideKeys,
    hideHashes,
    hideTokens,
    hidePlacedPasswords,
    hideKeyedValues,
    ...identity,
    hideRandomWords,
  ];
  const text = (text: string): Redacted => {
    const found = applyAll(rules, Buffer.from(text).toString('latin1'));
    return found.marks.length === 0
      ? { text, marks: [] }
      : { text: Buffer.from(found.text, 'latin1').toString(), marks: found.marks };
  };
  return {
    text,
    bytes: (data) => {
      const found = applyAll(rules, data.toString('latin1'));
      const changed = found.marks.length === 0 ? data : Buffer.from(found.text, 'latin1');
      return { data: changed, marks: found.marks };
    },
    path: (path) => {
      const found = applyAll(identity, Buffer.from(path).toString('latin1'));
      return Buffer.from(found.text, 'latin1').toString();
    },
  };
}

/** Redacts a single text. Texts of one capture need one {@link createRedactor}, so that machine ids go on matching. */
export function redact(text: string, known: Known): Redacted {
  return createRedactor(known).text(text);
}

/**
 * Applies the rules until nothing changes: a mark may complete what another rule recognises. Each round replaces something
 * that was not a mark before, so the rounds end.
 */
function applyAll(rules: readonly Rule[], text: string): Redacted {
  const marks: Kind[] = [];
  const hide: Hide = (found, kind) => {
    const mark = markOf(found);
    if (mark !== found) marks.push(kind);
    return mark;
  };
  const round = (now: string) => rules.reduce((some, rule) => rule(some, hide), now);
  // The body of a PEM block is on other lines than its name.
  let now = untilStable(text, round);
  while (now.includes('-----BEGIN ')) {
    const before = now;
    now = round(now);
    if (now === before) break;
  }
  return { text: now, marks };
}
