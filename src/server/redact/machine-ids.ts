import type { Rule } from './mark.ts';

/** 32 hexadecimal digits that are not a part of a longer word, as in machine-id(5). The classes of Hyper-V's devices look the same. */
const id = /(?<![A-Za-z0-9]|vmbus:)[0-9a-fA-F]{32}(?![A-Za-z0-9])/g;

/** What ids become, and ids of nobody. */
const innocent = /^(?:0{26}\d{6}|(.)\1{31})$/;

/**
 * Makes the rule for machine ids: each becomes a number with 32 digits, the same one wherever it occurs, because boot loader
 * entries and directories are named after it. The known ids also have the form of a UUID (as in DMI).
 */
export function machineIdRule(machineIds: readonly string[]): Rule {
  const numbers = new Map<string, string>();
  const numberOf = (digits: string): string => {
    const key = digits.toLowerCase();
    const number = numbers.get(key) ?? String(numbers.size + 1).padStart(32, '0');
    numbers.set(key, number);
    return number;
  };
  const plain = machineIds.map((known) => known.replaceAll('-', '').toLowerCase());
  const uuids = plain
    .filter((known) => /^[0-9a-f]{32}$/.test(known) && !innocent.test(known))
    .map((known) => (numberOf(known), dashed(known)));
  const uuid =
    uuids.length === 0
      ? null
      : new RegExp(`(?<![A-Za-z0-9])(?:${uuids.join('|')})(?![A-Za-z0-9])`, 'gi');
  return (text, hide) => {
    const some = text.replace(id, (found) => {
      if (innocent.test(found)) return found;
      hide(found, 'machine id');
      return numberOf(found);
    });
    if (uuid === null) return some;
    return some.replace(uuid, (found) => {
      hide(found, 'machine id');
      return dashed(numberOf(found.replaceAll('-', '')));
    });
  };
}

function dashed(digits: string): string {
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
