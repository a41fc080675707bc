/** Which pairs of the archive's kernels are to be booted. */
import type { Arch } from '../arch.ts';
import type { ArchiveKernel } from '../candidate/archive-kernels.ts';
import { kernelSuites, namedKernel } from '../candidate/archive-kernels.ts';
import { parseKernel } from '../candidate/parse-candidate.ts';
import { NothingSelectedError, UnavailableError, UsageError } from '../errors.ts';
import type { History, WatchedKernel } from '../model/history.ts';
import type { PairCase } from '../pairs/cells.ts';
import { patternOf, splitWord } from '../pairs/kernels.ts';
import type { Archive } from '../pairs/plan-pairs.ts';
import { planTable } from '../pairs/tables.ts';
import type { Case } from '../scenario/scenario.ts';
import { pairOf } from './history.ts';

/** The kernels that are watched without `--from`: those that the fleets of today run. */
export const usualFrom = ['debian:bookworm', 'debian:trixie'];

/** The kernels that are watched without `--to`: the newest of each suite. */
export const usualTo: readonly string[] = kernelSuites.map((suite) => `debian:${suite}`);

/** A pair, and which packages its kernels are. */
export type WatchedPair = PairCase & { kernels: { from: WatchedKernel; to: WatchedKernel } };

export type WatchPlan = {
  /** All pairs that are watched. */
  pairs: WatchedPair[];
  /** Suites whose index could not be read. */
  notAsked: { arch: Arch; suite: string; why: string }[];
};

type Words = { from: readonly string[]; to: readonly string[] };

type Options = { kexecTools: readonly string[]; cure?: boolean };

/**
 * The pairs of the kernels that words name, as the archive has them today, a table for each machine and each kexec-tools.
 * @param bases the case to boot, one for each machine
 * @throws UsageError for a word that names no kernel of the archive; UnavailableError if no suite can be asked
 */
export async function planWatch(
  bases: readonly Case[],
  words: Words,
  { kexecTools, cure = false }: Options,
  { list }: Pick<Archive, 'list'>,
): Promise<WatchPlan> {
  const plan: WatchPlan = { pairs: [], notAsked: [] };
  const sides = { from: parseWords(words.from, '--from'), to: parseWords(words.to, '--to') };
  const ask = createAsk(list, plan.notAsked);
  for (const base of bases) {
    const kernels = {
      from: await watchedKernels(sides.from, base.arch, ask),
      to: await watchedKernels(sides.to, base.arch, ask),
    };
    for (const tools of kexecTools.length > 0 ? kexecTools : [undefined])
      plan.pairs.push(...watchedPairs(base, kernels, { kexecTools: tools, cure }));
  }
  const [first] = plan.notAsked;
  if (plan.pairs.length === 0 && first !== undefined)
    throw new UnavailableError(`Debian ${first.suite}: ${first.why}`);
  if (plan.pairs.length > 0) return plan;
  throw new NothingSelectedError('the archive has no kernel on both sides for any machine', {
    hint: 'Name other suites with --from and --to, or leave --arch out.',
  });
}

/** The pairs that a history does not have. */
export function unknownPairs(pairs: readonly WatchedPair[], { entries }: History): WatchedPair[] {
  const known = new Set(entries.map(pairOf));
  return pairs.filter(({ table, kernels }) => !known.has(pairOf({ ...table, ...kernels })));
}

type Ask = (arch: Arch, suites: readonly string[]) => Promise<ArchiveKernel[]>;

/** Asks for the kernels of suites. A suite that cannot be asked has none, and is noted once. */
function createAsk(list: Archive['list'], notAsked: WatchPlan['notAsked']): Ask {
  return async (arch, suites) => {
    const found: ArchiveKernel[] = [];
    for (const suite of suites) {
      try {
        found.push(...(await list(arch, [suite])));
      } catch (error) {
        if (!(error instanceof UnavailableError)) throw error;
        const why = error.message.split('\n')[0] ?? '';
        if (!notAsked.some((each) => each.arch === arch && each.suite === suite))
          notAsked.push({ arch, suite, why });
      }
    }
    return found;
  };
}

/** What a word asks for: the packages of suites that match, or one package of a suite. */
type Question =
  | { kind: 'pattern'; suites: readonly string[]; matches: (name: string) => boolean }
  | { kind: 'package'; suite: string; package: string | null };

/** @throws UsageError for a word that does not name kernels of the archive */
function parseWords(words: readonly string[], option: string): Question[] {
  return words.flatMap(splitWord).map((word) => {
    const pattern = patternOf(word);
    if (pattern !== null) return { kind: 'pattern', ...pattern };
    const kernel = parseKernel(word, option);
    if (kernel.kind === 'debian') return { ...kernel, kind: 'package' };
    throw new UsageError(`${option} ${word}: this is not a kernel of the archive`, {
      hint: 'Use debian:SUITE, debian:SUITE/PACKAGE or a pattern. kexec-lab pairs boots kernels of yours.',
    });
  });
}

/** The packages that questions are about, each once. */
async function watchedKernels(questions: readonly Question[], arch: Arch, ask: Ask) {
  const found = new Map<string, WatchedKernel>();
  for (const question of questions) {
    for (const { suite, name, version, sha256 } of await answer(question, arch, ask))
      if (!found.has(sha256)) found.set(sha256, { suite, package: name, version });
  }
  return [...found.values()];
}

async function answer(question: Question, arch: Arch, ask: Ask): Promise<ArchiveKernel[]> {
  if (question.kind === 'pattern') {
    const kernels = await ask(arch, question.suites);
    return kernels.filter(({ name }) => question.matches(name));
  }
  const kernel = namedKernel(question, arch, await ask(arch, [question.suite]));
  return kernel === undefined ? [] : [kernel];
}

function watchedPairs(
  base: Case,
  kernels: { from: WatchedKernel[]; to: WatchedKernel[] },
  setup: { kexecTools: string | undefined; cure: boolean },
): WatchedPair[] {
  const named = new Map([...kernels.from, ...kernels.to].map((each) => [wordOf(each), each]));
  const sides = {
    from: kernels.from.map(pairKernel),
    to: kernels.to.map(pairKernel),
  };
  return planTable(base, sides, setup).flatMap((pair) => {
    const [from, to] = [named.get(pair.from.word), named.get(pair.to.word)];
    return from === undefined || to === undefined ? [] : [{ ...pair, kernels: { from, to } }];
  });
}

function pairKernel(kernel: WatchedKernel) {
  const release = kernel.package.replace(/^linux-image-/, '');
  return { word: wordOf(kernel), label: `${release} (${kernel.suite})` };
}

function wordOf(kernel: WatchedKernel): string {
  return `debian:${kernel.suite}/${kernel.package}`;
}
