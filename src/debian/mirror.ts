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
