/** Builds the images of a run while another run is under way, so that they are ready when they are needed. */
import type { Case } from '../scenario/scenario.ts';
import { createLab } from './lab.ts';
import type { RunOptions } from './run-case.ts';

type PrepareOptions = Pick<
  RunOptions,
  'qemuDir' | 'mirror' | 'checkpoint' | 'candidate' | 'signal'
>;

/**
 * Builds the images of cases one after another. Failures are left to the run that needs the images: it tries again and
 * reports them. Resolves when nothing is being built any more, also if the signal fires.
 */
export async function prepareImages(
  cases: readonly Case[],
  options: PrepareOptions,
): Promise<void> {
  const lab = createLab(options, () => undefined);
  for (const { arch, setup } of cases) await lab.images({ arch, ...setup }).catch(() => undefined);
}
