import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UnavailableError } from '../errors.ts';
import { findRequirement } from '../host/install.ts';
import { execaOptions, leash } from '../host/processes.ts';

/**
 * The Debian mirror to download from, in order of precedence: the one asked for, KEXEC_LAB_MIRROR, the mirror that the
 * host's apt uses, and the default of mmdebstrap (for hosts other than Debian). Throws UnavailableError if there is none.
 */
export async function debianMirror(asked?: string, signal?: AbortSignal): Promise<string> {
  const named = asked ?? process.env['KEXEC_LAB_MIRROR'];
  const mirror = named ?? (await aptMirror(signal));
  if (mirror !== undefined) return mirror;
  const installed = (await findRequirement({ name: 'mmdebstrap' })) !== null;
  const usual = installed ? await mmdebstrapMirror(signal) : undefined;
  signal?.throwIfAborted();
  if (usual !== undefined) return usual;
  const why = installed ? 'mmdebstrap has no default' : 'mmdebstrap is not installed';
  throw new UnavailableError(
    `no Debian mirror found: apt on this host has none configured, and ${why}`,
    {
      hint: `Set one with --mirror URL or KEXEC_LAB_MIRROR=URL${installed ? '' : ', or install mmdebstrap'}.`,
    },
  );
}

async function aptMirror(signal?: AbortSignal): Promise<string | undefined> {
  const format = '$(ORIGIN)\t$(LABEL)\t$(COMPONENT)\t$(REPO_URI)';
  const { stdout } = await ask('apt-get', ['indextargets', '--format', format], signal);
  return mirrorInTargets(stdout);
}

/** The URI of Debian's main archive in `apt-get indextargets` lines of origin, label, component and URI. */
export function mirrorInTargets(targets: string): string | undefined {
  return targets
    .split('\n')
    .map((line) => line.split('\t'))
    .find(
      ([origin, label, component]) => `${origin}/${label}/${component}` === 'Debian/Debian/main',
    )?.[3];
}

/**
 * mmdebstrap has no option that prints its mirror. It sets up apt before it downloads anything, so a hook prints that
 * set-up and stops there. Up to version 1.3.5 the hook's output appears on standard output, since 1.4 on standard error.
 */
async function mmdebstrapMirror(signal?: AbortSignal): Promise<string | undefined> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'kexec-lab-mirror-'));
  try {
    const hook = 'cat "$1"/etc/apt/sources.list "$1"/etc/apt/sources.list.d/* 2>/dev/null; exit 1';
    const options = ['--quiet', '--mode=chrootless', '--variant=custom', `--setup-hook=${hook}`];
    const args = [...options, 'bookworm', path.join(scratch, 'root')];
    const { stdout, stderr } = await ask('mmdebstrap', args, signal);
    return mirrorInSources(stdout) ?? mirrorInSources(stderr);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The first URI in apt sources, of either format of sources.list(5). */
export function mirrorInSources(sources: string): string | undefined {
  return /^(?:deb(?:\s+\[[^\]]*\])?|URIs:)\s+(\S+)/m.exec(sources)?.[1];
}

/** A tool's output, whether or not it succeeds; empty if the tool is missing. */
async function ask(
  tool: string,
  args: string[],
  signal?: AbortSignal,
): Promise<{ stdout: string; stderr: string }> {
  const { execa } = await import('execa');
  const leashed = leash([tool, ...args]);
  const { stdout, stderr } = await execa(leashed.program, leashed.args, {
    ...execaOptions(signal),
    reject: false,
    stdin: 'ignore',
    timeout: 30_000,
  });
  return { stdout, stderr };
}

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
