/** A Debian package as the archive's index describes it. */
export type ArchivePackage = {
  name: string;
  version: string;
  architecture: string;
  section: string;
  /** Bytes of the .deb. */
  size: number;
  sha256: string;
  /** Names it depends on and pre-depends on. */
  dependsOn: string[];
  /** All that the index says. */
  stanza: Stanza;
};

export function archivePackage(stanza: Stanza): ArchivePackage {
  return {
    name: stanza['Package'] ?? '',
    version: stanza['Version'] ?? '',
    architecture: stanza['Architecture'] ?? '',
    section: stanza['Section'] ?? '',
    size: Number(stanza['Size']),
    sha256: stanza['SHA256'] ?? '',
    dependsOn: dependencyNames([stanza['Pre-Depends'], stanza['Depends']].join(',')),
    stanza,
  };
}

/** Is a package that others depend on wanted too? Those asked for by name always are. */
export type Follow = (candidate: ArchivePackage) => boolean;

/** Shared libraries are all that an extracted program needs of its package's dependencies. */
export const sharedLibraries: Follow = ({ section }) => section === 'libs';

/** A kernel metapackage leads to the image, which in newer suites leads to its binary, its modules and its base (configuration, lists). */
export const kernelParts: Follow = ({ name }) => /^linux-(image|binary|modules|base)-\d/.test(name);

/**
 * The packages named and, through their dependencies, all that `follow` accepts, in the order they are found.
 * `lookup` returns what the archive has of the names it is given.
 */
export async function packageClosure(
  names: readonly string[],
  lookup: (names: string[]) => Promise<ArchivePackage[]>,
  follow: Follow,
): Promise<ArchivePackage[]> {
  const seen = new Set(names);
  let newest = await lookup([...names]);
  const closure = [...newest];
  while (newest.length > 0) {
    const next = new Set(newest.flatMap(({ dependsOn }) => dependsOn).filter((n) => !seen.has(n)));
    next.forEach((name) => seen.add(name));
    newest = next.size === 0 ? [] : (await lookup([...next])).filter(follow);
    closure.push(...newest);
  }
  return closure;
}

/** Fields of one paragraph of a Debian control file, by name as written there. */
export type Stanza = Record<string, string>;

/** Reads paragraphs in the format of deb822(5). Continuation lines are joined with newlines. */
export function parseStanzas(text: string): Stanza[] {
  return text
    .split(/\n{2,}/)
    .filter((paragraph) => paragraph.trim() !== '')
    .map(parseStanza);
}

function parseStanza(paragraph: string): Stanza {
  const fields = paragraph.matchAll(/^([!-9;-~]+):[ \t]*(.*(?:\n[ \t].*)*)/gm);
  return Object.fromEntries(Array.from(fields, ([, name = '', value = '']) => [name, value]));
}

/**
 * Names in a relationship field such as Depends, without versions and architectures.
 * Of alternatives the first is taken, as apt does when none is installed.
 */
export function dependencyNames(field: string | undefined): string[] {
  return (field ?? '')
    .split(',')
    .map((relation) => /[a-z0-9][a-z0-9+.-]*/.exec(relation)?.[0])
    .filter((name) => name !== undefined);
}
