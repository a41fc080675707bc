import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** Which file imports which: paths relative to src/. Imports of types count as well. */
export type Imports = ReadonlyMap<string, readonly string[]>;

/** Reads the imports of every TypeScript file in `source`, also those made at run time with a constant path. */
export function readImports(source: string): Imports {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .sort();
  return new Map(
    files.map((file) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(path.join(source, file), 'utf8'));
      const relative = importedFiles
        .map(({ fileName }) => fileName)
        .filter((name) => name.startsWith('.'))
        .map((name) => path.join(path.dirname(file), name));
      return [file, relative.filter((name) => files.includes(name))];
    }),
  );
}

/** The same between rooms: `roomOf` names the room of a file. A room's imports of itself are left out. */
export function betweenRooms(imports: Imports, roomOf: (file: string) => string): Imports {
  const rooms = new Map<string, Set<string>>();
  for (const [file, targets] of imports) {
    const room = roomOf(file);
    const found = rooms.get(room) ?? new Set<string>();
    for (const target of targets.map(roomOf)) if (target !== room) found.add(target);
    rooms.set(room, found);
  }
  return new Map([...rooms].map(([room, found]) => [room, [...found].sort()]));
}

/** The circles: sets of files (or rooms) of which each imports, directly or not, all others. */
export function circles(imports: Imports): string[][] {
  const reached = new Map([...imports.keys()].map((file) => [file, reachedFrom(imports, file)]));
  const seen = new Set<string>();
  return [...imports.keys()].flatMap((file) => {
    const circle = [...(reached.get(file) ?? [])].filter((other) => reached.get(other)?.has(file));
    if (circle.length === 0 || seen.has(file)) return [];
    for (const member of circle) seen.add(member);
    return [circle.sort()];
  });
}

function reachedFrom(imports: Imports, file: string): Set<string> {
  const reached = new Set<string>();
  const open = [...(imports.get(file) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    open.push(...(imports.get(next) ?? []));
  }
  return reached;
}
