/** The answer of a finished search, as it is reported. */
import type { BisectKernel, Bisection } from '../model/bisect.ts';
import { changesSince, configChanges } from './differences.ts';
import type { KernelFacts } from './facts.ts';
import type { SearchedKernel } from './kernels.ts';
import type { Search } from './run-search.ts';
import { untried } from './search.ts';

type Answer = Pick<Bisection, 'kernels' | 'failure' | 'seconds' | 'result'>;

/**
 * The kernels with what their boots showed, and the first bad one with its differences from the last good one.
 * @param factsOf reads the facts of a kernel, counted from the good end
 * @throws what `factsOf` throws
 */
export async function answerOf(
  search: Search,
  kernels: readonly SearchedKernel[],
  factsOf: (kernel: number) => Promise<KernelFacts>,
): Promise<Answer> {
  const { step, failure, seconds } = search;
  const judgedKernels = kernels.map((kernel, at) => judged(kernel, search, at));
  if (step.kind !== 'found') return { kernels: judgedKernels, failure, seconds, result: null };
  const { good, bad, risk } = step;
  const hidden = kernels.slice(good + 1, bad).map(({ word }) => word);
  const ends = { good: kernels[good]?.word ?? '', bad: kernels[bad]?.word ?? '' };
  const differ = differences(await factsOf(good), await factsOf(bad));
  return { kernels: judgedKernels, failure, seconds, result: { ...ends, risk, hidden, ...differ } };
}

function judged(kernel: SearchedKernel, { tallies, step }: Search, at: number): BisectKernel {
  const tally = tallies[at] ?? untried;
  const isGood = step.kind === 'found' && at <= step.good && tally.passes > 0;
  const isTried = tally.passes + tally.others > 0;
  const judgement = tally.fails > 0 ? 'bad' : isGood ? 'good' : isTried ? 'other' : 'untried';
  return { ...kernel, judgement, ...tally };
}

function differences(good: KernelFacts, bad: KernelFacts) {
  const config =
    good.config === null || bad.config === null ? null : configChanges(good.config, bad.config);
  const changelog =
    good.package === null || bad.package === null
      ? []
      : changesSince(bad.package.changelog, good.package.version);
  return { config, changelog };
}
