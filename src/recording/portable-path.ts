import path from 'node:path';
import { cacheDirectory } from '../host/cache-directory.ts';

/**
 * A path as it is written down, so that a recording can be moved, also to another machine with the same images: what is
 * in the case's directory begins with `{case}/`, what is in the image cache with `{cache}/`.
 */
export function portablePath(file: string, caseDirectory: string): string {
  for (const [name, root] of roots(caseDirectory)) {
    const relative = path.relative(root, file);
    if (!relative.startsWith('..') && !path.isAbsolute(relative)) return `${name}/${relative}`;
  }
  return file;
}

/** The path of this machine that {@link portablePath} stands for. */
export function localPath(portable: string, caseDirectory: string): string {
  for (const [name, root] of roots(caseDirectory)) {
    if (portable.startsWith(`${name}/`)) return path.join(root, portable.slice(name.length + 1));
  }
  return portable;
}

function roots(caseDirectory: string): [name: string, root: string][] {
  return [
    ['{case}', path.resolve(caseDirectory)],
    ['{cache}', cacheDirectory()],
  ];
}
