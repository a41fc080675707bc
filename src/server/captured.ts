/** A server file as a file system: what is at a path, and what a command printed. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { CapturedFile, CapturedText, ServerManifest } from '../model/server.ts';
import type { ServerFile } from './server-file.ts';

export type Captured = {
  manifest: ServerManifest;
  /** The text of a command or a file that changes; null if it was not captured, or is too long. */
  text(name: string): string | null;
  /** The texts whose names begin so, with the rest of each name. */
  texts(prefix: string): [rest: string, text: string][];
  /** The file at a path, through links; null if it was not captured. */
  file(place: string): CapturedFile | null;
  /** The content of a small file at a path, as text; null if it was not captured, or is too large. */
  read(place: string): string | null;
  /** All files below a directory, or all. */
  files(directory?: string): CapturedFile[];
  links(): { path: string; target: string }[];
  /** The file of this host that has the content. */
  contentOf(file: { sha256: string }): string;
};

/** The largest content that is read as text; modules.dep of a kernel is about 1 MiB. Bytes. */
const longestText = 4 * 2 ** 20;

/** Linux follows at most so many links (path_resolution(7)). */
const mostLinks = 40;

/** Makes the content of a server file accessible by path and by name. */
export function openCaptured({ manifest, contentOf }: ServerFile): Captured {
  const texts = new Map<string, CapturedText>();
  const files = new Map<string, CapturedFile>();
  const links = new Map<string, string>();
  for (const entry of manifest.entries) {
    if (entry.kind === 'text') texts.set(entry.name, entry);
    if (entry.kind === 'file') files.set(entry.path, entry);
    if (entry.kind === 'link') links.set(entry.path, entry.target);
  }
  const contentText = ({ sha256, size }: { sha256: string; size: number }) =>
    size > longestText ? null : readFileSync(contentOf(sha256), 'utf8');
  const fileAt = (place: string): CapturedFile | null => {
    let at = place;
    for (let hops = 0; hops < mostLinks; hops += 1) {
      const target = links.get(at);
      if (target === undefined) break;
      at = path.posix.resolve(path.posix.dirname(at), target);
    }
    return files.get(at) ?? null;
  };
  return {
    manifest,
    text: (name) => {
      const found = texts.get(name);
      return found === undefined ? null : contentText(found);
    },
    texts: (prefix) =>
      [...texts]
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, found]) => [name.slice(prefix.length), contentText(found) ?? '']),
    file: fileAt,
    read: (place) => {
      const found = fileAt(place);
      return found === null ? null : contentText(found);
    },
    files: (directory = '') =>
      [...files.values()].filter(({ path }) => path.startsWith(`${directory}/`)),
    links: () => [...links].map(([path, target]) => ({ path, target })),
    contentOf: ({ sha256 }) => contentOf(sha256),
  };
}
