/** From kernels to the cases that boot them in pairs, and from their results to the cells of a table. */
import { fingerprint } from '../compare/side.ts';
import type { PairCell, PairKernel, PairTable } from '../model/pairs.ts';
import type { CaseResult } from '../model/result.ts';
import { flagsTag } from '../model/vocabulary.ts';
import type { Case } from '../scenario/scenario.ts';

/** What all pairs of a table have in common. */
export type PairSetup = {
  /** The case whose kernels are replaced. */
  base: Case;
  /** As --kexec-tools takes it; undefined: the provider's own. */
  kexecTools: string | undefined;
  /** Whether kexec is given the option of the scenario that is known to help, `--image-size`. */
  cure: boolean;
};

/** A case, the kernels of its pair, and the table that it belongs to. */
export type PairCase = { from: PairKernel; to: PairKernel; case: Case; table: PairTable };

/**
 * The cases of a table, row by row: those with the same first kernel start from the same checkpoint, so they follow each
 * other.
 */
export function pairCases(setup: PairSetup, table: PairTable): PairCase[] {
  const first = names(table.from);
  const second = names(table.to);
  return table.from.flatMap((from, row) =>
    table.to.map((to, column) => {
      const name = [first[row], 'to', second[column]].join('-');
      return { from, to, case: pairCase(setup, name, { from, to }), table };
    }),
  );
}

function pairCase(
  { base, kexecTools, cure }: PairSetup,
  pair: string,
  { from, to }: { from: PairKernel; to: PairKernel },
): Case {
  const { scenario, arch } = base;
  const tools = kexecTools === undefined ? [] : [kexecTools];
  const machine = scenario.variant === undefined ? [] : [scenario.name];
  const name = [...machine, pair, ...tools.map((word) => `kexec-tools-${slug(word)}`)].join('-');
  const variant = {
    of: scenario.variant?.of ?? scenario.name,
    label: `${from.label} → ${to.label}`,
    options: [
      ...(scenario.variant?.options ?? []),
      ...['--first-kernel', from.word, '--kernel', to.word],
      ...tools.flatMap((word) => ['--kexec-tools', word]),
    ],
  };
  return {
    ...base,
    id: `${arch}/${name}`,
    scenario: { ...scenario, name, title: variant.label, variant },
    setup: {
      ...base.setup,
      tags: cure ? base.setup.tags : withoutCure(base.setup.tags),
      firstKernel: from.word,
      secondKernel: { kernel: to.word, ...(kexecTools !== undefined && { kexecTools }) },
    },
  };
}

/** Each case once for each first kernel of its architecture, as `NAME-from-KERNEL`. */
export function fromEach(cases: readonly Case[], kernels: readonly PairKernel[]): Case[] {
  const suffixes = names(kernels);
  return cases.flatMap((case_) =>
    kernels.map(({ word, label }, at) => {
      const { scenario, arch, setup, repeat } = case_;
      const { variant } = scenario;
      const name = `${scenario.name}-from-${suffixes[at] ?? ''}`;
      const from = {
        of: variant?.of ?? scenario.name,
        label: [...(variant === undefined ? [] : [variant.label]), `from ${label}`].join(', '),
        options: [...(variant?.options ?? []), '--first-kernel', word],
      };
      return {
        ...case_,
        id: `${arch}/${name}${case_.id.includes('#') ? `#${repeat}` : ''}`,
        scenario: { ...scenario, name, variant: from },
        setup: { ...setup, firstKernel: word },
      };
    }),
  );
}

/** The tags of the scenario without the option that 32-bit kernels need. What only saves time (`--no-checks`) stays. */
function withoutCure({ [flagsTag]: flags, ...others }: Record<string, string>) {
  const kept = flags?.split(',').filter((flag) => !flag.startsWith('--image-size='));
  return { ...others, ...(kept && { [flagsTag]: kept.join(',') }) };
}

/** A name for each kernel of an axis, all different. */
function names(kernels: readonly PairKernel[]): string[] {
  const slugs = kernels.map(({ label }) => slug(label));
  return slugs.map((name, at) => (slugs.indexOf(name) === at ? name : `${name}-${at + 1}`));
}

/** A word as part of the name of a scenario. The directories of a path are left out. */
function slug(word: string): string {
  return word
    .replace(/^debian:(?:[^/]+\/linux-image-)?/, '')
    .replace(/^.*\//, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

/** The cell of a result; null if the boot gave none: it was not made, or its outcome is in doubt. */
export function cellOf(
  { from, to }: PairCase,
  result: CaseResult,
  { key, run }: Pick<PairCell, 'key' | 'run'>,
): PairCell | null {
  const { verdict, outcome, generation, stage, release, flaky, meaning, cure, directory } = result;
  if (verdict !== 'pass' && verdict !== 'fail') return null;
  if (outcome === null || outcome === 'unknown') return null;
  const kernel = result.stages.find((each) => each.generation === 2 && each.name === 'kernel');
  return {
    ...{ from: from.word, to: to.word, key, verdict, outcome, generation, stage, release, flaky },
    guestSeconds: toMilliseconds(kernel?.guestSeconds ?? null),
    ...{ meaning, cure },
    evidence: result.evidence.slice(0, 5),
    autopsy: result.autopsy?.sentence ?? null,
    finding: fingerprint(result),
    ...{ run, directory },
  };
}

/** Seconds with three digits. */
function toMilliseconds(seconds: number | null): number | null {
  return seconds === null ? null : Math.round(1000 * seconds) / 1000;
}
