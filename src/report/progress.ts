import type { ImageProgress } from '../image/build/build-context.ts';
import { printable } from './printable.ts';

/** Progress on an image in words: which image, which step of it, and how far the step is (`30 %`, or nothing). */
export function describeProgress({ recipe, arch, step, done, total }: ImageProgress): {
  image: string;
  step: string;
  share: string;
} {
  const known = done !== undefined && total !== undefined && total > 0;
  return {
    image: printable(`${arch}/${recipe}`),
    step: printable(step, 200),
    share: known ? `${Math.min(100, Math.floor((done / total) * 100))} %` : '',
  };
}
