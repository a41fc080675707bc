import type { CaseResult } from '../model/result.ts';
import type { Likeness } from '../model/server.ts';
import { printable } from './printable.ts';

/** The lines of a comparison with a captured server that matter for the verdict. */
export function thatMatter(likeness: readonly Likeness[]): Likeness[] {
  return likeness.filter(({ matters }) => matters);
}

/** `memory (alike): 2048 MiB instead of 131072 MiB`, a line for each difference that matters; none for other scenarios. */
export function describeDifferences({ server }: Pick<CaseResult, 'server'>): string[] {
  return thatMatter(server?.likeness ?? []).map(({ how, what, detail }) =>
    printable(`${what} (${how}): ${detail}`),
  );
}
