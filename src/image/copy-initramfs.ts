import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { intactFile } from './brought-files.ts';
import type { BuildContext, Built } from './build-context.ts';
import { outputNames, type CandidateInitramfsRecipe } from './recipe.ts';

/** An initramfs that was brought, as it is: compressed or not, the kernel takes it by its content. */
export async function copyInitramfs(
  { file }: CandidateInitramfsRecipe,
  { output, packageOptions }: BuildContext,
): Promise<Built> {
  const kept = await intactFile(packageOptions.cache, file);
  await copyFile(kept, path.join(output, outputNames.initramfs));
  return { packages: [], release: null };
}
