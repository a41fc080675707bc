import { buildCandidateKernel, buildKernel } from './build-kernel.ts';
import { copyInitramfs } from './copy-initramfs.ts';
import type { BuildContext, Built } from './build-context.ts';
import { buildSystem } from './build-system.ts';
import { buildSystemDisk } from './build-system-disk.ts';
import { buildInitramfs, buildMiniDisk } from './build-tree.ts';
import type { Recipe } from './recipe.ts';

/** Builds what a recipe describes into `context.output`. Throws UnavailableError when packages or tools fail. */
export function build(recipe: Recipe, context: BuildContext): Promise<Built> {
  switch (recipe.kind) {
    case 'kernel':
      return 'source' in recipe
        ? buildCandidateKernel(recipe, context)
        : buildKernel(recipe, context);
    case 'initramfs':
      return 'file' in recipe ? copyInitramfs(recipe, context) : buildInitramfs(recipe, context);
    case 'system':
      return buildSystem(recipe, context);
    case 'disk':
      return 'system' in recipe ? buildSystemDisk(recipe, context) : buildMiniDisk(recipe, context);
  }
}
