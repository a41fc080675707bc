import { mapAllUsers } from './namespace.ts';

/** What build-system.sh and its namespace say to the lab, and to nobody else. */
const forTheLab = [mapAllUsers, 'kexec-lab: done'];

/** mmdebstrap's stages, in the words a user sees. */
const stages: [RegExp, string][] = [
  [/^I: extracting archives/, 'unpacking the essential packages'],
  [/^I: installing essential packages/, 'installing the essential packages'],
  [/^I: installing remaining packages/, 'installing the other packages'],
];

/**
 * Follows an installation by what mmdebstrap, dpkg and build-system.sh print. Packages are counted as they are set up;
 * `total` is how many there are. Returns a function that tells the step a line begins, if it begins one.
 */
export function systemProgress(
  total: number,
): (line: string) => { step: string; amount?: { done: number; total: number } } | null {
  let step = 'installing the packages';
  let done = 0;
  return (line) => {
    if (forTheLab.includes(line)) return null;
    const [, own] = /^kexec-lab: (.+)$/.exec(line) ?? [];
    const next = own ?? stages.find(([pattern]) => pattern.test(line))?.[1];
    if (next !== undefined) return { step: (step = next) };
    if (!/^Setting up \S+ \(/.test(line)) return null;
    done += 1;
    return { step, amount: { done, total } };
  };
}
