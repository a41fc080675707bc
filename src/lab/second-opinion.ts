import { join } from 'node:path';
import { appendTag, flagsTag } from '../markers.ts';
import type { CaseResult, SecondOpinion } from '../model/result.ts';
import type { Case } from '../scenario/scenario.ts';
import type { Lab } from './run-case.ts';
import { runCase } from './run-case.ts';
import { isSilent } from './silent-outcome.ts';

/**
 * What a kernel developer adds to hear a kernel that dies early: a console from the first word on that stays when the real one
 * comes, and every message. (kexec says what it loads where with `-d`.)
 */
const talkative = { append: 'earlycon,keep_bootcon,ignore_loglevel', flags: '-d' };

const noHooks = { onLine: () => {}, onSignal: () => {}, onReading: () => {} };

/**
 * Boots a case that failed in silence once more, made to talk. Null where it did not fail so, where the kexec is not the
 * provider's (its options are not the lab's then), or when it was stopped.
 *
 * @param place the directory of the case itself; this boot's is `explained` in it
 */
export async function secondOpinion(
  case_: Case,
  result: CaseResult,
  lab: Lab,
  place: { directory: string; relative: string },
  signal: AbortSignal,
): Promise<SecondOpinion | null> {
  const { verdict, outcome: before, stage: where } = result;
  if (verdict !== 'fail' || before === null || where === null || signal.aborted) return null;
  if (!isSilent({ id: before, stage: where })) return null;
  if (case_.setup.tags['KEXEC_KERNEL'] === undefined) return null;
  const inside = {
    directory: join(place.directory, 'explained'),
    relative: join(place.relative, 'explained'),
  };
  const again = await runCase(madeToTalk(case_), lab, inside, noHooks, signal);
  const { outcome, generation, stage, meaning, evidence, directory } = again;
  return outcome === null ? null : { outcome, generation, stage, meaning, evidence, directory };
}

/** The same case with more options for kexec, and a longer command line for the second kernel. */
export function madeToTalk(case_: Case): Case {
  const { tags } = case_.setup;
  const joined = (...words: (string | undefined)[]) => words.filter(Boolean).join(',');
  return {
    ...case_,
    setup: {
      ...case_.setup,
      tags: {
        ...tags,
        [flagsTag]: joined(tags[flagsTag], talkative.flags),
        // In front of a loglevel= that would silence the early console before it has said its first word.
        [appendTag]: joined(talkative.append, tags[appendTag]),
      },
    },
  };
}
