/** The names of a manifest's entries, which come from a server's file system and may be anything there. */
import path from 'node:path';

/** Control characters, and those that change the direction of text (the schema of server.json refuses them). */
const control = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Whether a name can be an entry's, or the target of a link. */
export function isPlainName(name: string): boolean {
  return name !== '' && name.search(control) === -1;
}

/** Whether a path can be an entry's: absolute, without `.`, `..` and control characters. */
export function isPlainPath(place: string): boolean {
  return place === plainPath(place);
}

/** The path itself if it is plain; otherwise one that looks like it. */
export function plainPath(place: string): string {
  const resolved = path.posix.resolve('/', plainName(place));
  return resolved === '/' ? '/?' : resolved;
}

export function plainName(name: string): string {
  return name.replace(control, '?') || '?';
}

/** Makes names unique: the marks of two host names may be the same. `/a/xxxx.conf` becomes `/a/xxxx~2.conf`. */
export function uniqueNames(): (name: string) => string {
  const used = new Set<string>();
  return (name) => {
    let unique = name;
    for (let copy = 2; used.has(unique); copy += 1)
      unique = name.replace(/(\.[^./]*)?$/, (end) => `~${copy}${end}`);
    used.add(unique);
    return unique;
  };
}
