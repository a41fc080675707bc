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
