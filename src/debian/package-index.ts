/** A Debian package as described in the archive's index. */
export type ArchivePackage = {
  name: string;
  version: string;
  architecture: string;
  section: string;
  /** Bytes of the .deb. */
  size: number;
  sha256: string;
  /** Names of the packages in Depends and Pre-Depends. */
  dependsOn: string[];
  /** The whole paragraph. */
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

/** Whether a dependency is wanted. Packages that are asked for by name always are. */
export type Follow = (candidate: ArchivePackage) => boolean;

/** Of its package's dependencies, an extracted program needs only the shared libraries. */
export const sharedLibraries: Follow = ({ section }) => section === 'libs';

/** A kernel metapackage depends on the image, which in newer suites depends on its binary, modules and base (configuration, lists). */
export const kernelParts: Follow = ({ name }) => /^linux-(image|binary|modules|base)-\d/.test(name);

/**
 * The named packages and, through their dependencies, all packages that `follow` accepts, in the order found.
 * `lookup` returns those of the given names that are in the archive.
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

/** The fields of one paragraph of a Debian control file, by their names as written. */
export type Stanza = Record<string, string>;

/** Parses paragraphs in deb822(5) format. Continuation lines are joined with newlines. */
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
 * The package names in a relationship field such as Depends, without versions and architectures.
 * Of alternatives the first counts, as for apt if none is installed.
 */
export function dependencyNames(field: string | undefined): string[] {
  return (field ?? '')
    .split(',')
    .map((relation) => /[a-z0-9][a-z0-9+.-]*/.exec(relation)?.[0])
    .filter((name) => name !== undefined);
}
